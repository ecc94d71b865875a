"""Lesson 00: start here and the claim ledger."""

NOTEBOOK = "00_start_here"
