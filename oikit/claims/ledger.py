"""The ledger: all 38 statements of the article, in our own words, each with its test and its verdict.

`judge` weighs them on one frame, as one family of questions; `ledger_table` puts several markets or
`eras` under each other, and `side_by_side` shows whether what one says is said again by the next.
`claims_json` and `claims_text` are what the command line writes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from oikit.claims import sentences
from oikit.claims.article import CLAIMS
from oikit.claims.claim import VERDICTS, Claim, Verdict
from oikit.claims.weigh import adjust, placed, prepare
from oikit.clock import bar_length, words
from oikit.errors import InputError
from oikit.formatting import share
from oikit.frame import validate
from oikit.rolling import one_history
from oikit.stats import benjamini_hochberg

__all__ = ["claims_json", "claims_text", "eras", "judge", "ledger_table", "side_by_side"]

LUCKY = 0.10
"""Of what is called supported or contradicted in one ledger, at most this share may be luck."""


def judge(
    frame: pd.DataFrame, *, claims: Iterable[Claim] | None = None, market: str | None = None
) -> dict[str, Verdict]:
    """What do these data say about each claim, knowing that all were asked?

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
    claims : iterable of Claim, optional
        Of the article by default.
    market : str, optional
        Its name, as in `weigh`.

    Returns
    -------
    dict of str to Verdict
        By id. ``p_adjusted`` is Benjamini and Hochberg's over all readings that were compared: of what a
        ledger calls supported or contradicted at most 10% may be luck, where `weigh` lets one claim
        alone pass at 5%. What does not is ``undecided``. A claim whose columns
        this market lacks, or whose look-backs its bars do not fit, is ``not asked`` and says why.

    Raises
    ------
    FrameError
        If the frame breaks the contract.
    InputError
        If a claim of your own looks ahead or does not say yes or no.
    """
    validate(frame)
    claims = list(CLAIMS.values() if claims is None else claims)
    with one_history():
        alone = [
            _prepared(each, frame, ours=CLAIMS.get(claim.id) is claim)
            for claim in claims
            for each in (claim, *claim.beside)
        ]
    p = np.array([verdict.p for verdict in alone])
    among, what = int(np.count_nonzero(~np.isnan(p))), "questions asked of the same data"
    adjusted = iter(
        verdict if math.isnan(q) else adjust(verdict, q, among, what, LUCKY)
        for verdict, q in zip(alone, np.asarray(benjamini_hochberg(p)).tolist(), strict=True)
    )
    whole = (replace(next(adjusted), beside=tuple(next(adjusted) for _ in claim.beside)) for claim in claims)
    return {verdict.id: placed(verdict, market) for verdict in whole}


def ledger_table(
    frames: pd.DataFrame | Mapping[str, pd.DataFrame], *, claims: Iterable[Claim] | None = None
) -> pd.DataFrame:
    """What becomes of each claim on each market?

    Parameters
    ----------
    frames : DataFrame, or mapping of name to DataFrame
        Markets, worlds or `eras`; each is a family of questions of its own.
    claims
        As in `judge`.

    Returns
    -------
    DataFrame, one row for each market and reading
        ``market``, ``id``, ``claim`` (the id of the statement), ``kind``, ``lesson``, ``says``,
        ``means``, ``verdict``, ``n``, ``effect``, ``low``, ``high``, ``unit``, ``base``, ``p``,
        ``p_adjusted``, ``naive_p``, ``detectable``, ``needed``, ``net``, ``number``, ``holds``,
        ``depends`` and ``because``; see `Verdict`. What was not compared has NaN there.
    """
    markets = {"market": frames} if isinstance(frames, pd.DataFrame) else dict(frames)
    claims = None if claims is None else list(claims)
    rows = [
        _row(market, verdict.id, each)
        for market, frame in markets.items()
        for verdict in judge(frame, claims=claims, market=market).values()
        for each in (verdict, *verdict.beside)
    ]
    return pd.DataFrame(rows)


def side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """Does what one market says come back on the next?

    Parameters
    ----------
    table : DataFrame
        From `ledger_table`.

    Returns
    -------
    DataFrame, one row for each reading
        One column of verdict words for each market; then ``weighed`` (markets on which something was
        compared), ``same_way`` (of these, how many point the way that most do) and ``called`` (how
        many are supported or contradicted).
    """
    markets, ids = table["market"].unique(), table["id"].unique()
    wide = pd.DataFrame({name: part.set_index("id")["verdict"] for name, part in table.groupby("market")})
    wide = wide.loc[ids, markets]
    signs = pd.Series(np.sign(table["effect"].astype(float)), table.index).groupby(table["id"])
    most = signs.apply(lambda s: max((s > 0).sum(), (s < 0).sum()))
    called = wide.isin(["supported", "contradicted"]).sum(axis=1)
    return wide.assign(weighed=signs.count().reindex(ids), same_way=most.reindex(ids), called=called)


def eras(frame: pd.DataFrame, count: int = 3) -> dict[str, pd.DataFrame]:
    """Cut a market into parts of equal length, to ask each by itself.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
    count : int
        How many.

    Returns
    -------
    dict of str to DataFrame
        Named by their first and last day. Each starts anew: look-backs do not reach into the part
        before, so what is learned of one part is not in the next.

    Raises
    ------
    InputError
        If the parts would have fewer than two bars.
    """
    if count < 1 or len(frame) < 2 * count:
        raise InputError(f"{len(frame)} bars cannot be cut into {count} parts; ask for fewer")
    edges = np.linspace(0, len(frame), count + 1).astype(int)
    parts = [frame.iloc[first:stop] for first, stop in pairwise(edges.tolist())]
    return {f"{part.index[0]:%Y-%m-%d} to {part.index[-1]:%Y-%m-%d}": part for part in parts}


def claims_json(frame: pd.DataFrame) -> dict[str, str]:
    """One word for each of the 38 claims, by id.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)

    Returns
    -------
    dict of str to str
        Ready for JSON; each word is one of `VERDICTS`.
    """
    return {name: verdict.word for name, verdict in judge(frame).items()}


def claims_text(frame: pd.DataFrame, *, market: str, source: str = "", details: bool = False) -> str:
    """The ledger of one market, to be read.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
    market : str
        Its name.
    source : str
        Where the data are from; it says "simulated" of what is.
    details : bool
        With the number that decided each verdict, and all other readings; without, only those
        that were decided.

    Returns
    -------
    str
        A head, one entry for each claim, and how many verdicts of each kind there are, of the statements
        and of their other readings.
    """
    verdicts, index = list(judge(frame, market=market).values()), frame.index
    others = [each for verdict in verdicts for each in verdict.beside]
    lines = [
        f"{market}: {len(index):,} bars of {words(bar_length(index))}, "
        f"{index[0]:%Y-%m-%d} to {index[-1]:%Y-%m-%d} UTC",
        *([source] if source else []),
        "",
    ]
    for verdict in verdicts:
        decided = (each for each in verdict.beside if details or each.word in ("supported", "contradicted"))
        for each in (verdict, *decided):
            lines += _entry(each, details)
    return "\n".join(
        [
            *lines,
            "",
            f"{len(verdicts)} statements: {_tally(verdicts)}.",
            f"{len(others)} other readings: {_tally(others)}.",
            f"Of what is called supported or contradicted here, at most {share(LUCKY)} may be luck.",
        ]
    )


def _tally(verdicts: Iterable[Verdict]) -> str:
    counts = Counter(verdict.word for verdict in verdicts)
    return ", ".join(f"{counts[word]} {word}" for word in VERDICTS if counts[word]) or "none"


def _entry(verdict: Verdict, details: bool) -> list[str]:
    size = f" (n = {verdict.n:,}{sentences.size(verdict)})" if verdict.claim.kind == "forecast" else ""
    line = f"{verdict.id}  {verdict.label}{size}: {verdict.claim.says}"
    more = (f"Our reading: {verdict.claim.means}", *verdict.because.split("\n"), verdict.truth)
    return [line, *(f"     {each}" for each in more if each)] if details else [line]


def _prepared(claim: Claim, frame: pd.DataFrame, *, ours: bool) -> Verdict:
    try:
        # The ledger's own claims are held to it by the tests; a reader's own are asked each time.
        return prepare(claim, frame, look=not ours)
    except InputError as error:
        if not ours:
            raise
        return Verdict(claim, "not asked", f"It cannot be asked of these bars (n = 0): {error}.", 0.0)


def _row(market: str, statement: str, v: Verdict) -> dict[str, object]:
    def of(what: Verdict | Claim, *names: str) -> dict[str, object]:
        return {name: getattr(what, name) for name in names}

    effect = {name: getattr(v.effect, name, math.nan) for name in ("value", "low", "high")}
    return {
        **{"market": market, "id": v.id, "claim": statement},
        **of(v.claim, "kind", "lesson", "says", "means"),
        **{"verdict": v.word, "n": v.n, "effect": effect.pop("value"), **effect, "unit": v.claim.unit},
        **of(v, "base", "p", "p_adjusted", "naive_p", "detectable"),
        "needed": math.nan if v.needed is None else float(v.needed),
        **of(v, "net", "number", "holds", "depends", "because"),
    }
