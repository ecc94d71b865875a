"""The questions of lesson 01, open interest basics: warm-up (w), predictions (a, b) and quiz (q).

The wrong options are what people really believe; what is said about each answers that belief.
"""

from __future__ import annotations

from oikit.learn.questions import Question

QUESTIONS = {
    each.id: each
    for each in (
        Question(
            "01.w1",
            "“Every buyer of a contract has a seller.” What kind of statement is this?",
            {"a": "a forecast", "b": "true by definition", "c": "advice", "d": "a claim that needs data"},
            "c76b75ce4d6322d7",
            {
                "a": "it says nothing about what comes next.",
                "b": "a trade has two sides by definition, so no data could prove it wrong.",
                "c": "it tells nobody what to do.",
                "d": "try to imagine data against it: a trade with only one side isn't a trade.",
            },
        ),
        Question(
            "01.w2",
            "“High open interest comes before trouble.” What is missing before you can test it?",
            {
                "a": "a chart of a famous day",
                "b": "a more confident tone",
                "c": "what counts as high, what as trouble, and how long before",
                "d": "nothing",
            },
            "7c8735dd87b7e0a3",
            {
                "a": "one day that fits is no test, because you can always find one afterwards.",
                "b": "sounding sure doesn't make it testable.",
                "c": "without an event, an outcome and a time limit, nothing could count against it.",
                "d": "then what would you have to see to know that it is wrong?",
            },
        ),
        Question(
            "01.a",
            "A opens a long and B opens a short, one contract. Then A sells it to C, who opens a long. "
            "What does the second trade do to open interest?",
            {"a": "it rises", "b": "it stays", "c": "it falls"},
            "e59d81a54f4c8c2d",
            {
                "a": "C is new, but A leaves. The contract has a new owner, and there is still only one.",
                "b": "C takes A's place: one contract before, one after, with another owner.",
                "c": "A leaves, but C takes A's place, so the contract still exists.",
            },
        ),
        Question(
            "01.b",
            "The price rises by 10% while 3% of the contracts are closed. "
            "What happens to open interest in dollars?",
            {"a": "it rises", "b": "it stays", "c": "it falls"},
            "da37ee6055b5cac7",
            {
                "a": "dollars are contracts times price: the price adds more than the closing takes away.",
                "b": "+10% and −3% don't cancel.",
                "c": "contracts fall, but dollars are contracts times price, and the price rises by more.",
            },
        ),
        Question(
            "01.q1",
            "Since yesterday the price and open interest in contracts both rose. What is certain?",
            {
                "a": "there are more longs than shorts now",
                "b": "contracts were created, on balance",
                "c": "new money is optimistic",
                "d": "the rise will go on",
            },
            "315061e61043c585",
            {
                "a": "that can't happen: each new contract brings one long and one short.",
                "b": "more contracts are open. The number doesn't say who holds them, or why.",
                "c": "each new long has a new short, so the number shows as much pessimism as optimism.",
                "d": "that is a forecast, and the chart of the four names shows how little they tell.",
            },
        ),
        Question(
            "01.q2",
            "500 contracts were traded today. What can have happened to open interest?",
            {
                "a": "it rose by 500, because every trade adds to it",
                "b": "nothing, because volume and open interest are unrelated",
                "c": "anything from 500 down to 500 up",
                "d": "it rose by 1,000, because both sides count",
            },
            "cebdb0534de0ee24",
            {
                "a": "that is volume. When both sides leave, a trade takes contracts away.",
                "b": "they are related: no trade can move open interest by more than its size.",
                "c": "if both sides open in every trade it rises by 500, and if both close it falls by 500.",
                "d": "open interest counts each contract once, although two people hold it.",
            },
        ),
        Question(
            "01.q3",
            "Dollar open interest fell by 3% and the price by 5%. What happened to the contracts?",
            {"a": "they grew", "b": "they shrank", "c": "they didn't change", "d": "you can't tell"},
            "3f3b2b0c09ef4bfd",
            {
                "a": "dollars fell by less than the price did, so there must be more contracts.",
                "b": "dollars shrank. Divide by the price to see the contracts.",
                "c": "then dollars would have fallen exactly as much as the price.",
                "d": "you can: dollars are contracts times price, so two of the three give the third.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""

SENTENCES = {
    "01": (
        "Every contract has one long and one short, so open interest grows by both sides alike. It shows "
        "how much is disputed, and not which side is more confident."
    ),
}
"""A sentence to compare with one's own, once that is written."""
