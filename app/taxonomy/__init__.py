"""The shared vocabulary of skills and occupations, derived from ESCO and O*NET."""
