"""The questions of lesson 07, the AI lens: warm-up (w), predictions (a to c) and quiz (q).

The wrong options are what people really believe; what is said about each answers that belief.
"""

from __future__ import annotations

from oikit.learn.questions import Question

QUESTIONS = {
    each.id: each
    for each in (
        Question(
            "07.w1",
            "Somebody tried three dozen rules on a market in which nothing leads the price. The best of them "
            "comes by chance three times in a hundred. What does it show?",
            {
                "a": "a weak effect",
                "b": "a strong effect, as it is the best",
                "c": "what the best of so many shows anyway",
                "d": "that the market is not what it was said to be",
            },
            "601731269485081e",
            {
                "a": "of three dozen rules without any effect, one is expected to look like this.",
                "b": "it was picked for looking strong.",
                "c": "a result is weighed together with all tries, not alone.",
                "d": "luck draws such results in every market.",
            },
        ),
        Question(
            "07.w2",
            "A rule was right in 7 of 9 cases; the interval runs from 45% to 94%. Is it better than a coin?",
            {
                "a": "yes, since 7 is more than half of 9",
                "b": "nobody can tell from nine cases",
                "c": "no, since the interval begins below one half",
                "d": "yes, with a probability of 78%",
            },
            "a4c684fd49779fdf",
            {
                "a": "a coin shows seven or more heads in nine throws about once in eleven tries.",
                "b": "one half is inside, and so is nine tenths. More cases would tell.",
                "c": "an interval that holds one half does not say that it is one half.",
                "d": "78% is the share that was right, not how sure one can be of it.",
            },
        ),
        Question(
            "07.a",
            "Nothing leads the price in this market. A model also gets ten slow variables that were "
            "invented, and questions are dealt to training and test at random, as cards are. What is its "
            "skill over the base rate in the test?",
            {
                "a": "about zero, or a little below",
                "b": "above zero, with its whole interval",
                "c": "far below zero, since the variables are invented",
            },
            "23a4ebe35180e453",
            {
                "a": "so it would be, if the cards were fair: then nothing could be learned.",
                "b": "neighbours of a question share most of its answer, and slow variables find them.",
                "c": "invented variables do harm, unless they help to find the neighbours in time.",
            },
        ),
        Question(
            "07.b",
            "Ten times a forecast says 10%. How likely does it happen at least once?",
            {"a": "about one time in ten", "b": "surely once", "c": "about two times in three"},
            "5967d4d304a127b6",
            {
                "a": "that is the chance of each one. There are ten of them.",
                "b": "once is what is expected on average; none at all is common, too.",
                "c": "it stays away ten times with 0.9 to the power of ten, which is about one third.",
            },
        ),
        Question(
            "07.c",
            "In this market a link is built in, and the model may see it. Honestly tested, which part of the "
            "base rate's squared error does it remove?",
            {"a": "more than a third", "b": "about a tenth", "c": "about a hundredth"},
            "0e021809563f51fc",
            {
                "a": "no honest forecast of prices comes near that. Look for a leak.",
                "b": "that would be a lot. The price does most of what it does for no reason in the table.",
                "c": "a true link moves the odds a little, on some days. That is what skill looks like here.",
            },
        ),
        Question(
            "07.q1",
            "A forecast said 70%, and it did not happen. Was the forecast wrong?",
            {
                "a": "yes, it should have said less than one half",
                "b": "no, a probability can never be wrong",
                "c": "yes, by 70%",
                "d": "one case cannot tell: look at all cases that were given about 70%",
            },
            "0c6b988e08df5ea4",
            {
                "a": "of ten such forecasts, three are expected to end like this.",
                "b": "of a hundred such forecasts about seventy must come true. That can fail.",
                "c": "that is how far this one was off, and good forecasts are off as well.",
                "d": "only many cases show whether 70% means 70%.",
            },
        ),
        Question(
            "07.q2",
            "Four variables of a model, each at the end of an hour. Which one leaks?",
            {
                "a": "the velocity of open interest over the day before",
                "b": "the score of open interest against the month before",
                "c": "the price, measured from its mean over three days around the hour",
                "d": "the funding rate that was settled last",
            },
            "886aee2af6224717",
            {
                "a": "it reads the past alone.",
                "b": "its yardstick was known by then.",
                "c": "half of these days come after the hour. Cut the future off, and it changes.",
                "d": "what was settled is known.",
            },
        ),
        Question(
            "07.q3",
            "Two models. A says between 28% and 34%, and it comes about as often as it says. B says between "
            "5% and 95%, and whatever it says, it comes in about 30% of cases. Which would you rather use?",
            {
                "a": "A: it says little, and what it says is so",
                "b": "B: it dares to say something",
                "c": "B after turning it round",
                "d": "A, as its skill must be high",
            },
            "b961783ade699e7c",
            {
                "a": "and whoever pays for mistakes can count on it.",
                "b": "its 95% comes true three times in ten: the daring is noise.",
                "c": "there is nothing to turn round: it comes equally often at both ends.",
                "d": "honest is not the same as skilled: A knows hardly more than the base rate.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""

SENTENCES = {
    "07": (
        "When the days are shuffled, the neighbours of a test day are in the training data, and they share "
        "most of its future, so the model has seen the answer."
    ),
}
"""A sentence to compare with one's own, once that is written."""
