"""Claims that name a figure or an authority, and those that take other data than one market's."""

from __future__ import annotations

import math
from contextlib import suppress
from statistics import NormalDist

import numpy as np
import pandas as pd

from oikit.claims.claim import Answer, arithmetic, definition, not_testable
from oikit.claims.events import turned, turned_by
from oikit.clock import DAY, bar_length, bars
from oikit.errors import InputError
from oikit.formatting import correlation, count, share
from oikit.indicators import asymmetry, velocity
from oikit.risk import log_growth
from oikit.stats import any_false_positive, events_needed, min_track_record


@not_testable(
    "Some 620 billion dollars of perpetuals are traded.", "A sum over named venues and a named time."
)
def _c01(frame: pd.DataFrame) -> Answer:
    because = (
        "A turnover without a period or a list of venues: a month of the same market is thirty of its days."
    )
    if "quote_volume" in frame.columns and frame["quote_volume"].notna().any():
        day = float(frame["quote_volume"].mean() * (DAY / bar_length(frame.index)))
        because += f" Here it is {day / 1e9:,.2f} billion a day and {30 * day / 1e9:,.1f} billion a month."
    return Answer("not testable", because, 30.0)


@not_testable(
    "Nearly nine traders in ten never look at this ratio.", "Somebody asked traders who were drawn by lot."
)
def _c08(frame: pd.DataFrame) -> Answer:
    part, margin = 0.87, 0.03
    z = NormalDist().inv_cdf(0.975)
    people = math.ceil(z**2 * part * (1 - part) / margin**2)
    because = (
        "Nobody is named who was asked, or how many. To know such a share within 3 points takes "
        f"{people} traders, drawn by lot."
    )
    return Answer("not testable", because, float(people))


@not_testable(
    "A model sees the lean of the crowd before it is plain to all.",
    "A moment at which it is plain, and one at which the model spoke.",
)
def _c17(frame: pd.DataFrame) -> Answer:
    return Answer(
        "not testable",
        "When a thing is plain to all is not said, so nothing can be early. What can be asked of a model is "
        "whether its probabilities beat the base rate on bars it has not seen; that is lesson 07.",
    )


@arithmetic(
    "Machine-learning models go through fifty variables within milliseconds.",
    "That this shows more than a few variables do: fifty hold more truth than luck.",
)
def _c18(frame: pd.DataFrame) -> Answer:
    some = any_false_positive(50)
    because = (
        "The number and the speed are granted; the question is what they add. Fifty variables without any "
        f"content hold at least one that looks meaningful at 5% with a chance of {share(some)}, and "
        f"{50 * 0.05:.1f} on average. Speed changes nothing about that, and milliseconds are no matter to a "
        "payment every eight hours."
    )
    return Answer("arithmetic", because, some, depends="what the variables hold")


@not_testable(
    "Binance gives open interest in real time, within a second; some others are seconds late.",
    "Its number arrives sooner after it was true than that of other venues.",
)
def _c19(frame: pd.DataFrame) -> Answer:
    return Answer(
        "not asked",
        "By the venues' own manuals it is the other way round: Binance gives open interest on request, as "
        "a snapshot with its own time, and as statistics every five minutes, while OKX and Bybit send it "
        "without being asked. How late each figure is nobody has measured here: that takes a recording of "
        "when it was true and when it arrived, on each venue, with a common clock.",
        holds=False,
    )


@not_testable(
    "After half a year of trading this, the reward is worth the risk and the strain.",
    "There is a list of trades, long enough to tell skill from luck.",
)
def _c20(frame: pd.DataFrame) -> Answer:
    daily = [sharpe / math.sqrt(365) for sharpe in (1, 2)]
    half = [min_track_record(each) / 365 for each in daily]
    most = [events_needed(each, 1.0, sides=1) / 365 for each in daily]  # four times in five, at 5%
    because = (
        "No trade is shown: not how many, not what they cost, not what else would have happened. A yearly "
        f"Sharpe ratio of 1 takes {half[0]:.1f} years of days to tell from luck with a chance of one half, "
        f"and {most[0]:.1f} years with a chance of 80%; one of 2 takes {half[1]:.1f} and {most[1]:.1f}. "
        "Half a year is too short for either."
    )
    return Answer("not testable", because, most[0])


@not_testable(
    "Those who lose fit their settings too closely to the past.",
    "They do so, and it costs them: the best of many tries looks good without any skill.",
)
def _c28(frame: pd.DataFrame) -> Answer:
    few, many = _best_of(10), _best_of(100)
    because = (
        "How many traders do it nobody has counted. What it does to those who do is arithmetic: of 10 rules "
        f"without any skill, the best shows a yearly Sharpe ratio of {few:.2f} over one year, of 100 rules "
        f"{many:.2f}. So a record that was searched for proves nothing until the tries are counted."
    )
    return Answer("not testable", because, many)


def _best_of(tries: int) -> float:
    """Return the mean of the largest of so many normal numbers, exactly."""
    z = np.linspace(-8, 8, 4_001)
    below = np.array([0.5 * math.erfc(-each / math.sqrt(2)) for each in z.tolist()]) ** tries
    return float(np.sum((z[1:] + z[:-1]) / 2 * np.diff(below)))


