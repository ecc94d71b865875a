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
            "“Whoever buys a contract buys it from somebody who sells it.” What kind of statement is this?",
            {"a": "a forecast", "b": "true by definition", "c": "advice", "d": "a claim that needs data"},
            "c76b75ce4d6322d7",
            {
                "a": "it says nothing about what comes next.",
                "b": "a trade has two sides by definition, so no data can prove it wrong.",
                "c": "it tells nobody what to do.",
                "d": "try to imagine data against it: a trade with one side is no trade.",
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
                "a": "one day that fits is not a test; any day can be chosen afterwards.",
                "b": "a tone is no probability.",
                "c": "without an event, an outcome and a horizon, no observation can speak against it.",
                "d": "then which observation would show that it is wrong?",
            },
        ),
        Question(
            "01.a",
            "A opens a long and B opens a short, one contract. Then A sells it to C, who opens a long. "
            "What does the second trade do to open interest?",
            {"a": "it rises", "b": "it stays", "c": "it falls"},
            "e59d81a54f4c8c2d",
            {
                "a": "C is new, but A leaves: the contract has a new owner, and there is still one.",
                "b": "C takes the place of A. One contract before, one after: only its owner changed.",
                "c": "A leaves, but C takes the place: the contract still exists.",
            },
        ),
        Question(
            "01.b",
            "The price rises by a tenth while three of every hundred contracts are closed. "
            "What happens to open interest in dollars?",
            {"a": "it rises", "b": "it stays", "c": "it falls"},
            "da37ee6055b5cac7",
            {
                "a": "dollars are contracts times price: the price adds more than the closing takes away.",
                "b": "the two changes differ in size, so they cannot cancel.",
                "c": "contracts fall, but dollars are contracts times price.",
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
                "a": "impossible: each new contract brought one long and one short.",
                "b": "more contracts are open than before; who holds them and why, the number does not say.",
                "c": "each new long has a new short: the same number shows as much pessimism as optimism.",
                "d": "that is a forecast. The evidence card shows how little such a label says about it.",
            },
        ),
        Question(
            "01.q2",
            "Five hundred contracts were traded today. What can open interest have done?",
            {
                "a": "risen by five hundred, as every trade adds to it",
                "b": "nothing: volume and open interest have nothing to do with each other",
                "c": "anything from five hundred down to five hundred up",
                "d": "risen by a thousand, as both sides count",
            },
            "cebdb0534de0ee24",
            {
                "a": "that is volume. A trade in which both sides leave takes contracts away.",
                "b": "they do: no trade moves open interest by more than its size.",
                "c": "if both sides of each trade open, it rises by all; if all close, it falls by all.",
                "d": "open interest counts one side: a contract is one, although two people hold it.",
            },
        ),
        Question(
            "01.q3",
            "Dollar open interest fell by three per cent, the price by five. What did contracts do?",
            {"a": "they grew", "b": "they shrank", "c": "they stood still", "d": "that cannot be known"},
            "3f3b2b0c09ef4bfd",
            {
                "a": "dollars fell by less than the price, so there must be more contracts.",
                "b": "dollars shrank. Divide by the price to see the contracts.",
                "c": "then dollars would have fallen exactly as much as the price.",
                "d": "dollars are contracts times price: two of the three give the third.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""
