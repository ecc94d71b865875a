"""Lesson 07: the AI lens."""

NOTEBOOK = "07_ai_lens"
