"""Logins: people, their sessions, and how they prove an address is theirs."""