@not_testable(
    "It is a mistake to stand against the trend in the fifth of the time in which prices do turn.",
    "There is a definition of a turn by which prices turn in one fifth of the time.",
)
def _c29(frame: pd.DataFrame) -> Answer:
    because = "What a turn is, and over what time, is not said, and the share follows from that alone."
    definitions = [
        *((f"the next {each} go the other way than the last", turned, each) for each in ("24h", "72h", "7d")),
        *(
            (f"{far:.0%} against the 30-day trend within 7d", turned_by(far), "7d")
            for far in (0.03, 0.05, 0.1)
        ),
    ]
    rates = {}
    for name, outcome, horizon in definitions if {"close", "high", "low"} <= set(frame.columns) else ():
        with suppress(InputError):  # the bars do not fit this horizon
            rates[name] = float(outcome(frame, horizon).mean())
    table = pd.DataFrame({"share": pd.Series(rates, dtype=float)}).dropna()
    if table.empty:
        return Answer("not testable", because)
    low, high = float(table["share"].min()), float(table["share"].max())
    because += f" By {count(len(table), 'definition')} it is from {share(low)} to {share(high)} here."
    return Answer("not testable", because, high - low, table=table)


@definition(
    "A signal is a probability: what had one chance in ten happens, too.",
    "Of all cases with that probability, one in ten comes true.",
)
def _c30(frame: pd.DataFrame) -> Answer:
    some = 1 - 0.9**10
    because = (
        "That is what a probability means: of all cases that were given one chance in ten, one in ten comes "
        f"true, and in ten of them at least one does with a chance of {share(some)}. It excuses nobody: the "
        "shares can be counted."
    )
    return Answer("arithmetic", because, some, holds=True)


@arithmetic(
    "Across hundreds of trades an edge compounds.",
    "After some 300 trades at the article's own 2% the account is larger.",
)
def _c31(frame: pd.DataFrame) -> Answer:
    small, large = (float(np.exp(300 * log_growth(0.55, fraction=f))) for f in (0.02, 0.2))
    none = float(np.exp(300 * log_growth(0.5, fraction=0.02)))
    because = (
        "At the article's own 2% a bet it does: 300 even bets that win 55% make the middle account "
        f"{small:.2f} times as large. Ten times the size makes it {large:.2f} times, and without an edge, at "
        f"50%, 2% a bet leaves {none:.2f}. A round trip of 0.1% on moves of 1% takes an edge of 55% whole."
    )
    return Answer("arithmetic", because, small, depends="the edge and the costs")


@not_testable(
    "Signals of BNB are more reliable than those of small coins, which are easier to manipulate.",
    "The same rule does better on large coins than on small ones, on bars it has not seen.",
)
def _c35(frame: pd.DataFrame) -> Answer:
    return Answer(
        "not asked",
        "It can be tested, with other data than one market's: the same rule, fixed beforehand, on 20 "
        "markets or more, small ones and dead ones among them, and its skill against their size. "
        "`ledger_table` takes several.",
        20.0,
    )


@not_testable(
    "More open interest generally goes with more participants and a more liquid market.",
    "Where and when more contracts are open, there are more traders, and the book is deeper.",
)
def _c34(frame: pd.DataFrame) -> Answer:
    because = (
        "It can be tested, with other data than a table like this: depth and spread of the order book, "
        "and the number of trades, of many markets over years, with what moves them all taken out. "
        "Participants no public column counts: contracts may be held by one fund or by a thousand people."
    )
    if not {"open_interest", "close", "quote_volume"} <= set(frame.columns):
        return Answer("not asked", because)
    move = velocity(frame["close"], 1).abs() / frame["quote_volume"].where(frame["quote_volume"] > 0)
    day = bars("24h", frame.index)
    mean = move.rolling(day).mean()
    thin = pd.Series(np.log(mean.where(mean > 0)), frame.index).iloc[::day].diff()
    grew = pd.Series(np.log(frame["open_interest"]), frame.index).iloc[::day].diff()
    both = thin.notna() & grew.notna()
    if both.sum() < 10 or min(thin[both].nunique(), grew[both].nunique()) < 2:
        return Answer("not asked", because)
    link = float(thin[both].rank().corr(grew[both].rank()))
    because += (
        " One stand-in for depth, how far a traded dollar moves the price, has a rank correlation of "
        f"{correlation(link)} with open interest from day to day (n = {count(int(both.sum()), 'day')})."
    )
    return Answer("not asked", because, link)


@not_testable(
    "Open interest by itself says next to nothing, its ratio to the market cap and its pace do; and "
    "one such figure has been enough to be saved.",
    "The level adds nothing to a forecast, and the ratio, the level over the supply, does.",
)
def _c03(frame: pd.DataFrame) -> Answer:
    return Answer(
        "not testable",
        "The ratio holds the supply, too, so the two halves are not quite at odds; but a supply hardly "
        "moves, and then the ratio says what open interest says. That it has saved anybody is told "
        "without a trade. What can be asked is how much each further column adds to a forecast of bars it "
        "has not seen; that is lesson 07.",
    )


@not_testable(
    "Where open interest is large for its market cap, the crowd is all on one side.",
    "A size without a sign would have to show a direction.",
)
def _c06(frame: pd.DataFrame) -> Answer:
    because = (
        "Open interest has as many longs as shorts at every level, so its size points to no side. Other "
        "figures may lean, and they count other things."
    )
    ratios = frame.reindex(columns=["long_short_ratio", "top_position_ratio"])
    leans = (
        pd.DataFrame({name: np.sign(asymmetry(ratios[name])) for name in ratios}).replace(0, np.nan).dropna()
    )
    if leans.empty:
        return Answer("not testable", because)
    apart = leans.prod(axis=1) < 0
    because += (
        f" Here all accounts and the coins of top accounts lean to different sides on {apart.sum():,} of "
        f"{count(len(apart), 'bar')}: "
    )
    because += (
        "the two crowds agree, at high open interest and at low, so this market does have a lean; it is not "
        "its open interest that tells which."
        if apart.mean() < 0.05
        else "which of them would be the crowd?"
    )
    return Answer("not testable", because, float(apart.mean()))
