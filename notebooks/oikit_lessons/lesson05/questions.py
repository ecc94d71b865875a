"""The questions of lesson 05, squeeze asymmetry: warm-up (w), predictions (a, b) and quiz (q).

The wrong options are what people really believe; what is said about each answers that belief.
"""

from __future__ import annotations

from oikit.learn.questions import Question

QUESTIONS = {
    each.id: each
    for each in (
        Question(
            "05.w1",
            "One hundred contracts are open. How many are held long?",
            {"a": "that depends on the mood", "b": "one hundred", "c": "fifty", "d": "nobody can know"},
            "8c1ee62e65052d33",
            {
                "a": "mood decides who holds them, not how many there are.",
                "b": "each contract has a long, and each has a short: one hundred of both.",
                "c": "a contract is not one or the other: it has both sides.",
                "d": "it follows from what a contract is.",
            },
        ),
        Question(
            "05.w2",
            "Funding is at its highest of the year. Which side would pay a lot to stay?",
            {"a": "the shorts", "b": "both", "c": "neither", "d": "the longs"},
            "e5f8459e1d70f507",
            {
                "a": "shorts pay when funding is below zero. Now they receive.",
                "b": "one side pays what the other receives.",
                "c": "funding moves at each settlement, and high funding moves much.",
                "d": "above zero longs pay shorts: high funding speaks of longs in a hurry.",
            },
        ),
        Question(
            "05.a",
            "70% of all accounts are long. How large is the average short, next to the average long?",
            {"a": "the same", "b": "less than half", "c": "more than twice as large"},
            "4fea2d67d4a13212",
            {
                "a": "the sides are equally large, but there are fewer shorts to share theirs.",
                "b": "it is the other way round: the few hold more each.",
                "c": "the same contracts, shared by fewer accounts: 70 over 30.",
            },
        ),
        Question(
            "05.b",
            "Both sides are equally large. Longs are at 20x, shorts at 3x. What does a move of 5% do?",
            {
                "a": "a fall closes longs, and a rise closes nobody",
                "b": "it closes as many in either direction",
                "c": "a rise closes shorts, and a fall closes nobody",
            },
            "9a04a6f5f6a4eb05",
            {
                "a": "equal in size, unequal in how far they can fall: only the longs are near.",
                "b": "the sides are equally large, and not equally fragile.",
                "c": "at 3x a short is closed by a rise of about a third. A twentieth does nothing to it.",
            },
        ),
        Question(
            "05.q1",
            "The ratio of long to short accounts is 2.3. What do you know?",
            {
                "a": "longs hold 2.3 times as many contracts",
                "b": "there are more long heads, and the average short is larger",
                "c": "70% of the money expects a rise",
                "d": "shorts are in danger",
            },
            "27cadb99041b4652",
            {
                "a": "impossible: both sides hold all of the contracts.",
                "b": "heads are counted, not contracts. That is all the ratio says.",
                "c": "an account is no amount of money, and each contract has somebody on the other side.",
                "d": "who is fragile depends on leverage and entry prices, which no ratio shows.",
            },
        ),
        Question(
            "05.q2",
            "“Exchanges close the shorts first when the price rises.” What is that?",
            {
                "a": "a rule that prefers longs",
                "b": "a forecast",
                "c": "true by arithmetic, and no news",
                "d": "wrong: they close the longs first",
            },
            "98da25ae8be6131b",
            {
                "a": "each position is judged by its own margin. No side has a turn.",
                "b": "it says what happens in a rise, not when one comes.",
                "c": "in a rise only shorts lose, so only they run out of margin. In a fall it is the longs.",
                "d": "in a rise longs gain. Whoever gains does not run out of margin.",
            },
        ),
        Question(
            "05.q3",
            "Two times funding stood at its yearly high, and twice a squeeze followed. How often must it "
            "follow at least, if two of two is to be more than a run of luck with one chance in twenty?",
            {
                "a": "always",
                "b": "about one time in two",
                "c": "nineteen times in twenty",
                "d": "about one in five",
            },
            "c589434d4e3aab7b",
            {
                "a": "two cases cannot show what always happens.",
                "b": "then two of two would come one time in four: too often to call it luck.",
                "c": "then two of two would be usual. Ask how low the share may be.",
                "d": "the root of a twentieth is a little more than a fifth. Two cases say nearly nothing.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""

SENTENCES = {
    "05": (
        "If funding is that high and the price has not risen by 10% at any time in the next 14 days, then "
        "no squeeze came and “must” was wrong."
    ),
}
"""A sentence to compare with one's own, once that is written."""
