"""The questions of lesson 04, funding and correlation: warm-up (w), predictions (a, b, c) and quiz (q).

The wrong options are what people really believe; what is said about each answers that belief.
"""

from __future__ import annotations

from oikit.learn.questions import Question

QUESTIONS = {
    each.id: each
    for each in (
        Question(
            "04.w1",
            "You searched twenty-seven rules and kept the best. In a world with nothing built in, the "
            "price fell by almost three per cent after it. What is that?",
            {
                "a": "a discovery",
                "b": "what the best of many looks like",
                "c": "a sign that the world has a link after all",
                "d": "an error of the data",
            },
            "191e13aa744ebae8",
            {
                "a": "each of the others could have been the best; one always is.",
                "b": "the best of many looks good in every world. Count what you tried.",
                "c": "nothing was built in. The search has built it.",
                "d": "the data are as they were drawn. The choice was yours.",
            },
        ),
        Question(
            "04.w2",
            "The price doubles while nobody opens or closes a contract. What does open interest do?",
            {
                "a": "it doubles, in dollars and in coins",
                "b": "nothing, in dollars or in coins",
                "c": "it doubles in dollars and stays in coins",
                "d": "it halves in coins",
            },
            "cfeca8bc20fcaba4",
            {
                "a": "nobody opened a contract, so no coin was added.",
                "b": "each coin is now worth twice as many dollars.",
                "c": "dollars are coins times price: they follow the price with nobody doing anything.",
                "d": "contracts are counted in coins here, and none was closed.",
            },
        ),
        Question(
            "04.a",
            "Funding is +0.03% for this interval. Who pays whom?",
            {
                "a": "shorts pay longs",
                "b": "longs pay shorts",
                "c": "longs and shorts pay the exchange",
            },
            "1075b953065530f1",
            {
                "a": "that is what a rate below zero means.",
                "b": "above zero longs pay shorts, on the whole position, at each settlement.",
                "c": "funding goes from one side to the other. Fees are what the exchange takes.",
            },
        ),
        Question(
            "04.b",
            "Two lines that know nothing of each other wander at random for 365 days. How large is "
            "their correlation, up or down, in the middle case?",
            {
                "a": "about 0.03",
                "b": "about 0.1",
                "c": "about 0.4",
            },
            "95de999e8cfc16cc",
            {
                "a": "so it is for their daily changes. Levels wander far, and two that wander look alike.",
                "b": "that would be so for a hundred days that know nothing of each other. These lean on the "
                "day before.",
                "c": "whatever wanders looks related. Nothing ties the two.",
            },
        ),
        Question(
            "04.c",
            "A signal sounds in 70% of the weeks with a slump, and in 20% of the weeks without one. "
            "One week in ten holds a slump. It sounds. How likely is a slump in this week?",
            {
                "a": "about 28%",
                "b": "about 50%",
                "c": "about 70%",
            },
            "1e3d219492443467",
            {
                "a": "of a hundred weeks seven have a right alarm and eighteen a false one.",
                "b": "quiet weeks are nine times as many, and so the false alarms outnumber the right ones.",
                "c": "that is how often a slump has an alarm, not how often an alarm has a slump.",
            },
        ),
        Question(
            "04.q1",
            "You are short, and funding is −0.02%. What happens at the settlement?",
            {
                "a": "you pay, a share of your position",
                "b": "you receive, a share of your position",
                "c": "you pay, a share of your margin",
                "d": "nothing, because only longs are charged",
            },
            "b7fdce225a65af0a",
            {
                "a": "below zero shorts pay longs, on the whole position.",
                "b": "shorts receive while the rate is above zero.",
                "c": "the rate is a share of the whole position, and the margin is a part of it.",
                "d": "one side pays what the other receives. Which one depends on the sign.",
            },
        ),
        Question(
            "04.q2",
            "Nine of ten slumps came after high funding. Somebody concludes that high funding is "
            "followed by a slump nine times in ten. What is missing?",
            {
                "a": "nothing, it is the same sentence",
                "b": "a longer chart",
                "c": "the leverage of the longs",
                "d": "how often high funding came and no slump did",
            },
            "9679d54913cf95be",
            {
                "a": "most large fires have firemen at them; most visits of firemen are to no large fire.",
                "b": "more of the same slumps turn nothing round.",
                "c": "it may matter to a slump. The sentence is wrong without it, too.",
                "d": "the share of slumps with an alarm says nothing until the false alarms are counted.",
            },
        ),
        Question(
            "04.q3",
            "You look each day at the return of the next thirty days, for three hundred days. How "
            "many returns share no day?",
            {
                "a": "three hundred",
                "b": "about ten",
                "c": "one",
                "d": "thirty",
            },
            "387df331d94caf2b",
            {
                "a": "neighbours share twenty-nine of their thirty days.",
                "b": "three hundred over thirty. An interval that counts all of them is far too narrow.",
                "c": "returns that are thirty days apart have no day in common.",
                "d": "thirty is how long each is, not how many fit.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""

SENTENCES = {
    "04": (
        "A line that wanders slowly stays above or below its mean for long stretches, so two such lines "
        "often move together for a while by chance alone."
    ),
    "04.week": (
        "In this case the alarm sounded and the price was not 5% lower three days later, and one such case "
        "is enough to end an “every time”."
    ),
}
"""A sentence to compare with one's own, once that is written."""
