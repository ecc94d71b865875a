"""The questions of lesson 03, velocity and divergence: warm-up (w), predictions (a, b) and quiz (q).

The wrong options are what people really believe; what is said about each answers that belief.
"""

from __future__ import annotations

from oikit.learn.questions import Question

QUESTIONS = {
    each.id: each
    for each in (
        Question(
            "03.w1",
            "A ratio was high on 98 days, in 17 clumps of a week or less. A forecast looks a "
            "week ahead. How many separate cases does it have?",
            {
                "a": "98",
                "b": "17",
                "c": "1",
                "d": "as many as fit the claim",
            },
            "aab295a400838aad",
            {
                "a": "days of one clump share most of the week that follows.",
                "b": "one for each clump, because only their futures don't overlap.",
                "c": "one clump doesn't decide what follows the next, so each is a case.",
                "d": "cases are counted before you look at what followed.",
            },
        ),
        Question(
            "03.w2",
            "After its highest readings a figure was lower a month later in 90 of 100 cases. What "
            "does that show?",
            {
                "a": "the figure predicts a fall of the price",
                "b": "too many people were on one side",
                "c": "only that high readings come down",
                "d": "that the reading was wrong",
            },
            "197eb987ceda1753",
            {
                "a": "the figure fell. Whether the price did is another question.",
                "b": "noise does the same, and there are no people in noise.",
                "c": "that is regression to the mean. It happens to anything picked for being high.",
                "d": "the reading can be right, and the next ones closer to the usual level.",
            },
        ),
        Question(
            "03.a",
            "The price rises by 10%, and nobody opens or closes a contract. What does the "
            "velocity of open interest show?",
            {
                "a": "nothing in coins, about 10% in dollars",
                "b": "about 10% in both",
                "c": "nothing in either",
            },
            "8f809736b9b59131",
            {
                "a": "dollars are contracts times price, so the price alone gives dollars a velocity.",
                "b": "in coins nothing happened. Only the dollars moved, because the price did.",
                "c": "that is right for coins. In dollars the same contracts are worth more.",
            },
        ),
        Question(
            "03.b",
            "In a market where nothing leads the price, you try 27 readings of one "
            "sentence. What does the strongest of them look like?",
            {
                "a": "like nothing, about zero",
                "b": "like a finding, a fall of a few per cent",
                "c": "it can't be any of these",
            },
            "cef308c1426c0408",
            {
                "a": "most of them do. But one of many is the largest, and that is the one people keep.",
                "b": "the largest of many tries is far from zero by luck alone.",
                "c": "there is always a strongest pattern somewhere in the noise.",
            },
        ),
        Question(
            "03.q1",
            "Which of these uses something that nobody knew at the time?",
            {
                "a": "(x[t] - median(x[t-w:t])) / width(x[t-w:t])",
                "b": "log(x[t] / x[t-w])",
                "c": "(x[t] - mean(x)) / std(x)",
                "d": "max(x[t-w:t+1])",
            },
            "47a81aac259fff5c",
            {
                "a": "it reads t and the bars before it, all known at t.",
                "b": "it reads bar t and an earlier one, both known at t.",
                "c": "mean and deviation are of the whole column, with everything that came after t.",
                "d": "it reads the bars up to t, because the slice ends before t+1.",
            },
        ),
        Question(
            "03.q2",
            "One person picks the right panel of 20, so p is 0.05. What does that mean?",
            {
                "a": "the pattern is real with a probability of 95%",
                "b": "luck alone finds it 5 times in 100",
                "c": "the pattern will repeat 95 times in 100",
                "d": "5 of 100 pictures are real",
            },
            "73016ea50d0ebda4",
            {
                "a": "p says what luck would do. It isn't the probability that the pattern is real.",
                "b": "that is all it says: how often a blind pick would do as well.",
                "c": "p says nothing about the next time.",
                "d": "one panel is real by construction, whether it shows a pattern or not.",
            },
        ),
        Question(
            "03.q3",
            "“Open interest jumps in a quiet price: those who know are selling.” "
            "Others call the same picture accumulation. What follows from that?",
            {
                "a": "wait, because the next move shows who was right",
                "b": "together they fit any outcome, so neither can be tested",
                "c": "the one with more examples is right",
                "d": "both are right, at different times",
            },
            "a5bdafa1505a6a0c",
            {
                "a": "then the name comes after the outcome, and it can never be wrong.",
                "b": (
                    "a fall proves the one, a rise the other. A test needs one side, named before looking."
                ),
                "c": "you can find beautiful examples of both in noise.",
                "d": "then the picture itself can't tell you which time it is.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""

SENTENCES = {
    "03": (
        "If you try enough readings, one of them looks good by luck alone, so the best one only means "
        "something once you know how many you tried."
    ),
    "03.rule": (
        "Open interest in coins jumps by a score of 2 or more over 24 hours while the price score stays "
        "within 0.5; 72 hours later the price is higher than it is after a usual hour."
    ),
}
"""A sentence to compare with one's own, once that is written."""
