"""The track record of the report's forecasts: each past week's probabilities and outcomes.

Nothing is stored from earlier pages: the forecasts at the end of each past week are computed again from
what was known by then (`oikit.report.weeks`), so the record cannot be edited. It is judged as the lens
judges a model (`oikit.lens.calibration`): a gap between forecast and frequency means nothing unless it
is larger than chance makes it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from oikit import clock
from oikit.lens import calibration
from oikit.lens.model import Forecasts
from oikit.report.book import Book
from oikit.report.weeks import CONDITIONS, OUTCOMES, SHORT
from oikit.stats import Brier, brier

YEAR = 52
"""So many weeks are judged, those whose next week is over."""

DRAWS = 1000
"""Of the bootstrap, and of the band of luck."""

_FEWEST = 26  # fewer weeks are no record
_BINS = 5


class Record:
    """The scores of a year's base-rate forecasts.

    Attributes
    ----------
    weeks, n : int
        Weeks, and forecasts in them. Those of one week are not independent.
    brier : Brier
        With its parts, in bins of a tenth; the interval draws whole weeks.
    skill : Estimate
        Share of the squared error removed, against the base rate of each week's own past.
    reliability : Reliability
        Forecast against observed frequencies, in five bins, with the chance band.
    """

    def __init__(self, said: pd.DataFrame) -> None:
        rows = said.dropna(subset=["said", "came"]).sort_values("week", kind="stable")
        self.weeks, self.n = int(rows["week"].nunique()), len(rows)
        each = self.n / max(self.weeks, 1)
        self.brier: Brier = brier(rows["said"], rows["came"], bins=10, block=max(each, 1.0), draws=DRAWS)
        base = (rows["base_k"] + 0.5) / (rows["base_n"] + 1.0)
        table = pd.DataFrame(
            {
                "time": rows["week"].to_numpy(),
                "market": (rows["condition"] + " " + rows["outcome"]).to_numpy(),
                "fold": 1,
                "outcome": rows["came"].to_numpy(),
                "weight": 1.0,
                "probability": rows["said"].to_numpy(),
                "base_rate": base.to_numpy(),
                # At least a week of each kind, or the doubt about a rate of nothing has no end.
                "past": rows["base_n"].clip(lower=2).to_numpy(dtype=float),
            }
        )
        given = Forecasts(table, "base rates", "statements", clock.WEEK, clock.WEEK)
        gain = (table["base_rate"] - table["outcome"]) ** 2
        loss = gain - (table["probability"] - table["outcome"]) ** 2
        self.skill = calibration.share(given, loss.to_numpy(), gain.to_numpy(), 1.0, DRAWS, 0)
        self.reliability = calibration.reliability(given, bins=_BINS, draws=DRAWS)


def record(said: pd.DataFrame, until: pd.Timestamp) -> Record | str:
    """Score the forecasts of the year before."""
    past = said[(said["week"] < until) & (said["week"] >= until - YEAR * clock.WEEK)]
    there = past.dropna(subset=["said", "came"])
    count = there["week"].nunique()
    if count < _FEWEST:
        return f"past weeks with a statement: {count}, and at least {_FEWEST} are needed to judge"
    return Record(there)


def collect_record(book: Book, said: pd.DataFrame) -> dict[str, Any]:
    """Write down the record, and what became of last week's statements."""
    until = book.about.until
    found = record(said, until)
    told: dict[str, Any] = {"unknown": found if isinstance(found, str) else None, "inside": None, "bins": []}
    told["last"] = _last(book, said)
    if isinstance(found, str):
        return told
    span = [until - YEAR * clock.WEEK, until - clock.WEEK]
    b, r = found.brier, found.reliability

    def add(name: str, value: float, unit: str, definition: str, label: str) -> str:
        return book.add(f"record_{name}", float(value), unit, definition, label, span)

    told |= {
        "inside": bool(r.inside),
        "weeks": add("weeks", found.weeks, "count", "brier", "past weeks judged"),
        "n": add("n", found.n, "count", "brier", "statements judged; those of one week share its luck"),
        "brier": add("brier", b.score.value, "score", "brier", "Brier score"),
        "brier_low": add("brier_low", b.score.low, "score", "brier", "lower end of its 95% interval"),
        "brier_high": add("brier_high", b.score.high, "score", "brier", "upper end of its 95% interval"),
        "reliability": add("reliability", b.reliability, "score", "brier", "reliability part; 0 is honest"),
        "resolution": add("resolution", b.resolution, "score", "brier", "resolution part; 0 is no knowledge"),
        "uncertainty": add("uncertainty", b.uncertainty, "score", "brier", "uncertainty part"),
        "within": add("within", b.within, "score", "brier", "part lost by putting statements into bins"),
        "skill": add(
            "skill", found.skill.value, "fraction", "skill", "skill over the base rate of each past"
        ),
        "skill_low": add("skill_low", found.skill.low, "fraction", "skill", "lower end of its 95% interval"),
        "skill_high": add(
            "skill_high", found.skill.high, "fraction", "skill", "upper end of its 95% interval"
        ),
        "error": add("error", r.error, "points", "reliability", "mean distance of said and came"),
        "usual_error": add(
            "usual_error",
            r.usual_error,
            "points",
            "reliability",
            "that distance if every probability were right",
        ),
        "p": add(
            "p",
            r.p,
            "fraction",
            "reliability",
            "share of worlds with right probabilities that look as far off",
        ),
    }
    for place, row in enumerate(r.table.to_dict("records"), 1):
        name = f"bin_{place}"
        told["bins"].append(
            {
                "n": add(f"{name}_n", row["questions"], "count", "reliability", f"statements in bin {place}"),
                "said": add(
                    f"{name}_said", row["said"], "fraction", "reliability", f"said in bin {place}, mean"
                ),
                "came": add(
                    f"{name}_came", row["came"], "fraction", "reliability", f"came in bin {place}, share"
                ),
                "low": add(
                    f"{name}_low", row["low"], "fraction", "reliability", f"lower edge of luck, bin {place}"
                ),
                "high": add(
                    f"{name}_high", row["high"], "fraction", "reliability", f"upper edge of luck, bin {place}"
                ),
            }
        )
    return told


def _last(book: Book, said: pd.DataFrame) -> list[dict[str, Any]]:
    """Return last week's forecasts, and whether each outcome occurred."""
    before = book.about.until - clock.WEEK
    rows = said[(said["week"] == before)].dropna(subset=["said"])
    order = {name: place for place, name in enumerate(OUTCOMES)}
    found = []
    for row in rows.to_dict("records"):
        condition, outcome = row["condition"], row["outcome"]
        label = f"{condition.replace('-', ' ')}; {SHORT[outcome]}: said a week ago"
        fact = book.add(f"last_{condition}_{outcome}", row["said"], "fraction", "base_rate", label, [before])
        came = None if pd.isna(row["came"]) else bool(row["came"])
        words = {"condition_says": CONDITIONS[condition], "outcome_says": SHORT[outcome]}
        found.append({"condition": condition, "outcome": outcome, "said": fact, "came": came, **words})
    return sorted(found, key=lambda each: order[each["outcome"]])
