"""Lesson 04: funding, correlation and "every single time"."""

NOTEBOOK = "04_funding_correlation"
