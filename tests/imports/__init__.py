"""Tests of imports from files."""
