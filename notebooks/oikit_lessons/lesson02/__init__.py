"""Lesson 02: open interest over market cap and thresholds."""

NOTEBOOK = "02_ratio_threshold"
