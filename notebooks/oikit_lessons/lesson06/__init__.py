"""Lesson 06: risk and sizing."""

NOTEBOOK = "06_risk_sizing"
