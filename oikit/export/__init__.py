"""A notebook as one page that needs nothing else."""

from __future__ import annotations

from oikit.export.page import render

__all__ = ["render"]
