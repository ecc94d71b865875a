"""The questions of lesson 06, risk and sizing: warm-up (w), predictions (a to c) and quiz (q).

The wrong options are what people really believe; what is said about each answers that belief.
"""

from __future__ import annotations

from oikit.learn.questions import Question

QUESTIONS = {
    each.id: each
    for each in (
        Question(
            "06.w1",
            "A position of 1,000 USDT is opened at 20x. How much margin was put up for it?",
            {"a": "1,000 USDT", "b": "50 USDT", "c": "20,000 USDT", "d": "that depends on the coin"},
            "2c27c280ad2b516b",
            {
                "a": "that is the position. Its margin is a fraction of it.",
                "b": "the position over the leverage: a twentieth of it.",
                "c": "leverage makes the position larger than the margin, not the margin larger.",
                "d": "the coin does not matter: margin is the position over the leverage.",
            },
        ),
        Question(
            "06.w2",
            "Funding is above zero. Who pays whom, and on what?",
            {
                "a": "shorts pay longs, on the whole position",
                "b": "longs pay shorts, on their margin",
                "c": "longs pay shorts, on the whole position",
                "d": "both pay the exchange",
            },
            "533de0447cfb0a3d",
            {
                "a": "that is funding below zero.",
                "b": "on the whole position: at 20x that is twenty times as much of the margin.",
                "c": "so high leverage turns a small rate into a large part of the margin.",
                "d": "funding goes from one side to the other; the exchange passes it on.",
            },
        ),
        Question(
            "06.a",
            "A long at 20x has to keep a maintenance margin of 0.5% of the position. "
            "Which fall of the price closes it by force?",
            {"a": "one of more than 5%", "b": "one of exactly 5%", "c": "one of less than 5%"},
            "0d88bbc362f6aed4",
            {
                "a": "at a fall of 5% nothing of the margin is left.",
                "b": "at a fall of 5% the margin is gone. The exchange does not wait so long.",
                "c": "the exchange acts while a little margin is left, so it acts before 5%.",
            },
        ),
        Question(
            "06.b",
            "That long is left alone for three days. On a usual day the price moves by 3%, up or down by "
            "chance. How likely is it closed?",
            {"a": "about one in twenty", "b": "about one in five", "c": "more than one in three"},
            "2d67fbe1dac77deb",
            {
                "a": "a fall of 4.5% in three days is nothing special for such a price.",
                "b": "that is how often the price is so low at the end. On the way it is there more often.",
                "c": "every moment counts, and paths that come back later count, too.",
            },
        ),
        Question(
            "06.c",
            "The same rule at 10x instead of 1x, without costs. What becomes of its return divided by its "
            "risk, the Sharpe ratio?",
            {"a": "it grows", "b": "it stays", "c": "it shrinks"},
            "3b1759a95cc3756e",
            {
                "a": "return and risk are both ten times as large.",
                "b": "it multiplies both. What changes is how fast the account grows, and whether it lives.",
                "c": "without costs both are ten times as large, so their ratio stays.",
            },
        ),
        Question(
            "06.q1",
            "A kind of position is liquidated in one of ten tries, each time independently. How likely do "
            "you escape twenty times in a row?",
            {"a": "nine in ten", "b": "about one in eight", "c": "one in two", "d": "never"},
            "4c9b077bdc06ad90",
            {
                "a": "that is one try. Each further try takes another tenth of those who are left.",
                "b": "0.9 times itself, twenty times. A small risk that is taken often is no small risk.",
                "c": "ten tries leave about a third, and twenty a third of that.",
                "d": "unlikely is not impossible: 0.9 to the power of 20 is above zero.",
            },
        ),
        Question(
            "06.q2",
            "A position of 5,000 USDT at 2x has a stop 4% away. Overnight the price opens 9% lower. What is "
            "lost?",
            {
                "a": "200 USDT, since the stop is at 4%",
                "b": "nothing, since the stop was never reached",
                "c": "all of the margin",
                "d": "about 450 USDT",
            },
            "0c8ccaa4c184682c",
            {
                "a": "a stop sells at the next price there is, and that is 9% lower.",
                "b": "it was jumped over: the order is filled at the first price below it.",
                "c": "at 2x the margin is half of the position, and 9% does not take it.",
                "d": "a stop is an order, not a price. The gap decides where it is filled.",
            },
        ),
        Question(
            "06.q3",
            "Somebody says: “one in ten leveraged positions is wiped out.” What is missing before this can "
            "be checked?",
            {
                "a": "which leverage, within how long, and out of which positions",
                "b": "nothing, a tenth is precise",
                "c": "the name of the exchange only",
                "d": "whether the price rose",
            },
            "cb1a6df49cd08fdc",
            {
                "a": "you have seen shares from almost none to almost all, by leverage, time and volatility.",
                "b": "a precise number about something vague is not precise.",
                "c": "the same exchange has positions at every leverage and for every length of time.",
                "d": "a rise closes shorts and a fall longs; leverage and time are still missing.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""

SENTENCES = {
    "06": (
        "The exchange looks at every price on the way, so the position may have been closed at the lowest "
        "one, long before the price came back."
    ),
}
"""A sentence to compare with one's own, once that is written."""
