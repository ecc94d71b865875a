"""The seal of lesson 08: a part of history that can be read once.

`open_seal` reads it for the best rule that was tried in `oikit_lessons.lesson08.explorer`, says after
how many tries, and keeps the result in the notes of the course. Asked again, it shows what was kept.
Whoever deletes the notes has a new seal and an old memory; no lock helps against that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oikit.errors import InputError
from oikit.formatting import count, signed
from oikit.learn.notes import record
from oikit.learn.show import note
from oikit.learn.todo import TODO, untouched
from oikit.lens.garden import often, told

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["open_seal", "under_seal"]

WORLDS = ("null", "planted")


def open_seal(world: str, word: Any = TODO) -> alt.VConcatChart | None:
    """Read the sealed part of a world, once.

    Parameters
    ----------
    world : {"null", "planted"}
    word : str
        ``"open"``, when the search is over.

    Returns
    -------
    VConcatChart or None
        The rule before and after the cut; None while the seal is closed.

    Raises
    ------
    InputError
        If there is no such world, or the word is another.
    """
    from oikit_lessons.lesson08 import explorer as bench

    if world not in WORLDS:
        raise InputError(f"world={world!r} has no seal; use one of {', '.join(WORLDS)}")
    name = f"08.{world}"
    kept = bench.opened(world)
    if kept is not None:
        note("KEPT", name, _said(kept), "A seal opens once, so this is what was kept.")
        return _picture(world, kept)
    rule, tried = bench.best_so_far(world), len(bench.tries(world))
    if untouched(word):
        so_far = f"{count(tried, 'rule')} tried" + (f"; the best is {told(rule)}." if rule else ".")
        note("NOT ATTEMPTED", name, "the seal is closed.", so_far, "It opens once. Is your search over?")
        return None
    if word != "open":
        raise InputError(f'word={word!r} opens nothing; write "open" when your search is over')
    if rule is None:
        note("NOT ATTEMPTED", name, "nothing was tried in this world yet; the explorer is above.")
        return None
    before, after = bench.results(world, rule, sealed=False), bench.results(world, rule, sealed=True)
    facts = {
        "rule": rule,
        "tried": tried,
        "before": round(before["sharpe"], 4),
        "raw": round(before["p"], 6),
        "p": round(min(1.0, before["p"] * tried), 6),
        **{part: round(after[part], 4) for part in ("sharpe", "low", "high")},
        "days": int(after["days"]),
    }
    line = record("seal", name, **facts)
    note("ANSWER", name, _said(facts), line)
    return _picture(world, facts)


def _said(kept: dict[str, Any]) -> str:
    return (
        f"opened after {count(kept['tried'], 'rule')}. The best was {told(kept['rule'])}. Before the seal "
        f"its yearly Sharpe ratio was {signed(kept['before'])}. As a single try, chance alone does as well "
        f"in {often(kept['raw'])}; after Bonferroni, in {often(kept['p'])}. Under seal it is "
        f"{signed(kept['sharpe'])}, 95% interval {signed(kept['low'])} to {signed(kept['high'])}, with "
        f"{kept['days']} days in position."
    )


def _picture(world: str, kept: dict[str, Any]) -> alt.VConcatChart:
    """Draw the bench with one setting only, the one that was opened."""
    from dataclasses import replace

    from oikit.explore.drawing import unbound
    from oikit.explore.model import Choice, Memory
    from oikit_lessons.lesson08.explorer import EXPLORER

    settings = {"world": world, **kept["rule"]}
    controls = tuple(
        Choice(control.name, control.asks, (settings[control.name],), settings[control.name])
        for control in EXPLORER.controls
    )
    memory = Memory(says=lambda _: "", kept=lambda _: {"best": -1, "tried": kept["tried"]}, alone={})
    return unbound(replace(EXPLORER, controls=controls, memory=memory))


def under_seal() -> pd.DataFrame:
    """Return the mean daily returns of the opened rules, before the cut and in the hold-out.

    Returns
    -------
    DataFrame
        Two rows for each opened hold-out, for an evidence card; none before one is opened.
    """
    import pandas as pd

    from oikit.lens.garden import weighed
    from oikit_lessons.lesson08 import explorer as bench

    rows = {}
    for world in WORLDS:
        kept = bench.opened(world)
        if kept is not None:
            best = f"{world}, your best of {kept['tried']}"
            rows[f"{best}: searched"] = weighed(bench.made(world, kept["rule"], sealed=False))
            rows[f"{best}: sealed"] = weighed(bench.made(world, kept["rule"], sealed=True))
    columns = ["n", "effect", "low", "high", "naive_low", "naive_high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=None if rows else columns)
