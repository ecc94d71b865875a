"""Claims about who is long, who is short, and who is forced out: C13 to C16, C21."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit.claims.events import squeezed
from oikit.claims.model import Answer, Claim
from oikit.claims.states import crowd_place, funding_place, known, past_place, settled
from oikit.clock import bars
from oikit.formatting import count, share
from oikit.indicators import velocity

__all__ = ["squeeze_table"]

SHORT_AHEAD = 1 / 1.3
"""The ratio of longs to shorts at which shorts are 30% more."""

_CROWD = ("funding_rate", "funding_interval", "long_short_ratio", "open_interest", "close", "high")


def _annual_high(frame: pd.DataFrame) -> pd.Series:
    """Funding at the highest of its past year, and above what is usual there."""
    rate, place = settled(frame), funding_place(frame)
    highest = rate.rolling(bars("365d", frame.index), min_periods=1).max()  # known where its place is
    # Where funding rests on one value for weeks, that value can be the highest; it is no spike.
    return known((rate >= highest) & (place >= 0.975), rate, place)


def _net_short(frame: pd.DataFrame) -> pd.Series:
    ratio = frame["long_short_ratio"]
    return known(ratio < SHORT_AHEAD, ratio)


def squeeze_table(frame: pd.DataFrame) -> pd.DataFrame:
    """How often do the two conditions of the squeeze rule meet at all?

    Parameters
    ----------
    frame : DataFrame
        With funding and ``long_short_ratio``.

    Returns
    -------
    DataFrame, shape (2, 2), bars
        Rows: funding at its annual high, or not. Columns: 30% more short accounts than long, or not.
        Only bars at which both are known.
    """
    high, short = _annual_high(frame), _net_short(frame)
    there = high.notna() & short.notna()
    counts = [[int((there & (high == a) & (short == b)).sum()) for b in (1.0, 0.0)] for a in (1.0, 0.0)]
    return pd.DataFrame(
        counts,
        pd.Index(["funding at its annual high", "not"], name="bars"),
        ["30% more short accounts", "not"],
    )


def _two_by_two(frame: pd.DataFrame) -> str:
    (both, high), (short, neither) = squeeze_table(frame).to_numpy().tolist()
    n = both + high + short + neither
    if not n:
        return "Nobody could know either condition on any bar."
    expected = (both + high) * (both + short) / n
    return (
        f"Of {count(n, 'bar')}, funding is at its annual high on {both + high:,} and there are 30% more "
        f"short accounts on {both + short:,}. Both at once: {both:,} (without any link, {expected:,.1f})."
    )


def _how_short(frame: pd.DataFrame) -> str:
    ratio, place = frame["long_short_ratio"], funding_place(frame)
    if not ratio.notna().any():
        return "The ratio of accounts is not known here."
    least = float(ratio.min())
    return (
        f"It speaks where longs over shorts are below {SHORT_AHEAD:.3f} and funding is in the lowest 2.5% "
        f"of its year. The lowest ratio here is {least:.3f}, and it is that low on "
        f"{int((ratio < SHORT_AHEAD).sum()):,} bars; funding is that low on "
        f"{int((place <= 0.025).sum()):,}."
    )


def _both(frame: pd.DataFrame) -> pd.Series:
    high, short = _annual_high(frame), _net_short(frame)
    return known((high == 1) & (short == 1), high, short)


def _shorts_pay(frame: pd.DataFrame) -> pd.Series:
    place, short = funding_place(frame), _net_short(frame)
    return known((place <= 0.025) & (short == 1), place, short)


def _longs_crowd(frame: pd.DataFrame) -> pd.Series:
    place, ratio = funding_place(frame), frame["top_position_ratio"]
    return known((place >= 0.975) & (ratio > 1.3), place, ratio)


def _identity(frame: pd.DataFrame) -> Answer:
    because = (
        "Each contract has one long and one short, so a trade adds the same number to both sides or takes "
        "it from both: long open interest less short open interest is 0 after every trade, on every venue. "
        "What can lean is a count of heads or a part of the market"
    )
    said = [
        f"{name} below {SHORT_AHEAD:.3f} on {share(float((ratio < SHORT_AHEAD).mean()))} of bars"
        for name, column in (("all accounts", "long_short_ratio"), ("top positions", "top_position_ratio"))
        if column in frame.columns and len(ratio := frame[column].dropna())
    ]
    return Answer("arithmetic", f"{because}{': ' if said else ''}{', '.join(said)}.", 0.0, holds=False)


def _who_loses(frame: pd.DataFrame) -> Answer:
    because = (
        "On a rising price only shorts lose, so only shorts can fall below their maintenance margin. That is "
        "arithmetic, not an order of service: turn the path upside down, and the same engine "
        "liquidates longs. The exchange closes whoever is below, side or no side."
    )
    if not {"long_liquidations", "short_liquidations", "close"} <= set(frame.columns):
        return Answer("arithmetic", because, holds=False)
    day = bars("24h", frame.index)
    rise = velocity(frame["close"], day) > 0
    forced = {
        "shorts when it rose": frame["short_liquidations"].rolling(day).sum()[rise].sum(),
        "longs when it rose": frame["long_liquidations"].rolling(day).sum()[rise].sum(),
    }
    total = sum(forced.values())
    if not total > 0:
        return Answer("arithmetic", because, holds=False)
    part = float(forced["shorts when it rose"] / total)
    said = f" Here {share(part)} of what was forced out over rising days was short, not all of it."
    return Answer("arithmetic", because + said, part, holds=False)


def _forced_buying(frame: pd.DataFrame) -> pd.Series:
    forced = frame["short_liquidations"] / frame["open_interest_value"]
    place = past_place(forced, "30d", "30d")
    return known((place >= 0.99) & (forced > 0), place)


def _closing_in_a_rise(frame: pd.DataFrame) -> pd.Series:
    closed, move = velocity(frame["open_interest"], "4h"), velocity(frame["close"], "4h")
    return known((closed <= np.log1p(-0.03)) & (move > 0), closed, move)


def _one_sided(frame: pd.DataFrame) -> pd.Series:
    place = crowd_place(frame)
    return known((place >= 0.95) | (place <= 0.05), place)


def _against_the_crowd(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(np.sign(0.5 - crowd_place(frame)), frame.index)


CROWDS: tuple[Claim, ...] = (
    Claim(
        id="C13",
        says="The open interest of shorts can exceed that of longs by 30%.",
        means="A contract would have to have a short and no long.",
        kind="arithmetic",
        lesson="05",
        answer=_identity,
    ),
    Claim(
        id="C14",
        says="With funding at its highest of the year and shorts 30% ahead, a squeeze must come.",
        means="Each time, the price is 8% higher within three days, while 5% of the contracts are closed.",
        lesson="05",
        needs=_CROWD,
        speaks=_both,
        horizon="72h",
        outcome=squeezed(0.08, 0.05),
        unit="share",
        expect="higher",
        every=True,
        matters=0.1,
        shows=_two_by_two,
        beside=(
            Claim(
                id="C14-low",
                says="Repaired: with funding near its lowest and accounts 30% short, a squeeze is likelier.",
                means="Such a squeeze happens more often than usual; shorts pay when funding is low.",
                lesson="05",
                needs=_CROWD,
                speaks=_shorts_pay,
                horizon="72h",
                outcome=squeezed(0.08, 0.05),
                unit="share",
                expect="higher",
                matters=0.1,
                shows=_how_short,
            ),
            Claim(
                id="C14-mirror",
                says="Mirrored: with funding near its highest and top accounts 30% long, the price falls.",
                means="Over three days the price falls more, or rises less, than usual.",
                lesson="05",
                needs=("funding_rate", "funding_interval", "top_position_ratio", "close"),
                speaks=_longs_crowd,
                horizon="72h",
                expect="lower",
            ),
        ),
    ),
    Claim(
        id="C15",
        says="In a fast rise exchanges close the shorts before anybody else.",
        means="There would have to be a rule that prefers one side.",
        kind="definition",
        lesson="05",
        answer=_who_loses,
    ),
    Claim(
        id="C16",
        says="Forced buying feeds on itself and drives the price further up.",
        means="After an hour of unusually many liquidated shorts, the next four hours rise more than usual.",
        lesson="05",
        needs=("short_liquidations", "open_interest_value", "close"),
        speaks=_forced_buying,
        horizon="4h",
        expect="higher",
        matters=0.005,
        rival="Others expect a fall, once nobody is left who must buy.",
        beside=(
            Claim(
                id="C16-closing",
                says="The same without a list of liquidations: positions close fast while the price rises.",
                means="After four rising hours with 3% of contracts closed, four more rise more than usual.",
                lesson="05",
                needs=("open_interest", "close"),
                speaks=_closing_in_a_rise,
                horizon="4h",
                expect="higher",
                matters=0.005,
            ),
        ),
    ),
    Claim(
        id="C21",
        says="Stand against the crowd at the very moment when all seem to be right.",
        means="In the extreme twentieths of the account ratio it brings more than doing so always.",
        lesson="09",
        needs=("long_short_ratio", "close"),
        speaks=_one_sided,
        horizon="72h",
        acts=_against_the_crowd,
        expect="higher",
        rival="In the same breath, trading against the trend is named as a mistake.",
    ),
)
"""In the order of their ids."""
