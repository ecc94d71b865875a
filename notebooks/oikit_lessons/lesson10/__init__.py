"""Lesson 10: your own market."""

NOTEBOOK = "10_your_own_market"
