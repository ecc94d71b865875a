"""What you are told about open interest, put to the test.

========================  ==========================================================================
a statement               `Claim`: what it says, when it speaks, what followed, which way
how often it speaks       `funnel`, before any outcome is read
what the data say         `weigh`, which returns a `Verdict`; ``weigh("C12", frame)`` takes an id, too
the article, whole        `CLAIMS`, `judge`, `ledger_table`, `side_by_side`, `eras`
how often one has tried   `Trials`, `SESSION`, `sweep`, `deflate`
states, and what followed `oikit.claims.events`; only its `forward` looks ahead
========================  ==========================================================================

A verdict is one of eight words (`VERDICTS`): **supported**, **contradicted**, **negligible** (any difference
is smaller than what matters), **undecided** (it says how many events would settle it), **silent** (it was
asked, and spoke never or too seldom), **not asked** (the data for it are not there), **not testable** (it
says why) and **arithmetic** (without any data it holds, does not hold, or depends). With fewer than ten
events that do not overlap nothing is supported. The one rule: a claim may not look ahead, and `weigh` tries
whether it does.

CONTRIBUTING shows a claim of your own in ten lines.

Nothing here draws or fetches, and nobody is advised to do anything.
"""

from __future__ import annotations

from oikit.claims.article import CLAIMS, readings
from oikit.claims.claim import KINDS, VERDICTS, Answer, Claim, Funnel, Verdict
from oikit.claims.events import forward
from oikit.claims.ledger import claims_json, claims_text, eras, judge, ledger_table, side_by_side
from oikit.claims.trials import SESSION, Deflated, Sweep, Trials, deflate, sweep
from oikit.claims.weigh import funnel, weigh

__all__ = [
    "CLAIMS",
    "KINDS",
    "SESSION",
    "VERDICTS",
    "Answer",
    "Claim",
    "Deflated",
    "Funnel",
    "Sweep",
    "Trials",
    "Verdict",
    "claims_json",
    "claims_text",
    "deflate",
    "eras",
    "forward",
    "funnel",
    "judge",
    "ledger_table",
    "readings",
    "side_by_side",
    "sweep",
    "weigh",
]
