"""Lesson 03: velocity and divergence."""

NOTEBOOK = "03_velocity_divergence"
