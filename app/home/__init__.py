"""The front page, and the first page of each role."""
