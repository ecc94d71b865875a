"""The questions of lesson 02, open interest over market cap: warm-up (w), predictions (a, c) and quiz (q).

The wrong options are what people really believe; what is said about each answers that belief.
"""

from __future__ import annotations

from oikit.learn.questions import Question

QUESTIONS = {
    each.id: each
    for each in (
        Question(
            "02.w1",
            "Dollar open interest rose by 10%, and so did the price. What happened to the contracts?",
            {
                "a": "they grew by 10%",
                "b": "they didn't change",
                "c": "they shrank",
                "d": "you can't tell",
            },
            "4624c340ed5e1e8a",
            {
                "a": "that is the price. Divide dollars by price to see the contracts.",
                "b": "dollars are contracts times price, and the price explains all of it.",
                "c": "then dollars would have risen by less than the price.",
                "d": "you can: dollars are contracts times price, so two of the three give the third.",
            },
        ),
        Question(
            "02.w2",
            "Open interest is at its highest level ever. Which side holds more of it?",
            {
                "a": "the longs",
                "b": "the shorts",
                "c": "neither: it is the same on both sides",
                "d": "whoever pays the funding",
            },
            "67672e265229300c",
            {
                "a": "every long has a short, at the highest level as at any other.",
                "b": "every short has a long, at the highest level as at any other.",
                "c": "every contract has one long and one short, so the size can't lean to a side.",
                "d": "funding says who pays, not who holds more contracts.",
            },
        ),
        Question(
            "02.a",
            "The price doubles, nobody opens or closes a contract, and no coin is made or burnt. "
            "What happens to open interest over market cap?",
            {
                "a": "it doubles",
                "b": "it stays",
                "c": "it halves",
            },
            "b9c39d9ffdc20c37",
            {
                "a": "open interest in dollars doubles, but market cap doubles with it.",
                "b": ("the price cancels, and coins in contracts over coins that exist are left."),
                "c": "market cap doubles, but so does open interest in dollars.",
            },
        ),
        Question(
            "02.c",
            "A figure swings around its usual level and has nothing to do with any price. After a "
            "reading in its highest 5%, how often is it lower 30 days later?",
            {
                "a": "about 50 times in 100",
                "b": "about 67 times in 100",
                "c": "about 90 times in 100",
            },
            "19fe0123c69af0ad",
            {
                "a": "that is true of any day. From a high day, the usual level lies below.",
                "b": "more often: from such a high reading it can hardly go anywhere but down.",
                "c": "it drifts back to its usual level. That takes no crowd and no price.",
            },
        ),
        Question(
            "02.q1",
            "A rule needs a ratio above 15%, which never happened in three years. What do you know"
            " about the rule?",
            {
                "a": "it is reliable, because it never gave a false alarm",
                "b": "it is wrong",
                "c": "nothing, because it has no record",
                "d": "a reversal is overdue",
            },
            "d648b77697155c81",
            {
                "a": "it gave no right alarm either. A rule that never fires has no record.",
                "b": "there is no case against it, and none for it.",
                "c": "no cases means no record, good or bad. It was never tested.",
                "d": "a count of zero doesn't tell you what comes next.",
            },
        ),
        Question(
            "02.q2",
            "After high readings a reversal followed in 7 of 9 episodes. Within the same time a reversal "
            "follows on 61% of all days. What can you say?",
            {
                "a": "the rule works, because 78% is a lot",
                "b": "there are too few cases, because the interval holds the usual rate",
                "c": "the rule fails, because 2 of 9 went wrong",
                "d": "61% of all reversals come after high readings",
            },
            "dde3e81fee2ffea9",
            {
                "a": "a lot compared with what? Where 61% is usual, 78% of nine cases can be luck.",
                "b": "7 of 9 fits any rate between 45% and 94%, and 61% is inside.",
                "c": (
                    "a tendency may fail at times. Compare it with the usual rate, and look at the interval."
                ),
                "d": "that turns the question around: 61% is the share of days that a reversal follows.",
            },
        ),
        Question(
            "02.q3",
            "Someone is right 55% of the time where luck is right 50%. How many separate cases"
            " does it take to see that with a chance of 80%?",
            {
                "a": "about 20",
                "b": "about 80",
                "c": "about 780",
                "d": "about 8,000",
            },
            "5d5e535d5b0b4343",
            {
                "a": "with 20 cases, luck alone is right 11 times or more in 41 of 100 tries.",
                "b": "with 80, the interval is still about 20 points wide.",
                "c": "a small edge needs hundreds of separate cases. Most rules about extremes have a dozen.",
                "d": "that many would even show an edge of less than 2 points.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""

SENTENCES = {
    "02": (
        "Prices also turn after many ordinary days, so only the difference between the rate after high "
        "readings and the usual rate can tell you something."
    ),
    "02.rule": (
        "When open interest over market cap rises above 0.55% for the first time in 14 days, the price is "
        "lower 7 days later more often than it is after an ordinary day."
    ),
}
"""A sentence to compare with one's own, once that is written."""
