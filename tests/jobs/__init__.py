"""Tests of jobs: the verbs, the forms and the pages."""
