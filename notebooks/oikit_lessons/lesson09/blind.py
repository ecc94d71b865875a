"""Three markets under code names, and the moment at which the code may be opened.

=====================  ====================================================================
`coded_worlds`         markets A, B and C, all simulated; the code is sealed by a digest
`submit`               keeps a plan, or verdicts, as they stood before the code was seen
`open_codes`           opens the code, once verdicts were submitted
`after_jumps`          what followed a jump in open interest, market by market
`by_trade`             what the trades of an account say about a rule, with their interval
`class_table`          a class of groups, each with markets of its own: what did they find?
=====================  ====================================================================

The code is no secret from whoever reads on here; the aim is that nobody reads it by accident.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oikit.errors import InputError
from oikit.learn.notes import entries, record
from oikit.learn.show import note
from oikit.learn.todo import TODO, untouched

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["after_jumps", "by_trade", "class_table", "coded_worlds", "open_codes", "submit"]

SINCE, UNTIL = "2023-03-06", "2026-03-09"
HORIZON = "72h"

_KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "empty": ({"seed": 107}, "nothing is built in"),
    "linked": ({"seed": 106, "effect": -0.004}, "a fall after each jump in open interest is built in"),
    "lucky": (
        {"seed": 104},
        "nothing is built in; one crash was put two hours into one trade of the rule, on purpose",
    ),
}
_CRASH: dict[str, Any] = {
    "at": "2024-02-13T20:00",
    "depth": 0.25,
    "fall_hours": 3.0,
    "rebound": 0.2,
    "rebound_hours": 200.0,
}

_READ = ("open", "mark_price", "taker_buy_volume", "taker_sell_volume")


def _kinds() -> dict[str, str]:
    """Return the kind of market behind each letter, in an order that the code above does not reveal."""
    shuffled = sorted(_KINDS, key=lambda kind: digest_of(f"oikit|09|{kind}"))
    return dict(zip("ABC", shuffled, strict=True))


def digest_of(text: str) -> str:
    """Sixteen hex digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _code() -> str:
    return ", ".join(f"{letter} is {kind}" for letter, kind in _kinds().items())


def coded_worlds() -> dict[str, pd.DataFrame]:
    """Return three simulated markets by letter, and show the digest of their kinds.

    Returns
    -------
    dict of str to DataFrame
        ``A``, ``B`` and ``C``, hourly, three years each, with the columns that the rule and the claims of
        the lesson read. All of them are simulated.
    """
    import numpy as np
    import pandas as pd

    from oikit.simulate.market import simulate
    from oikit.simulate.worlds import WORLDS, Cascade
    from oikit.strategy import Specification, needs

    names = [*_READ, *needs(Specification())]
    index = pd.date_range(SINCE, UNTIL, freq="h", tz="UTC", inclusive="right", name="time")
    # PERF: what is kept is laid out before what is thrown away, or each market would strand memory.
    kept = np.empty((len(_KINDS), len(index), len(names)))
    found = {}
    for values, (letter, kind) in zip(kept, _kinds().items(), strict=True):
        built, _ = _KINDS[kind]
        crash = Cascade(**_CRASH) if kind == "lucky" else None
        values[:] = simulate(WORLDS["bnb"], since=SINCE, until=UNTIL, cascade=crash, **built)[names]
        found[letter] = pd.DataFrame(values, index, names, copy=False)
    note(
        "KEPT",
        "09.worlds",
        "Three markets, A, B and C, all simulated. In one of them a link is built in.",
        f"Which is which is written down and sealed; the digest of the code is {digest_of(_code())}.",
    )
    return found


def submit(name: str, what: Any = TODO) -> None:
    """Keep a plan or verdicts as they stand now, with a digest.

    Parameters
    ----------
    name : {"plan", "verdicts"}
    what : mapping or DataFrame

    Raises
    ------
    InputError
        If it is called something else.

    Notes
    -----
    Can be repeated until the code has been opened; from then on what was submitted stands.
    """
    if name not in ("plan", "verdicts"):
        raise InputError(f"{name!r} is nothing to submit here; use 'plan' or 'verdicts'")
    kept = entries("submission", f"09.{name}")
    if kept and entries("opened", "09"):
        note("KEPT", f"09.{name}", f"The code has been opened, so {kept[-1]['digest']} stands.")
        return
    if untouched(what) or _holds_todo(what):
        note("NOT ATTEMPTED", f"09.{name}", "nothing is submitted yet: some places are still to do.")
        return
    digest = digest_of(_as_text(what))
    line = record("submission", f"09.{name}", digest=digest)
    note("KEPT", f"09.{name}", f"Submitted; its digest is {digest}. A later change would show.", line)


def _cells(what: Any) -> list[Any]:
    if isinstance(what, Mapping):
        return list(what.values())
    return [each for row in what.to_numpy().tolist() for each in row] if hasattr(what, "to_numpy") else []


def _holds_todo(what: Any) -> bool:
    return any(untouched(each) for each in _cells(what))


def _as_text(what: Any) -> str:
    table = what.to_dict("index") if hasattr(what, "to_dict") else what
    return json.dumps(_rounded(table), sort_keys=True, default=str)


