"""The questions of lesson 02, open interest over market cap: warm-up (w), predictions (a to c) and quiz (q).

The wrong options are what people really believe; what is said about each answers that belief.
"""

from __future__ import annotations

from oikit.learn.questions import Question

QUESTIONS = {
    each.id: each
    for each in (
        Question(
            "02.w1",
            "Dollar open interest rose by a tenth, and so did the price. What did contracts do?",
            {
                "a": "they grew by a tenth",
                "b": "they stood still",
                "c": "they shrank",
                "d": "that cannot be known",
            },
            "4624c340ed5e1e8a",
            {
                "a": "that is the price. Divide the dollars by it to see the contracts.",
                "b": "dollars are contracts times price, and the price did it all.",
                "c": "then dollars would have risen by less than the price.",
                "d": "dollars are contracts times price: two of the three give the third.",
            },
        ),
        Question(
            "02.w2",
            "Open interest stands at its highest level ever. Which side holds more of it?",
            {
                "a": "the longs",
                "b": "the shorts",
                "c": "neither: it is the same on both sides",
                "d": "whoever pays the funding",
            },
            "67672e265229300c",
            {
                "a": "each long has a short: at the highest level as at the lowest.",
                "b": "each short has a long: at the highest level as at the lowest.",
                "c": "every contract has one long and one short, so its size points to no side.",
                "d": "funding says who pays for holding, not who holds more contracts.",
            },
        ),
        Question(
            "02.a",
            "The price doubles. Nobody opens or closes a contract, and no coin is made or burnt. "
            "What does open interest over market cap do?",
            {
                "a": "it doubles",
                "b": "it stays",
                "c": "it halves",
            },
            "b9c39d9ffdc20c37",
            {
                "a": "dollars of open interest double, but market cap doubles with them.",
                "b": (
                    "the price stands above and below and cancels: coins in contracts over coins that exist."
                ),
                "c": "market cap doubles, but so do the dollars that are open.",
            },
        ),
        Question(
            "02.b",
            "How many separate episodes above 15% will these three years hold?",
            {
                "a": "none",
                "b": "one to nine",
                "c": "ten or more",
            },
            "a52eff1a14fc363f",
            {
                "a": "the line lies far above everything that happened, so the rule never spoke.",
                "b": "that would need many times the contracts that were ever open here.",
                "c": "even one episode would need many times the contracts that were ever open here.",
            },
        ),
        Question(
            "02.c",
            "A figure swings around its usual level and knows nothing of any price. After a "
            "reading among its highest twentieth, how often is it lower thirty days later?",
            {
                "a": "about half of the time",
                "b": "about two times in three",
                "c": "about nine times in ten",
            },
            "19fe0123c69af0ad",
            {
                "a": "that is so on any day. After a high one, the way back to the usual level is down.",
                "b": "more often: so high a reading has almost nowhere to go but down.",
                "c": "it goes back to its usual level. No crowd is needed for that, and no price.",
            },
        ),
        Question(
            "02.q1",
            "A rule needs the ratio above 15%. In three years that never happened. What is known"
            " about the rule?",
            {
                "a": "it is reliable, as it never gave a false alarm",
                "b": "it is wrong",
                "c": "nothing: it has no record",
                "d": "a turn is overdue",
            },
            "d648b77697155c81",
            {
                "a": "it gave no right alarm either. Silence is no record.",
                "b": "no case speaks against it, and none for it.",
                "c": "no cases, no record: neither good nor bad. It was never put to the test.",
                "d": "nothing in a count of zero says what comes next.",
            },
        ),
        Question(
            "02.q2",
            "After high readings a turn followed in 7 of 9 episodes. Within the same time a turn "
            "follows on 61% of all days. What may you say?",
            {
                "a": "the rule works: 78% is much",
                "b": "too few cases: the interval holds the usual rate",
                "c": "the rule fails: 2 of 9 went wrong",
                "d": "61% of all turns come after high readings",
            },
            "dde3e81fee2ffea9",
            {
                "a": "much compared with what? 78% of nine cases can be luck where 61% is usual.",
                "b": "seven of nine may come from anything between 45% and 94%, and 61% lies inside.",
                "c": (
                    "a tendency may fail at times. Compare it with the usual rate, and look at the interval."
                ),
                "d": "that turns the question round: it is the share of all days with a turn after them.",
            },
        ),
        Question(
            "02.q3",
            "Somebody is right 55% of the time where luck is right 50%. How many separate cases"
            " does it take to see that, four times in five?",
            {
                "a": "about 20",
                "b": "about 80",
                "c": "about 780",
                "d": "about 8,000",
            },
            "5d5e535d5b0b4343",
            {
                "a": "with twenty cases, luck alone is right eleven times or more in two of five tries.",
                "b": "with eighty, the interval is still some twenty points wide.",
                "c": "small edges need hundreds of separate cases. Most rules about extremes have a dozen.",
                "d": "that would even show an edge of under two points.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""
