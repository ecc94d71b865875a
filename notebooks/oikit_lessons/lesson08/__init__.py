"""Lesson 08: common mistakes and the overfitting lab."""

NOTEBOOK = "08_mistakes_lab"
