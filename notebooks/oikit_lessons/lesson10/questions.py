"""The questions of lesson 10, your own market: warm-up (w), predictions (a, b) and quiz (q).

The wrong options are what people really believe; what is said about each answers that belief.
"""

from __future__ import annotations

from oikit.learn.questions import Question

QUESTIONS = {
    each.id: each
    for each in (
        Question(
            "10.w1",
            "Open interest in dollars fell by 4% in a week, and the price by 6%. What did contracts do?",
            {"a": "they grew", "b": "they shrank", "c": "nobody can know"},
            "03a3842ff209c94f",
            {
                "a": "dollars fell by less than the price, so more contracts are open than a week ago.",
                "b": "then dollars would have fallen by more than the price.",
                "c": "dollars are contracts times price: two of the three give the third.",
            },
        ),
        Question(
            "10.w2",
            "A rule spoke three times in your data and was right three times. What may you say?",
            {
                "a": "it is right every time",
                "b": "it is right most of the time",
                "c": "that three cases say next to nothing",
            },
            "87d7c06e6d05a0b8",
            {
                "a": "a coin shows heads three times in a row in one of eight attempts.",
                "b": "with three cases the interval reaches below one half.",
                "c": "fewer than ten separate cases are called silent in this course, for that reason.",
            },
        ),
        Question(
            "10.a",
            "You replay a week bar by bar, and at each bar compute a score from the bars before it. Then you "
            "compute all scores at once, with the same function. How many of them come out differently?",
            {"a": "none", "b": "the first few", "c": "most of them"},
            "f3a05d2c14bf9b32",
            {
                "a": "a function that never reads a later bar cannot tell whether there is one.",
                "b": "the bars before the week are there in both cases.",
                "c": "they would, if the function took a mean or a spread of the whole week.",
            },
        ),
        Question(
            "10.b",
            "The exchange was down for nine hours, and a table fills them with the last known price. "
            "What does the filled table claim?",
            {
                "a": "nothing about those hours",
                "b": "that the price stood still",
                "c": "that nobody could trade",
            },
            "f9316779f323e690",
            {
                "a": "a number is there, and whoever reads it cannot see that it was made up.",
                "b": "nine quiet hours that nobody measured. A rule for quiet hours will now find them.",
                "c": "that is what a gap would say. The filled table hides it.",
            },
        ),
        Question(
            "10.q1",
            "How do you find out whether a calculation looks ahead?",
            {
                "a": "read its results and see whether they are too good",
                "b": "cut off the later bars and see whether earlier results change",
                "c": "run it on a longer sample",
                "d": "ask whoever wrote it",
            },
            "ff5fdeb4d1dd6d1f",
            {
                "a": "a small leak gives results that look merely pleasant.",
                "b": "what was known at the time cannot change when the future is taken away.",
                "c": "it looks ahead there, too.",
                "d": "most people who look ahead do not know that they do.",
            },
        ),
        Question(
            "10.q2",
            "A report says: open interest in dollars rose by 5 million; price part +8, position part −3. "
            "What did people do, on balance?",
            {
                "a": "they opened contracts, since the total rose",
                "b": "they closed contracts",
                "c": "they bought",
                "d": "nothing",
            },
            "803fc266f8676da1",
            {
                "a": "the total rose because the price did.",
                "b": "the position part is what contracts did, at the old price.",
                "c": "each contract that is closed has a buyer and a seller.",
                "d": "the position part would be 0.",
            },
        ),
        Question(
            "10.q3",
            "The next article shows a chart with one arrow at a jump, and one at the fall after it. "
            "What do you ask first?",
            {
                "a": "which tool drew the chart",
                "b": "when the next jump comes",
                "c": "how often such a jump came, and what followed all of them",
                "d": "whether the author is successful",
            },
            "7c6d64e4d7f0df41",
            {
                "a": "a better drawing of one case is still one case.",
                "b": "first ask whether it matters.",
                "c": "one case can be found for anything. All of them, beside the usual, can be weighed.",
                "d": "luck is successful too, and it is quiet about its failures.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""

SENTENCES = {
    "10": (
        "On a finished chart you can see what came next, so you would pick the rule that fits it, and a "
        "test on the same week could hardly fail."
    ),
}
"""A sentence to compare with one's own, once that is written."""
