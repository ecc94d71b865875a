"""The questions of lesson 09, putting it together: warm-up (w), predictions (a to c) and quiz (q).

The wrong options are what people really believe; what is said about each answers that belief.
"""

from __future__ import annotations

from oikit.learn.questions import Question

QUESTIONS = {
    each.id: each
    for each in (
        Question(
            "09.w1",
            "An effect of +0.4% has a 95% interval from −0.3% to +1.1%, and the plan asked "
            "for an interval that leaves out 0. Which verdict follows?",
            {
                "a": "supported, since the effect is above 0",
                "b": "contradicted, since the interval holds 0",
                "c": "undecided",
                "d": "arithmetic",
            },
            "e5e80ccf4c286eff",
            {
                "a": "half of all effects that do not exist are above 0.",
                "b": "the interval also holds +1.1%. Not shown is not refuted.",
                "c": "both 0 and an effect that matters are inside. More cases may tell them apart.",
                "d": "that word is for what follows without any data.",
            },
        ),
        Question(
            "09.w2",
            "Somebody shows the best of twenty rules and its small p. What do you need before you"
            " believe it?",
            {
                "a": "how many rules were tried",
                "b": "a longer chart",
                "c": "nothing: a small p is a small p",
                "d": "a rule with more signals",
            },
            "a0538242a3a45d8a",
            {
                "a": "the best of twenty empty rules has a small p two times in three.",
                "b": "a longer chart of the same pick is still the pick.",
                "c": "it is one of twenty. One of twenty is small by chance, on average.",
                "d": "more signals are more ways to try.",
            },
        ),
        Question(
            "09.a",
            "The framework asks for four things at once. It is run on three years of hours. How "
            "many positions does it open?",
            {
                "a": "some hundreds",
                "b": "about fifty",
                "c": "fewer than fifteen",
            },
            "e2078f313d80117b",
            {
                "a": "one of the four alone would do that. Together they seldom hold.",
                "b": "two of the four together come near that. Each further one takes cases away.",
                "c": "each condition that is added takes cases away, and with them evidence.",
            },
        ),
        Question(
            "09.b",
            "Three simulated markets; in one of them a link is built in. The same rule is run on "
            "each, and all costs are charged. Which account ends highest?",
            {
                "a": "the one of the market with the link",
                "b": "that says next to nothing: so few trades are mostly luck",
                "c": "one without a link, as a rule never works",
            },
            "4fb442f821200f49",
            {
                "a": "a link in the market is not yet a gain of the rule. A few trades can miss it.",
                "b": "one move in one trade weighs more than what is built in.",
                "c": "an account can grow by chance, too. That is why growth decides nothing.",
            },
        ),
        Question(
            "09.c",
            "A rule brings three thousandths of the position a trade before fees, while the price"
            " moves by 3%. Three hundred trades are made, once with positions of half the account, "
            "once with ten times as much. What becomes of the middle account at the "
            "larger size?",
            {
                "a": "it gains ten times as much",
                "b": "it gains more, but less than ten times",
                "c": "it loses",
            },
            "f28f3d98ba936224",
            {
                "a": "that is adding up. An account multiplies, and losses weigh more than gains.",
                "b": "true for a size a little larger. Ten times is beyond the best one.",
                "c": "the same edge, too large a size: the swings eat the growth, and some accounts end.",
            },
        ),
        Question(
            "09.q1",
            "An account grew by 9% on seven trades. Without its best trade it shrank. What does that show?",
            {
                "a": "that the rule finds the large moves",
                "b": "next to nothing about the rule",
                "c": "that the rule loses",
                "d": "that the best trade was a mistake",
            },
            "61f12aa0774722fd",
            {
                "a": "it found one. One case is no rate.",
                "b": "one trade decides the sign, so the sign says nothing.",
                "c": "without its best trade any account looks worse. That is no test either.",
                "d": "it was a trade like the others. It happened to meet a large move.",
            },
        ),
        Question(
            "09.q2",
            "A rule has three signals. You add a fourth that must hold, too. What happens to the evidence?",
            {
                "a": "it grows, as four agree",
                "b": "it stays: the market is the same",
                "c": "it shrinks, as fewer cases are left",
                "d": "it becomes independent",
            },
            "d02de7d297f077a7",
            {
                "a": "agreement counts where many cases agree. Here cases are taken away.",
                "b": "the market stays, and the cases in it that speak become fewer.",
                "c": "fewer cases, wider intervals, and one more number that somebody chose.",
                "d": "the signals are made of the same few columns.",
            },
        ),
        Question(
            "09.q3",
            "Twenty groups test the same claim, each on a market of its own in which nothing is "
            "built in. Each uses a 95% interval. How many announce an effect?",
            {
                "a": "none",
                "b": "about one",
                "c": "about ten",
                "d": "all that work carefully",
            },
            "8553938152ab4fd3",
            {
                "a": "five in a hundred leave out 0 by chance, even if all is done well.",
                "b": "one in twenty, by design. If only that group publishes, its readers are misled.",
                "c": "that is how many accounts may grow. An interval is stricter than a sign.",
                "d": "care removes mistakes, not chance.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""

SENTENCES = {
    "09": (
        "Following a rule exactly gives you what the rule is worth, and that can be nothing once fees and "
        "funding are paid."
    ),
}
"""A sentence to compare with one's own, once that is written."""
