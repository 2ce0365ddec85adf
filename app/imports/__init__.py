"""Real input from files: rows of a table become profiles and jobs by the rules of the pages."""
