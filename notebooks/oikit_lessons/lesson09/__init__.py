"""Lesson 09: putting it together."""

NOTEBOOK = "09_putting_it_together"
