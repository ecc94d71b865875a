"""Skill of several models on several markets, as a table that an evidence card can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from oikit.errors import FrameError, InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["skill_by_model"]


def skill_by_model(
    markets: Mapping[str, pd.DataFrame],
    *,
    models: Sequence[str],
    only: Sequence[str],
    every: str = "24h",
    gap: str = "24h",
    draws: int = 2_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the skill of each model on each market, against the base rate.

    Parameters
    ----------
    markets : mapping of str to DataFrame
        A name and a valid frame.
    models : sequence of str
        Names from `oikit.lens.learners.MODELS`.
    only : sequence of str
        Variables of `oikit.lens.features`; on a market without its columns a variable is left out.
    every, gap : str
        As in `oikit.lens.examples.examples` and `oikit.lens.model.forecast`.
    draws, seed : int

    Returns
    -------
    DataFrame, one row for each model and market
        ``n`` (effective number of independent outcomes in the tests), ``questions``, ``effect`` (the
        skill, a fraction), ``low`` and ``high`` (block bootstrap; widened to hold for all models of a
        market at once), ``naive_low`` and ``naive_high`` (as if each question were new evidence, and
        this the only model). In its ``attrs``: what n ``counts``, what the effect is ``against``, and
        ``left_out``, one line for each model or market without a forecast.

    Raises
    ------
    InputError
        If no model has a forecast on any market.
    """
    import pandas as pd

    from oikit.lens.calibration import gain, score
    from oikit.lens.examples import examples
    from oikit.lens.features import available
    from oikit.lens.model import forecast

    rows, left_out = {}, []
    for name, frame in markets.items():
        here = set(available(frame))
        try:
            given = examples(frame, only=[each for each in only if each in here], every=every, market=name)
            base = forecast(given, model="base rate", gap=gap, seed=seed)
        except (FrameError, InputError) as error:
            left_out.append(f"{name}: {_first(error)}")
            continue
        for model in models:
            try:
                said = forecast(given, model=model, gap=gap, seed=seed)
            except InputError as error:
                left_out.append(f"{model}, {name}: {_first(error)}")
                continue
            sure = 1 - 0.05 / len(models)
            skill = gain(said, base, confidence=sure, draws=draws, seed=seed)
            naive = score(said, block=1, draws=draws, seed=seed).skill
            rows[f"{model}, {name}"] = {
                "n": round(float(said.table["weight"].sum())),
                "questions": len(said.table),
                "effect": skill.value,
                "low": skill.low,
                "high": skill.high,
                "naive_low": naive.low,
                "naive_high": naive.high,
            }
    if not rows:
        raise InputError("no model could say anything:\n  - " + "\n  - ".join(left_out or ["no markets"]))
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    table.attrs = {
        "counts": "answers in the tests that share nothing",
        "against": "the base rate",
        "left_out": tuple(left_out),
    }
    return table


def _first(error: Exception) -> str:
    return str(error).splitlines()[0]
