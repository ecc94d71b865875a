# %% [markdown]
# # 07 · The AI lens: probabilities, not predictions
#
# ## Question
#
# *A model weighs many variables and says how likely something is. What is that worth, and how would you
# know?*
#
# You ask one question and fit a small model to it. Then you judge what it says against a forecaster who knows
# the base rate, and nothing else. By the end you can
#
# - *split* a history so that the past alone teaches,
# - *score* probabilities, and *correct* them,
# - *detect* a leak by the skill it shows where nothing can be known,
# - *choose* an act by its costs,
# - *read* your own reliability.
#
# Plan seventy-five minutes. Nothing here tells you to buy or sell anything.
#
# **Run the next cell first.** It loads scikit-learn, which takes a few seconds. Both markets are
# **simulated**: in the first nothing leads the price, in the second a link is built in.

# %%
from dataclasses import replace

import numpy as np
import pandas as pd

import oikit
from oikit import charts, formatting, learn, stats
from oikit.claims import CLAIMS, weigh
from oikit.explore import explore, tried
from oikit.learn import TODO, check, draw_intervals, explain, my_calibration, predict, quiz, reveal, say
from oikit.lens import calibration, examples, folds, model
from oikit_lessons.lesson07.skill import skill_by_model

charts.use_theme()

# %% [markdown]
# ## Warm-up
#
# Two questions from earlier lessons. Choose a letter, then **Check**.

# %%
quiz("07.w")

# %% [markdown]
# ## Claim card
#
# What articles say about machines, in our own words:
#
# > A model that weighs fifty variables in a blink sees what people miss, and sees it early. So do not read
# > it as a prediction but as a probability: what had one chance in ten happens, too.
#
# *What would have to be true?* The model must beat the base rate on days that it has not seen. And of all
# days to which it gave one chance in ten, one in ten must come true. The second sentence is sound, and it
# is a way to be wrong: the shares can be counted.
#
# ## Predict
#
# *Replace each* `TODO` *with a letter in quotes and with how sure you are*.

# %%
predict("07.a", choice=TODO, confidence=TODO)
predict("07.b", choice=TODO, confidence=TODO)
predict("07.c", choice=TODO, confidence=TODO)

# %% [markdown]
# ## Worked example
#
# ### Who must be beaten?
#
# The **Brier score** is the mean squared distance between what was said and what came, one or zero. Less is
# better. Take something that happens three times in ten, and three forecasters who know nothing of the single
# case. *Which of them is right most often, and which has the best score?*

# %%
came = np.repeat([1.0, 0.0], [30, 70])
dull = {"the base rate": came.mean(), "one half": 0.5, "never": 0.0}
table = pd.DataFrame(
    {
        "Brier score": {name: ((said - came) ** 2).mean() for name, said in dull.items()},
        "right side of one half": {name: ((said >= 0.5) == came).mean() for name, said in dull.items()},
    }
)
say(f"Of ten forecasts of 10%, at least one comes true with a chance of {1 - 0.9**10:.0%}.")
reveal("07.b")
table.map("{:.3f}".format)

# %% [markdown]
# Who says *never* is right as often as the one who knows the base rate, and looks as good in a table of hits.
# The score tells them apart. **Skill** is the share of the base rate's score that a model removes. Below zero
# it would have been better to say nothing.
#
# ### Ask, split, fit, correct
#
# *Ask*: does the price rise by one and a half times its usual daily move before it falls as far, within three
# days? *Split*: the past alone teaches, and a gap keeps away whose answers reach into the test. A past with
# its test is a **fold**, and an **audit** objects where one reaches into the other. *Fit*: a logistic
# regression, which turns a weighted sum of eight variables into a probability. All are known at their time.
# *Correct*: a later part of the past decides how much of the model's boldness survives. The tempting way is
# to skip that last step.

# %%
known = ["price_move", "volatility_percentile", "velocity", "velocity_score", "divergence", "funding"]
known += ["crowd_lean", "oi_to_cap_percentile"]
raw, honest, worlds = {}, {}, {name: oikit.sample(f"bnb-{name}") for name in ("null", "planted")}
asked = {name: examples.examples(each, only=known, every="24h") for name, each in worlds.items()}
for name, given in asked.items():
    parts = folds.walk_forward(given.times, horizon=given.horizon, gap="24h")
    assert not folds.audit(parts, given.times, horizon=given.horizon, gap="24h")
    for how, said in (("raw", raw), ("corrected", honest)):
        said[name] = model.forecast(given, folds=parts, correct=how == "corrected")
        s = calibration.score(said[name]).skill
        skill, low, high = (formatting.signed(100 * each, 2) for each in (s.value, s.low, s.high))
        say(f"{name}, {how}: skill {skill}% ({low} to {high}), on {s.n} days.")

