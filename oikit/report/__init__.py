"""A week of one market on one page: facts first, then words and charts drawn from them.

=============  =====================================================================
`run`          writes the page and its facts; ``oikit report`` calls it
`batch`        many markets and weeks at once, with an index and a feed
`subject`      which bars: a sample, or a market in the store
`collect`      the numbers of the week, each with unit, definition and row
`draw`         a chart of the week, or a sentence on why there is none
``words``      the facts as text
``weekly``     the notebook that papermill runs; open it to change the page
=============  =====================================================================

The page describes and does not advise; simulated data is called simulated at its head.
"""

from __future__ import annotations

from oikit.report.batch import Batch, batch, listed
from oikit.report.facts import collect
from oikit.report.run import Report, run
from oikit.report.source import Subject, subject
from oikit.report.words import draw

__all__ = ["Batch", "Report", "Subject", "batch", "collect", "draw", "listed", "run", "subject"]
