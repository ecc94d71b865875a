"""What each number of the weekly report is, how it is computed, and how to read it.

`explain` gives the words; the report shows the same ones. A definition of one line belongs into the
docstring of the indicator; what a reader needs beside it, and where the number misleads, belongs here.
"""

from __future__ import annotations

from typing import NamedTuple

from oikit.errors import InputError

__all__ = ["EXPLANATIONS", "Explanation", "explain"]


class Explanation(NamedTuple):
    """Three parts: what it is, how it is computed, how to read it and its limits.

    Attributes
    ----------
    title, what, how, read : str
    """

    title: str
    what: str
    how: str
    read: str

    def __str__(self) -> str:
        """Four lines, to be printed."""
        parts = (("What it is", self.what), ("How it is computed", self.how), ("How to read it", self.read))
        return "\n".join([self.title, *(f"{name}: {says}" for name, says in parts)])


EXPLANATIONS: dict[str, Explanation] = {
    "price": Explanation(
        "Price",
        "The price of the last trade of the contract as the week ended.",
        "The close of the last known bar of the week's last day; its change is a share of the close with "
        "which the week began.",
        "It is the price of the contract, not of the coin itself, and not the mark price that decides on "
        "liquidations. It says nothing about who moved.",
    ),
    "open_interest": Explanation(
        "Open interest in coins",
        "How many contracts are open, counted in coins and on one side only.",
        "As the venue gave it for the last known bar of the week's last day; its change is a share of the "
        "level with which the week began.",
        "Coins move only when positions are opened or closed. Each contract has one long and one short, so "
        "open interest has no direction. It is one venue, not the whole market.",
    ),
    "open_interest_value": Explanation(
        "Open interest in dollars",
        "The same contracts, valued at the mark price.",
        "As the venue gave it for the last known bar of the week's last day.",
        "It moves whenever the price does, with no position opened or closed. Use it for size, and the "
        "coins for movement.",
    ),
    "dollar_change": Explanation(
        "Change in dollars, taken apart",
        "How much of the change of open interest in dollars is price, and how much is positions.",
        "Old coins times the change of price, plus the change of coins times the old price, plus the "
        "change of coins times the change of price; the three add up to the whole.",
        "The third part belongs to neither and stands alone. If the first part is the largest, the headline "
        "in dollars was mostly a headline about the price.",
    ),
    "oi_to_cap": Explanation(
        "Open interest / circulating supply",
        "The share of all coins in circulation that stands in open contracts of this venue.",
        "Open interest in coins over circulating supply. Dollars over market cap is the same number, as the "
        "price cancels.",
        "Compare it with its own past, never with a round number and never between coins. Supply steps "
        "down when coins are burned, which lifts the ratio with no position opened. A high ratio says that "
        "much is at stake, not which way.",
    ),
    "velocity": Explanation(
        "Velocity",
        "How fast positions are being opened or closed.",
        "The log change of open interest in coins over the window of each clock (0.01 is about one per "
        "cent).",
        "Above zero more contracts were opened than closed. A fast change on a short clock is often undone "
        "on the next; that is why several clocks stand side by side.",
    ),
    "velocity_score": Explanation(
        "Velocity, robust score",
        "How unusual that velocity is against its own recent past.",
        "The velocity less the median of the yardstick before it, over 1.4826 times the median absolute "
        "deviation of the same; the value itself is not part of its yardstick.",
        "Beyond 2, up or down, is unusual, but tails are fat: it happens far more often than for a normal "
        "variable. A quiet yardstick makes small moves look large.",
    ),
    "divergence": Explanation(
        "Divergence",
        "Open interest jumped while the price stood still.",
        "Bars of the week whose velocity scores at least 2 while the move of the price over the same window "
        "scores at most 0.5, up or down.",
        "One of many readings of the same phrase: each of the numbers is a choice. It says that both sides "
        "came in, and nothing about which one will be wrong.",
    ),
    "quadrant": Explanation(
        "Quadrants",
        "The four usual names for a move of price and open interest together.",
        "Price up and open interest up: new longs. Up and down: short covering. Down and up: new shorts. "
        "Down and down: long liquidation. No dead band is used.",
        "The names are a habit of the trade, not a finding: each new contract has a new long and a new "
        "short, and people also close for reasons of their own. Near the centre the name is a coin toss.",
    ),
    "funding_paid": Explanation(
        "Funding paid",
        "What longs paid to shorts, or shorts to longs, for holding their positions.",
        "The sum of all settlements of the week, each as it was paid for its own interval. Above zero longs "
        "paid. Its percentile is among the sums of all weeks that end at each bar of the year.",
        "It is a payment, not a forecast: it was known before the next price was. Much of the time it sits "
        "on one exact value, so its percentile counts equal values a half.",
    ),
    "funding_year": Explanation(
        "Funding, a year of that",
        "What the funding of the week would add up to in a year.",
        "The sum of the week times 365 over 7, not compounded, as venues quote it.",
        "No week lasts a year. It is there to compare venues that settle at different intervals.",
    ),
    "funding_settlements": Explanation(
        "Settlements",
        "How often funding was settled in the week, and how often at exactly zero.",
        "Bars with a funding interval above zero.",
        "Where the premium stays within a narrow zone, the formula of the venue gives exactly its interest "
        "rate, which for some coins is zero.",
    ),
    "funding_interval": Explanation(
        "Own interval",
        "How many hours each settlement paid for.",
        "As the venue gave it with each settlement: the shortest and the longest of the week.",
        "The same rate every hour costs eight times what it costs every eight hours. A venue changes the "
        "interval when the market is strained.",
    ),
    "funding_streak": Explanation(
        "Streak",
        "How many settlements in a row the same side has paid.",
        "Counted back from the last settlement until the sign changes, or until a bar whose funding is not "
        "known; exact zeros are a streak of their own.",
        "Long streaks are common, because funding follows its own past. One is no sign that it must end.",
    ),
    "funding_cost": Explanation(
        "Cost to hold",
        "What a long of 1,000 dollars, opened as the week began, paid in funding.",
        "Each settlement times what the coins were worth when it was settled (mark price, or the last trade "
        "where there is none). Below zero it was received; a short has the opposite.",
        "Fees and spreads are not in it. Set against the margin instead of the position it is as many times "
        "larger as the leverage.",
    ),
    "long_share_accounts": Explanation(
        "Long share, all accounts",
        "Which share of the accounts with a position is long.",
        "Ratio over one plus ratio, of the venue's ratio of long to short accounts.",
        "It counts heads, not money: many small longs face few large shorts. Over the whole market the coins "
        "are always half long. Its change is in points of a hundred.",
    ),
    "long_share_top_accounts": Explanation(
        "Long share, top accounts",
        "Which share of the venue's top accounts is long.",
        "As for all accounts, among the fifth with the largest margin balances, by the venue's own count.",
        "Still heads, not money. Top means a large balance, not a good record.",
    ),
    "long_share_top_positions": Explanation(
        "Long share, top positions",
        "Which share of the coins that the top accounts hold is long.",
        "As above, counted in coins instead of heads.",
        "It counts money, but only theirs; whoever is not a top account must hold the rest of the other "
        "side. Hedges are in it and look like views.",
    ),
    "base_rate": Explanation(
        "Base rates",
        "How often something followed earlier weeks like this one, beside how often it follows any week.",
        "On ends of weeks, which share no hours: earlier weeks in which the condition held and whose next "
        "week was over, with Wilson's 95% interval. Fewer than ten are too few and get no share. What the "
        "report says is drawn towards the base rate as if that had been seen in thirty weeks more.",
        "If the interval holds the base rate, the condition told nothing that shows. Several conditions "
        "are asked of the same weeks, so one in twenty stands out by luck. It is a count of the past, of "
        "one market, and no forecast of ours.",
    ),
    "brier": Explanation(
        "Brier score",
        "How far the report's own past probabilities were from what happened.",
        "The mean squared distance of probability and outcome (1 or 0) over the past year. It is "
        "reliability less resolution plus uncertainty, plus what binning loses. The statements are worked "
        "out again from what was known at the end of each week.",
        "Lower is better and 0 is perfect; the base rate alone scores about its uncertainty. Statements of "
        "one week share its luck, so a year holds far fewer answers than statements.",
    ),
    "skill": Explanation(
        "Skill",
        "Which share of the base rate's squared error the statements removed.",
        "One less their Brier score over that of the base rate known at the end of each week.",
        "Above zero the conditions told something. If the interval holds zero, the base rate alone would "
        "have done as well, as far as one year can tell.",
    ),
    "reliability": Explanation(
        "Reliability",
        "Whether what was said to happen three times in ten happened three times in ten.",
        "Statements in five bins of equal size: the mean of what was said against the share that came. The "
        "band holds that share nineteen times in twenty if every probability was right; whole weeks share "
        "their luck in it.",
        "Outside the band the report was too sure, or not sure enough. Inside it, luck explains the "
        "distance; that is not proof of skill.",
    ),
    "liquidation_distance": Explanation(
        "Distance to liquidation",
        "How far the mark price may move before the venue closes a position by force.",
        "Isolated margin, opened at the last price of the week with 10,000 dollars of notional; the move at "
        "which margin plus profit equals the maintenance margin of the venue's tiers. No fees.",
        "Always nearer than one over the leverage. Larger positions are nearer still. It is the mark price "
        "that counts, not the last trade.",
    ),
    "funding_drag": Explanation(
        "Funding drag",
        "The same distance after funding has eaten from the margin, or fed it.",
        "Four weeks of what was paid this week, at a price that does not move, taken from the margin of the "
        "side that pays.",
        "Funding will not stay as it is; the column shows the order of size. At high leverage a small rate "
        "is a large part of the margin.",
    ),
    "touched": Explanation(
        "Did it go that far?",
        "From which share of the past year's starting bars the price moved that far within a week.",
        "Lows (for longs) or highs (for shorts) of the seven days after each bar against its close.",
        "The windows overlap, so the year holds about fifty separate weeks, and a share near zero is not "
        "known to be zero. Bars show the last trade, not the mark price.",
    ),
    "verdict": Explanation(
        "Claims that spoke",
        "Which statements of the ledger spoke in the week, and what the data say about each by now.",
        "Bars of the week in which the claim's condition held; the verdict is that of `oikit.claims.judge` "
        "on all bars up to the end of the week, with all claims asked as one family.",
        "Undecided is the usual word and means what it says. A claim that spoke has not come true, and a "
        "verdict moves little in a week.",
    ),
    "turning": Explanation(
        "What would change this reading",
        "How far each headline is from saying something else.",
        "Edges are the bottom and top fifth of the past year of bars, the level with which the week began, "
        "and the usual size of a settlement.",
        "Small distances mean that the reading hangs on little. Edges move as the year rolls on.",
    ),
    "coverage": Explanation(
        "Data quality",
        "How much of the week is known, where the longest gap is, and how old the newest figure was.",
        "Per column: known bars over all bars of the week; the longest run without a value; the time from "
        "the newest value to the end of the week.",
        "Nothing is filled in. A level at the end of the week is the last known one of its last day, and "
        "the table says which bar that was.",
    ),
    "repairs": Explanation(
        "Repairs",
        "What had to be mended when the bars were read from the venue.",
        "Counted by kind as the readers report it, over all fetches of the stored bars.",
        "A simulated market has none. Many repairs of one kind are a reason to look at the raw files.",
    ),
    "revision": Explanation(
        "Revised inputs",
        "Figures that are not what they were when an earlier report was written.",
        "Each column of each week has a short digest in the facts; a digest that differs from the earlier "
        "facts is a revision, and so is a gap that was filled in since.",
        "A metric that moved because its past was rewritten has told nothing new about the market.",
    ),
}
"""By the names that facts carry as their ``definition``."""


def explain(name: str) -> Explanation:
    """What is this number, how is it computed, and how is it read?

    Parameters
    ----------
    name : str
        Like ``"oi_to_cap"``: the ``definition`` of a fact of the report.

    Returns
    -------
    Explanation
        Print it. ``title``, ``what``, ``how`` and ``read`` are its parts.

    Raises
    ------
    InputError
        If there is no such name.

    Examples
    --------
    >>> explain("oi_to_cap").how.split(".")[0]
    'Open interest in coins over circulating supply'
    """
    if not isinstance(name, str) or name not in EXPLANATIONS:
        raise InputError(f"there is no explanation of {name!r}; there are {', '.join(sorted(EXPLANATIONS))}")
    return EXPLANATIONS[name]
