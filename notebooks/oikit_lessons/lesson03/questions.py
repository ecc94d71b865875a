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
            "A ratio was high on 98 days, in 17 clumps of at least a week. A forecast looks a "
            "week ahead. How many cases does it have?",
            {
                "a": "98",
                "b": "17",
                "c": "1",
                "d": "as many as fit the claim",
            },
            "aab295a400838aad",
            {
                "a": "days of one clump share most of the week that follows them.",
                "b": "one for each clump: only their futures do not overlap.",
                "c": "one clump says nothing about the next, so each is a case.",
                "d": "cases are counted before anybody looks at what followed.",
            },
        ),
        Question(
            "03.w2",
            "After its highest readings a figure was lower a month later nine times in ten. What "
            "does it show?",
            {
                "a": "the figure announces a fall of the price",
                "b": "too many people were on one side",
                "c": "nothing but that high readings come down",
                "d": "that the reading was wrong",
            },
            "197eb987ceda1753",
            {
                "a": "the figure fell. Whether the price did is another question.",
                "b": "noise does the same, and nobody is in it.",
                "c": "that is regression to the mean: it happens to whatever was picked for being high.",
                "d": "the reading can be right: the next ones are nearer to what is usual.",
            },
        ),
        Question(
            "03.a",
            "The price rises by a tenth, and nobody opens or closes a contract. What does the "
            "velocity of open interest show?",
            {
                "a": "nothing in coins, about a tenth in dollars",
                "b": "about a tenth in both",
                "c": "nothing in both",
            },
            "8f809736b9b59131",
            {
                "a": "dollars are contracts times price, so the price alone gives dollars a velocity.",
                "b": "in coins nothing happened. Only the dollars moved, with the price.",
                "c": "in coins that is right. In dollars the same contracts are worth more.",
            },
        ),
        Question(
            "03.b",
            "In a market in which nothing leads the price, you try three dozen readings of one "
            "sentence. How does the strongest of them look?",
            {
                "a": "like nothing: about zero",
                "b": "like a finding: a fall of some per cent",
                "c": "that cannot happen",
            },
            "cef308c1426c0408",
            {
                "a": "most do. But of many tries one is the largest, and that is the one people keep.",
                "b": "the largest of many tries is far from zero by luck alone.",
                "c": "somewhere in noise there is always a strongest pattern.",
            },
        ),
        Question(
            "03.q1",
            "Which of these knows something that nobody knew at the time?",
            {
                "a": "(x[t] - median(x[t-w:t])) / width(x[t-w:t])",
                "b": "log(x[t] / x[t-w])",
                "c": "(x[t] - mean(x)) / std(x)",
                "d": "max(x[t-w:t+1])",
            },
            "47a81aac259fff5c",
            {
                "a": "it reads bars before t and t itself: all known at t.",
                "b": "it reads bar t and an earlier one: both known at t.",
                "c": "mean and deviation are those of the whole column, with all that came after t.",
                "d": "it reads the bars up to t: the slice ends before t+1.",
            },
        ),
        Question(
            "03.q2",
            "One person picks the right panel of twenty, so p is one in twenty. What does that mean?",
            {
                "a": "the pattern is real with a chance of 95%",
                "b": "luck alone finds it one time in twenty",
                "c": "the pattern repeats nineteen times in twenty",
                "d": "one picture in twenty is real",
            },
            "73016ea50d0ebda4",
            {
                "a": "p says what luck would do. It is no chance that the pattern is real.",
                "b": "that is all: how often a blind pick would do as well.",
                "c": "p says nothing about the next time.",
                "d": "one panel happened by construction, whether it shows a pattern or not.",
            },
        ),
        Question(
            "03.q3",
            "“Open interest jumps while the price stands still: those who know are selling.” "
            "Others call the same picture accumulation. What follows?",
            {
                "a": "wait: the next move shows who was right",
                "b": "as a pair the two fit any outcome, so neither is tested",
                "c": "the one with more examples is right",
                "d": "both are right, at different times",
            },
            "a5bdafa1505a6a0c",
            {
                "a": "then the name is given after the outcome, and it can never be wrong.",
                "b": (
                    "a fall proves the one, a rise the other. A test needs one side, named before looking."
                ),
                "c": "beautiful examples of both are found in noise.",
                "d": "then the picture itself says nothing about which time it is.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""
