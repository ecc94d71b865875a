"""Lesson 01: open interest basics."""

NOTEBOOK = "01_open_interest_basics"
