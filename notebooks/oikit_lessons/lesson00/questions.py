"""The questions of lesson 00, start here: warm-up (w), predictions (a, b) and quiz (q).

The wrong options are what people really believe; what is said about each answers that belief.
"""

from __future__ import annotations

from oikit.learn.questions import Question

QUESTIONS = {
    each.id: each
    for each in (
        Question(
            "00.w1",
            "A price of 200 falls by half and then rises by half. Where does it stand?",
            {"a": "at 200, as before", "b": "at 150", "c": "at 250"},
            "ec043d63f498405d",
            {
                "a": "the second half is half of less: a percentage always asks “of what?”",
                "b": "half of 200 is 100, and half of 100 more makes 150. It takes a pencil, and no data.",
                "c": "then the rise would have been larger than the fall in every respect.",
            },
        ),
        Question(
            "00.w2",
            "A forecaster gives rain a chance of 70%. It stays dry. Was the forecast wrong?",
            {
                "a": "yes: it did not rain",
                "b": "no: a forecast with a percentage can never be wrong",
                "c": "one day cannot tell; many such days can",
            },
            "14270c53b8690228",
            {
                "a": "then every forecast below 100% would be wrong now and then, also the honest ones.",
                "b": "it can: if it rains on half of all the days that were given 70%.",
                "c": "of all days that were given 70%, seven in ten should be wet. That can be counted.",
            },
        ),
        Question(
            "00.a",
            "How many of the 38 statements are forecasts that can be weighed with published data?",
            {"a": "nearly all", "b": "about two thirds", "c": "fewer than a third"},
            "5d7d70808773d64d",
            {
                "a": "most of them define, compute, advise, or cannot be tested at all.",
                "b": "a confident tone makes a sentence sound like a forecast.",
                "c": "the rest define, compute, advise, or leave out what a test would need.",
            },
        ),
        Question(
            "00.b",
            "The forecasts are weighed on a simulated market in which nothing leads the price. "
            "How many come out supported?",
            {"a": "none", "b": "about half of them, by luck", "c": "most of them"},
            "42e73113ba110d1d",
            {
                "a": "there was nothing to find. Among so many, one lucky hit would be no wonder.",
                "b": "a method that finds so much where nothing is would be worthless.",
                "c": "then each of them would be supported on any market, whatever happens there.",
            },
        ),
        Question(
            "00.q1",
            "You answer ten questions, each with a confidence of 0.7. What would fit that number?",
            {
                "a": "all ten are right",
                "b": "about seven are right",
                "c": "seven tenths of each answer are right",
                "d": "more than five are right",
            },
            "93152b175500e003",
            {
                "a": "then 0.7 was too modest: sure of all would be 1.0.",
                "b": "a confidence is a promise about many answers. Lesson 07 counts yours.",
                "c": "an answer is right or not; the number speaks of many of them.",
                "d": "six and ten are both more than five. Which of them would 0.7 promise?",
            },
        ),
        Question(
            "00.q2",
            "Which of these can be tested with data, as it is written?",
            {
                "a": "“Those who know are selling.”",
                "b": "“87% of people overlook it.”",
                "c": "“Within a day of a jump of 5% in open interest the price falls more than usual.”",
                "d": "“Respect the market.”",
            },
            "d01959e486ffad04",
            {
                "a": "no column says who knows what.",
                "b": "a number alone is no evidence: nobody says who was asked, or how many.",
                "c": "event, horizon, outcome and comparison are there; what is left is to name the data.",
                "d": "that is advice, and not even one that you could fail to follow.",
            },
        ),
        Question(
            "00.q3",
            "You changed cells of a lesson until nothing works. What brings it back?",
            {
                "a": "restart the kernel, and if that is not enough take a fresh copy of the notebook",
                "b": "delete the folder .oikit",
                "c": "install everything again",
            },
            "f23a9d8785002729",
            {
                "a": "a restart forgets all variables; a fresh copy brings the cells back. Your notes stay.",
                "b": "that deletes your tries, predictions and sentences. The notebook stays broken.",
                "c": "the installed package has not changed. The notebook has.",
            },
        ),
    )
}
"""By id, in the order of the lesson."""

SENTENCES = {
    "00": (
        "A statement that turns out wrong has told us something we could check and learn from. One that "
        "nothing could contradict says nothing about what will happen."
    ),
}
"""A sentence to compare with one's own, once that is written."""
