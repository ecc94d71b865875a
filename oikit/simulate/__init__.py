"""Simulated markets: the mechanism, the worlds it knows, and the bundled pack."""
