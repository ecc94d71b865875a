"""The questions of lesson 08, mistakes and overfitting: warm-up (w), predictions (a to c), quiz (q).

The wrong options are what people really believe; what is said about each answers that belief.
"""

from __future__ import annotations

from oikit.learn.questions import Question

QUESTIONS = {
    each.id: each
    for each in (
        Question(
            "08.w1",
            "A score divides by the standard deviation of the whole history. What is wrong with it?",
            {
                "a": "nothing, a standard deviation is a fact",
                "b": "a median would be safer",
                "c": "it knows later days: its past changes when new days arrive",
                "d": "it should be squared",
            },
            "e87414d93d82525c",
            {
                "a": "it is a fact of the whole history, which nobody knew on the day.",
                "b": "a median of the whole history knows the future as well.",
                "c": "cut the end off and compare: an honest score of an old day does not move.",
                "d": "squaring it changes nothing about when it could be known.",
            },
        ),
        Question(
            "08.w2",
            "A price touches the line of a liquidation at noon and is back in the evening. You look once a "
            "day. What do you see?",
            {
                "a": "that the position is gone",
                "b": "nothing, and the position is gone",
                "c": "nothing, and the position is still there",
            },
            "c7c9bd13f8a098e2",
            {
                "a": "a daily close does not show what happened at noon.",
                "b": "the path counts, not the prices that a table happens to hold.",
                "c": "the exchange looked at noon, too.",
            },
        ),
        Question(
            "08.a",
            "One hundred rules that throw dice are followed for one year of days. Which yearly Sharpe ratio "
            "does the best of them show, about?",
            {"a": "0", "b": "1", "c": "2.5"},
            "691d2b08606525c9",
            {
                "a": "zero is what the mean rule shows. The best of many is another thing.",
                "b": "so much is nothing special for one in six of them.",
                "c": "and it is this one that somebody would write an article about.",
            },
        ),
        Question(
            "08.b",
            "Twenty tests of nothing, each at the usual line of one in twenty. How likely does at least one "
            "of them find something?",
            {"a": "one in twenty", "b": "about two in three", "c": "for certain"},
            "9ef121fa8460581f",
            {
                "a": "that is the chance of each. Twenty chances add up to more.",
                "b": "all twenty stay quiet with 0.95 to the power of 20, which is little more than a third.",
                "c": "one is expected on average, and more than a third of such families have none.",
            },
        ),
        Question(
            "08.c",
            "In a market where nothing leads the price you take the best of many rules. How good is it, on "
            "average, on days you did not search?",
            {"a": "as good as before", "b": "half as good", "c": "no better than any other rule"},
            "c7ae59ea6958097c",
            {
                "a": "it was picked for the luck of the old days, and these do not come again.",
                "b": "half would be a discount for a skill. Here there is none to discount.",
                "c": "one sealed part may still look good or bad, so its interval is part of the answer.",
            },
        ),
        Question(
            "08.q1",
            "You tried one rule with a window of 24 hours, then with 48, then went back to 24. How many "
            "rules did you try?",
            {
                "a": "one: it is the same idea",
                "b": "two",
                "c": "three",
                "d": "none: settings are no rules",
            },
            "6e6b303e39ffd02f",
            {
                "a": "each setting that you could have kept is a chance for luck to look good.",
                "b": "a setting that comes back is no new chance, and each new one is.",
                "c": "the third is the first again, so it adds no new chance.",
                "d": "the result depends on them, and you looked. That makes each of them a try.",
            },
        ),
        Question(
            "08.q2",
            "The sealed part disappoints. What may you do with it next?",
            {
                "a": "change the rule a little and open it again",
                "b": "report it, with the number of tries, and wait for new days",
                "c": "leave the sealed part out of the report",
                "d": "move the cut, so that the sealed part begins later",
            },
            "d2008176e74c1aaa",
            {
                "a": "then it is a part that was searched, like all the others.",
                "b": "a sealed part answers one question once; new days make a new one.",
                "c": "then the report shows what luck made of the old days.",
                "d": "you would choose the cut by its result, which is one more try.",
            },
        ),
        Question(
            "08.q3",
            "A rule was tested on the twenty coins that are largest today, over the last five years. What is "
            "missing?",
            {
                "a": "nothing, twenty is plenty",
                "b": "more years",
                "c": "the coins that were large then and are gone",
                "d": "smaller bars",
            },
            "8eeeddfea39232b6",
            {
                "a": "they are twenty winners: nobody could have picked them five years ago.",
                "b": "more years leave even more of the dead out.",
                "c": "a test on survivors tells what happens to those who survive.",
                "d": "the same coins in smaller bars are still the survivors.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""

SENTENCES = {
    "08": (
        "After the first look you know what works there, so anything you choose from then on has been "
        "chosen with its help and can no longer be tested on it."
    ),
}
"""A sentence to compare with one's own, once that is written."""
