"""Lesson 05: squeeze asymmetry."""

NOTEBOOK = "05_squeeze_asymmetry"
