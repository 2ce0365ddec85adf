"""What a client asks for, and what freelancers propose."""