# %% [markdown]
# In the null world the raw model looks worse than somebody who says nothing, though its interval holds zero.
# The correction found that nothing of the boldness held, and went back to the base rate. In the planted world
# skill is tiny, and its interval barely leaves zero out. **That is what an honest result looks like.**
#
# ### Does thirty per cent mean thirty per cent?
#
# Put what was said into five groups, and count how often it came. Neighbouring answers share their hours,
# so n counts answers that share nothing. *Which of the two would you rather pay attention to?*

# %%
reveal("07.c")
bars = {
    name: stats.reliability_table(
        said.table["probability"], said.table["outcome"], weight=said.table["weight"]
    )
    for name, said in (("raw", raw["null"]), ("corrected", honest["null"]))
}
charts.reliability_of(bars, title="Simulated, nothing built in: said against came")

# %% [markdown]
# The raw model says very different things, and it comes about equally often whatever was said. Its bars are
# long, since few answers share nothing: they cannot rule the line out. The corrected model says nearly the
# same each time, and it is so.
#
# ### And fifty variables?
#
# Put invented variables, pure noise, beside the eight. *In-sample* means judged on the days that taught.
# *Which column would an advertisement show?*

# %%
given, noise = asked["null"], np.random.default_rng(7)
every, none, rows = np.arange(len(given.facts)), np.array([], dtype=int), {}
for count in (0, 10, 50):
    extra = pd.DataFrame(noise.standard_normal((len(every), count))).add_prefix("noise ")
    more = replace(given, variables=pd.concat([given.variables, extra], axis=1))
    learnt = model.forecast(more, folds=[folds.Fold(every, none, every)], correct=False)
    unseen = model.forecast(more, folds=parts, correct=False)
    rows[count] = [calibration.score(each).skill.value for each in (learnt, unseen)]
judged, own = len(unseen.table), unseen.table["weight"].sum()
say(f"In-sample: {len(every):,} days. Unseen: {judged} days, worth {own:.0f} that share nothing.")
table = pd.DataFrame.from_dict(rows, orient="index", columns=["in-sample", "on unseen days"])
table.rename_axis("invented variables").map(lambda each: f"{formatting.signed(100 * each)}%")

# %% [markdown]
# Each variable learns a little luck by heart, so the first column rises where nothing can be known. The
# second is what you would live with.
#
# ## Explorer
#
# Another model, which anybody could think of: it finds the past moments that were **most like this one**, and
# counts what came of them. *Say aloud which of the settings could cheat.* Then notice:
#
# 1. In the null world, who teaches decides whether there is skill. Which share of the look-alikes are
#    neighbours in time?
# 2. Let the past alone teach, with a gap. What is left, and what do more invented variables do?
# 3. Compare a leak where nothing is built in with an honest model where a link is. Which looks better?

# %%
explore("07")

# %% [markdown]
# As it opens, the dots rise along the line, and steeper, as if the model were too modest. **No reliability
# diagram finds a leak.** A world in which nothing can be known finds it. Here is the honest setting of the
# planted world.

# %%
reveal("07.a")
explore("07", world="planted", split="walk-forward", gap="3 days", noise="0")

# %% [markdown]
# ## Explain
#
# *In one sentence: why does a shuffled test show skill where there is nothing to know?* Between the quotes.

# %%
explain("07", TODO)

# %% [markdown]
# > **You may have thought:** more variables see more, and a model that is right so often must know something.
# >
# > **But** each variable is one more way to learn luck by heart. And being right often is cheap when the
# > answer is mostly no.
#
# ## Exercises
#
# ### Exercise 07.1 · Who may teach
#
# `n` questions, one a day, numbered from zero. Each answer is known `horizon` days later, and `gap` more days
# stay free. Tests begin at `n // 2` and are `size` days long; the last may be shorter. Give a list of pairs
# `(train, test)`, each a list of days, such that `max(train) + horizon + gap < min(test)`.


# %%
def splits(n, horizon, gap, size):
    return TODO


