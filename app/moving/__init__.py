"""Moving a site to another PostgreSQL: everything is copied, then both sides are compared."""