def _rounded(what: Any) -> Any:
    """Round to six digits, as the last ones of a sum differ between computers."""
    if isinstance(what, dict):
        return {name: _rounded(value) for name, value in what.items()}
    if isinstance(what, list | tuple):
        return [_rounded(value) for value in what]
    return float(f"{what:.6g}") if isinstance(what, float) else what


def open_codes(pick: Any = TODO) -> None:
    """Reveal the kinds of A, B and C, once verdicts were submitted and a letter was picked.

    Parameters
    ----------
    pick : {"A", "B", "C"}
        The market in which, you say, a link is built in.

    Raises
    ------
    InputError
        If it is none of the letters.
    """
    if untouched(pick):
        note("NOT ATTEMPTED", "09.code", "your turn: pick A, B or C, then run this again.")
        return
    kinds = _kinds()
    letter = pick.strip().upper() if isinstance(pick, str) else pick
    if letter not in kinds:
        raise InputError(f"pick={pick!r} is no market here; use one of {', '.join(kinds)}")
    if not entries("submission", "09.verdicts"):
        note("NOT ATTEMPTED", "09.code", "submit your verdicts first: the code waits for them.")
        return
    before = entries("opened", "09")
    first = before[0]["pick"] if before else letter
    right = kinds[first] == "linked"
    line = "" if before else record("opened", "09", pick=letter, right=right)
    note(
        "ANSWER",
        "09.code",
        f"You picked {first}; {'that is the one with a link' if right else 'it turns out otherwise'}.",
        *(f"{each}: {_KINDS[kind][1]}." for each, kind in kinds.items()),
        f"The code was “{_code()}”, and its digest is {digest_of(_code())}, as sealed.",
        line,
    )


def after_jumps(markets: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the effect of a jump in open interest on the next 3 days' return, for each market.

    Parameters
    ----------
    markets : mapping of str to DataFrame
        Hourly, with ``close`` and ``open_interest``.

    Returns
    -------
    DataFrame, one row for each
        The columns of `oikit.learn.by_event`; a jump is that of `oikit.simulate.market.EVENT`.
    """
    import pandas as pd

    from oikit.claims.events import forward
    from oikit.learn.evidence import by_event
    from oikit.simulate.market import planted_events

    rows = [
        by_event(
            {name: planted_events(frame["open_interest"])}, forward(frame["close"], HORIZON), horizon=HORIZON
        )
        for name, frame in markets.items()
    ]
    return pd.concat(rows)


def by_trade(results: Mapping[str, Any]) -> pd.DataFrame:
    """Return the mean return of a trade after all costs, for each rule.

    Parameters
    ----------
    results : mapping of str to Result
        Results of `oikit.strategy.run`.

    Returns
    -------
    DataFrame, one row for each
        ``n`` (trades), ``effect`` (mean of ``net`` over the notional), ``low`` and ``high`` (Student's t:
        trades of one account do not overlap), ``naive_low`` and ``naive_high`` (normal approximation,
        which is too narrow for few trades). With fewer than two trades only ``n`` is known.
    """
    import pandas as pd

    from oikit.stats.special import t_quantile

    rows: dict[str, dict[str, float]] = {}
    for name, result in results.items():
        gained = result.trades["net"] / result.trades["notional"]
        n = len(gained)
        rows[name] = {"n": n}
        if n < 2:
            continue
        mean, error = float(gained.mean()), float(gained.std(ddof=1)) / n**0.5
        wide, narrow = t_quantile(0.975, n - 1) * error, 1.959964 * error
        rows[name] |= {"effect": mean, "low": mean - wide, "high": mean + wide}
        rows[name] |= {"naive_low": mean - narrow, "naive_high": mean + narrow}
    columns = ["n", "effect", "low", "high", "naive_low", "naive_high"]
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns).rename_axis("rule")


def class_table(groups: int = 10, *, seed: int = 900) -> pd.DataFrame:
    """Return what a class finds when each group has two markets of its own, without selection.

    Parameters
    ----------
    groups : int
    seed : int
        Seed of the first group; each next group has the next seed.

    Returns
    -------
    DataFrame, indexed by ``nothing built in`` and ``a link built in``
        ``groups``; ``grew``: accounts of the rule that ended above their start; ``found``: groups whose
        95% interval of the effect of a jump excludes 0. One simulated year each.
    """
    import pandas as pd

    from oikit.rolling import one_history
    from oikit.simulate.market import simulate
    from oikit.simulate.worlds import WORLDS
    from oikit.strategy import Specification, run

    counts = {}
    for name, effect in (("nothing built in", 0.0), ("a link built in", _KINDS["linked"][0]["effect"])):
        grew = found = 0
        for own in range(seed, seed + groups):
            with one_history():  # the market, the rule and the events score the same open interest
                frame = simulate(WORLDS["bnb"], since="2025-03-09", until=UNTIL, seed=own, effect=effect)
                grew += run(Specification(), frame, tiers=0.005).growth > 0
                seen = after_jumps({name: frame}).loc[name]
            found += not seen["low"] <= 0 <= seen["high"]
        counts[name] = {"groups": groups, "grew": grew, "found": found}
    return pd.DataFrame.from_dict(counts, orient="index").rename_axis("simulated markets with")