# solution
def splits(n, horizon, gap, size):  # noqa: F811
    starts = range(n // 2, n, size)
    return [(list(range(s - horizon - gap)), list(range(s, min(s + size, n)))) for s in starts]


# %% [markdown]
# *Check it.* Each past should be as long as it may be.

# %%
check("07.1", splits)

# %% [markdown]
# ### Exercise 07.2 · What it is worth
#
# Lists of what was `said` and what `came`, and the `base` rate of the past. Give back two numbers: the Brier
# score, and the skill over somebody who says `base` each time.


# %%
def worth(said, came, base):
    return TODO


# solution
def worth(said, came, base):  # noqa: F811
    score = np.mean((np.array(said) - came) ** 2)
    return score, 1 - score / np.mean((base - np.array(came)) ** 2)


# %% [markdown]
# *Check it.* Neither accuracy nor a root is asked for.

# %%
check("07.2", worth)

# %% [markdown]
# ### Exercise 07.3 · Make it honest
#
# A bold model has a past: `past_said` and `past_came`. For each new forecast in `said`, take the past ones on
# the same side of one half (one half itself counts as above). Say how often those came, with `10` cases of
# the base rate of all the past added to them.


# %%
def corrected(said, past_said, past_came):
    return TODO


# solution
def corrected(said, past_said, past_came):  # noqa: F811
    above, came = np.array(past_said) >= 0.5, np.array(past_came)
    sides = {side: came[above == side] for side in (True, False)}
    told = {side: (each.sum() + 10 * came.mean()) / (len(each) + 10) for side, each in sides.items()}
    return [told[p >= 0.5] for p in said]


# %% [markdown]
# *Check it.* Whoever said more must not be told less, and the mean must fit the base rate.

# %%
check("07.3", corrected)

# %% [markdown]
# ### Exercises 07.4 and 07.5 · When to act, and as good by luck
#
# First: a check of a position costs `cost`. If a squeeze comes unseen, `loss` is lost; a check saves the
# share `saved` of that. From which probability on does a check pay?
#
# Second: break the link between forecasts and answers many times, and look how often luck does as well. Given
# the `real` skill and a list of `shuffled` ones, write the chance of such a result, the real one among them.


# %%
def act_from(cost, loss, saved):
    return TODO


def chance_of(real, shuffled):
    return TODO


# solution
def act_from(cost, loss, saved):  # noqa: F811
    return cost / (loss * saved)


def chance_of(real, shuffled):  # noqa: F811
    return (1 + sum(each >= real for each in shuffled)) / (len(shuffled) + 1)


# %% [markdown]
# *Check them.* One half has no special place in the first. In the second, answers that overlap must be slid
# round as one, not shuffled one by one. *Why?*

# %%
check("07.4", act_from)
check("07.5", chance_of)

# %% [markdown]
# ## Evidence card
#
# First, your own reliability. In every lesson you said how sure you were. *Guess your Brier score before
# you run the cell.* It counts predictions whose answer you have seen.

# %%
mine = my_calibration()
say(mine.says)
mine.draw()

# %% [markdown]
# Then the sentences of the article, as the course's ledger weighs them; what it counts, it counts in the
# simulated null world. And three models in each world: the logistic one, the same with the article's four
# variables, and a sum of small trees of yes-or-no questions. Their intervals are widened for three looks. If
# you have stored a real market, it is asked as well.

# %%
for name in ("C17", "C18", "C19", "C30", "C36"):
    say(str(weigh(CLAIMS[name], worlds["null"])))
real = learn.real_market()
worlds |= {} if real is None else {"real": real}
kinds = ("logistic", "four variables", "tree")
rates = skill_by_model(worlds, models=kinds, only=known)
for line in rates.attrs["left_out"]:
    say(line)
draw_intervals(rates, title="Skill of three models in each world", against="the base rate")

# %% [markdown]
# The card is for the world with a link, where there *is* something to know. A basis point is a hundredth of a
# per cent, here of the base rate's squared error.

# %%
there = rates[rates.index.str.endswith("planted")]
there.attrs = rates.attrs
learn.evidence_card(
    claim="On days it has not seen, the model removes part of the base rate's squared error.",
    table=there,
    method=f"block bootstrap, blocks of fifteen days, widened for {len(kinds)} models",
    trials=len(there) + tried("07"),
    data=f"simulated sample bnb-planted; {there['questions'].max():.0f} questions in the tests",
    costs="none charged; a probability is judged, not an act",
    verdict="supported" if (there["low"] > 0).all() else "undecided",
)

# %% [markdown]
# Say it aloud: **small skill or none is the usual, honest result.** A link was built in, three years of
# days were looked at, and the models together cannot be sure of it. Whoever shows you more should show you
# the folds.
#
# ## Quiz
#
# Three questions; each wrong option is something people believe.

# %%
quiz("07.q")

# %% [markdown]
# ## Key points
#
# - A probability is judged over many cases, by its Brier score, against the base rate.
# - Split by time, with a gap; shuffled questions teach their own answers.
# - Correct a bold model on a later past. Often the base rate is what stays.
# - A leak looks honest and skilled. Try the whole method where nothing can be known.
# - Costs say from which probability to act.
#
# **What this notebook does not show.** What a larger model, other variables or another question would find,
# and whether anything found here lasts. The planted link has a size that we chose. Importance of a variable
# would not say what causes what.
