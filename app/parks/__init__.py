"""Parks, their people and companies, and who vouches for whom."""
