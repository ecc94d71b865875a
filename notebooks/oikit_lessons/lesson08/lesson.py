# %% [markdown]
# # 08 · Common mistakes and overfitting lab
#
# ## Question
#
# *The best of many rules looks brilliant. How much of it is left where you did not look?*
#
# You search for a rule yourself, with a part of history under seal, and then you hunt bugs. By the end you
# can
#
# - *estimate* how good the best of many tries looks by luck,
# - *apply* two corrections for many tries, Bonferroni's and that of Benjamini and Hochberg,
# - *use* a sealed part once, and *report* how many rules were tried,
# - *find* five faults in a backtest by laws it must obey.
#
# Plan sixty minutes. Nothing here tells you to buy or sell anything.
#
# **Run the next cell first.** The markets in it are **simulated**: nothing in them happened.

# %%
import numpy as np
import pandas as pd

import oikit
from oikit import charts, formatting, margin
from oikit.claims import CLAIMS, weigh
from oikit.explore import explore
from oikit.learn import TODO, check, evidence_card, explain, predict, quiz, real_market, reveal, say
from oikit.lens import garden, leaks
from oikit.stats import any_false_positive, benjamini_hochberg
from oikit_lessons.lesson08 import bug_hunt
from oikit_lessons.lesson08 import random_rules as dice
from oikit_lessons.lesson08.exercises import P_VALUES
from oikit_lessons.lesson08.hold_out import open_seal, under_seal

charts.use_theme()

# %% [markdown]
# ## Warm-up
#
# Two questions from earlier lessons.

# %%
quiz("08.w")

# %% [markdown]
# ## Claim card
#
# Three sentences of the article, in our own words:
#
# > Many fit their settings to the past until it looks good. I did this for half a year, and it pays. Prices
# > turn in a fifth of the time.
#
# *What would have to be true?* The first is a warning, and it should hold for the numbers of the article,
# too: nobody says where its lines come from. The second needs a list of trades that is long enough. The
# third needs a meaning of "turn".
#
# Two words. A **try** is any setting whose result you have looked at. The **Sharpe ratio** is the mean
# return over its spread, for a year of days.
#
# ## Predict
#
# *Replace each* `TODO` *with a letter in quotes and with how sure you are*, from `0.33` to `1.0`.

# %%
predict("08.a", choice=TODO, confidence=TODO)
predict("08.b", choice=TODO, confidence=TODO)
predict("08.c", choice=TODO, confidence=TODO)

# %% [markdown]
# ## Worked example
#
# ### Look at the best
#
# Somebody shows you the thick line. After a weak start it rose for most of a year, and at the dashed line you
# are asked to join. *Would you?* Look at the thin lines, too: they are the other rules of the same person.

# %%
dice.fan(dice.throw(100, seed=7), title="Log returns of one hundred rules; thick: the best first year")

# %% [markdown]
# All of them throw dice. The thick one had the luckiest first year, and luck does not go on.
#
# ### Count the tries
#
# Is that picture a rare one? Draw all of it again, many times. Then ask the formula for the best of many,
# and how likely at least one of many tests of nothing is below the usual line. *Which column would you like
# to see beside a backtest?*

# %%
before, after = dice.best_and_after(100)
say(
    f"On average the best of 100 shows a Sharpe ratio of **{before:.1f}** in its first year,",
    f"and the same rule {after:+.1f} in the year after.",
)
reveal("08.a")
reveal("08.b")
counts = [1, 10, 20, 50, 100, 1_000]
columns = {"best Sharpe ratio by luck": [garden.luck(count, 365) for count in counts]}
columns["chance of a p below 0.05"] = [any_false_positive(count) for count in counts]
pd.DataFrame(columns, pd.Index(counts, name="tries")).map("{:.2f}".format)

# %% [markdown]
# ### Correct for them
#
# Now a simulated market with prices and positions, and a garden of rules: a score is high, so hold a side
# for some days. Four scores, three lines, four positions. Returns are after costs and against the usual day,
# so that a rising market praises nobody.
#
# A **p** says how often chance alone does as well as one rule. Two corrections know of the others:
#
# - **Bonferroni** multiplies each p by the number of tries. Of what is then below the line, not even one is
#   luck, with the certainty you asked for.
# - **Benjamini and Hochberg** sort the p and divide by the rank as well. They allow a named share of luck
#   among what survives.

# %%
found = garden.searched(oikit.sample("btc-null"))
first = garden.sharpe(found["before"]).value
say(
    f"The best of {found['trials']} rules shows a Sharpe ratio of **{first:.1f}** up to {garden.CUT}.",
    f"After it, where nobody searched, it shows {garden.sharpe(found['after']).value:.1f}.",
)
corrected = found["table"].assign(
    bonferroni=(found["table"]["p"] * found["trials"]).clip(upper=1),
    benjamini_hochberg=benjamini_hochberg(found["table"]["p"]),
)
corrected.nsmallest(4, "p").round(3).set_index("signal")

# %% [markdown]
# Some p are low. Corrected, none of them is anywhere near the line, and rightly so: in this market nothing
# leads the price.
#
# ### Cut the future off
#
# Counting tries does not help against a rule that knows its future. There is a law for that: **a number of
# an old day may not change when later days are cut off**. The library asks it of a whole pipeline. In its
# answer, `off_smooth_line@1h` is a variable and the length of its bars. *Which line names the fault?*

# %%
world = oikit.sample("bnb-null")
for name in ("honest", *list(leaks.LEAKS)[:2]):
    pipeline = leaks.HONEST if name == "honest" else leaks.LEAKS[name].pipeline
    answer = leaks.examine(pipeline, world.iloc[-6000:], cuts=3)
    say(f"**{name}**: {answer.table['says'].iloc[0]}.")

# %% [markdown]
# ## Explorer
#
# Your turn to search. You see the years up to a cut; what came later is under seal. Each rule that you look
# at is one more try, and the bench keeps count, even over a restart. *Before you begin, say aloud how many
# rules you will try.* Then notice:
#
# 1. What does the best so far do while the count rises? And the line for luck?
# 2. How far apart are the two chances in the sentence, for one try and for the best of all?
# 3. In the planted world a jump in open interest leads the price. Can your best there stand the correction?

# %%
explore("08")

# %% [markdown]
# If you read *model not found*, run the cell again. When your search is over, open the seal of the null
# world: write `"open"` in place of `TODO`. **It opens once**, for your best rule, and the result is kept.
# *How sure are you of it now?*

# %%
open_seal("null", TODO)
# solution
open_seal("null", "open")

# %% [markdown]
# One sealed part is short, so look at its interval first. Then search the planted world as well. Here is one
# of its rules in words, which counts as a try; open that seal when you are done.

# %%
say(explore("08", world="planted", signal="open interest", level="1").says)
open_seal("planted", TODO)
# solution
open_seal("planted", "open")

# %% [markdown]
# The best rule of the whole planted garden, which need not be yours, stands the correction even for all of
# its rules. And yet its sealed part is too short to settle it, as is that of the rule told above. A true link
# is small, and a year holds few days. Time is what an honest test costs.
#
# ## Explain
#
# *In one sentence: why may a sealed part be opened only once?*

# %%
reveal("08.c")
explain("08", TODO)

# %% [markdown]
# > **You may have thought:** I only improved one rule, step by step, so I tried one.
# >
# > **But** each step kept what looked better on the same days. That is a search with as many tries as steps,
# > and its winner has been picked for its luck, too.
#
# ## Exercises
#
# ### Exercise 08.1 · The best of many
#
# Write `best_of(n, days, seed)`: draw `n` rules without skill, each with as many days, and give back the
# largest yearly Sharpe ratio. *Hint:* `np.random.default_rng(seed).normal(size=(n, days))` *is a table of
# returns, and a year has* `365` *days.*


# %%
def best_of(n, days, seed):
    return TODO


# solution
def best_of(n, days, seed):  # noqa: F811
    draws = np.random.default_rng(seed).normal(size=(n, days))
    sharpes = draws.mean(axis=1) / draws.std(axis=1)
    return sharpes.max() * 365**0.5


# %% [markdown]
# ### Exercise 08.2 · Twenty rules
#
# `P_VALUES` holds the p of twenty rules that somebody tried. *How many survive at a line of one in twenty:
# after Bonferroni, and after Benjamini and Hochberg?* The second takes the largest rank whose p is at most
# the line times rank over tries, and lets all smaller ones pass.

# %%
p = np.array(P_VALUES)
strict, with_some_luck = TODO, TODO
# solution
strict = (p <= 0.05 / len(p)).sum()
lines = 0.05 * np.arange(1, len(p) + 1) / len(p)
with_some_luck = np.flatnonzero(np.sort(p) <= lines)[-1] + 1

# %% [markdown]
# *Check both.* A wrong answer tells you which idea to look at again.

# %%
check("08.1", best_of)
check("08.2", strict, with_some_luck)

# %% [markdown]
# ### Exercise 08.3 · Bug hunt
#
# A backtest in two short functions. It follows the slope of a smooth line, on twelve coins that throw dice.
# **Five faults** hide in it, each of them a common one. *Repair the lines in place.* Ask of each: would it
# have been known, was it paid, and who is missing?
#
# This one says how fast each coin rises.


# %%
# TODO: look for faults here
def score(close):
    smooth = close.rolling(25, center=True).mean()
    slope = smooth.pct_change(fill_method=None)
    return (slope - slope.mean()) / slope.std()


# solution
def score(close):  # noqa: F811
    slope = close.rolling(25).mean().pct_change(fill_method=None)
    return slope / slope.rolling(100).std()


# %% [markdown]
# And this one follows the score. `closes` has a column for each coin, and nothing after its last day.
# `funding` is the rate that longs pay and shorts receive each day.


# %%
# TODO: and here
def backtest(closes, funding, score):
    closes = closes.dropna(axis="columns")
    side = np.sign(score(closes))
    return (side * closes.pct_change(fill_method=None)).mean(axis="columns")


# solution
def backtest(closes, funding, score):  # noqa: F811
    held = np.sign(score(closes)).shift(1)
    moves = closes.pct_change(fill_method=None)
    return (held * (moves - funding)).mean(axis="columns")


# %% [markdown]
# *Check after each repair.* You are told how many faults remain, and not where. Watch what becomes of the
# brilliant result on the way.

# %%
check("08.3", score, backtest)
shows = garden.sharpe(backtest(*bug_hunt.market(), score)).value
say(f"As it stands, the backtest shows a yearly Sharpe ratio of **{formatting.signed(shows)}**.")

# %% [markdown]
# ### Exercise 08.4 · A plan for the next lesson
#
# In the next lesson you test the framework of the article. Write down what must be fixed before you look: a
# text in three quotes with one line for each of `claim`, `event`, `horizon`, `outcome`, `against`, `data`,
# `costs`, `trials` and `verdict`. A line looks like `horizon: 48h`. *Could a stranger run it without asking
# you?*

# %%
plan = TODO
# solution
plan = """claim: after a jump in a still market the price falls
event: velocity over 24h scores 2 or more, price within 0.5
horizon: 72h
outcome: log return of the close
against: the mean of all hours of the same market
data: bnb-null and bnb-planted, 2023 to 2026
costs: none, the claim is about a direction
trials: 1, this one
verdict: supported if the 95% interval lies below 0"""

# %% [markdown]
# *Check it.* It is also kept beside your notes, as it is now.

# %%
check("08.4", plan)
explain("08.plan", plan)

# %% [markdown]
# ## Evidence card
#
# First, what the ledger of this course says about five sentences of the article; what it counts, it counts in
# the simulated null world. One of them draws a line without a reason, and the last names what the backtest
# above left out. Then the result of the search, and of yours if you opened a seal.

# %%
for name in ("C28", "C20", "C29", "C05", "C38"):
    say(str(weigh(CLAIMS[name], world)))
table = garden.table_of({"BTC-like": oikit.sample("btc-null"), "real": real_market()})
for line in table.attrs["left_out"]:
    say(line)

# %% [markdown]
# *Read a searched row first*: it is what an article would show. Then look at the row below it.

# %%
rates = pd.concat([table, under_seal()])
rates.attrs = {"counts": "days", "against": "the usual day"}
evidence_card(
    claim="The best of many rules goes on to beat the usual where nobody searched.",
    table=rates,
    method="block bootstrap of days; the naive interval takes every day for new evidence",
    trials=found["trials"],
    data=f"cut at {garden.CUT}; simulated btc-null, and what you opened; real only where named so",
    costs=f"funding, and a fee of {margin.TAKER_FEE:.2%} for each unit opened or closed",
    verdict="supported" if (rates["low"][1::2] > 0).all() else "undecided",
    because=f"as a single try p is {found['p']:.3f}, after Bonferroni {found['adjusted']:.2f}",
)

# %% [markdown]
# ## Quiz
#
# Three questions; each wrong option is something people believe.

# %%
quiz("08.q")

# %% [markdown]
# ## Key points
#
# - The best of many tries looks like skill. Count every setting you looked at.
# - Multiply p by the tries, or let a named share of luck pass.
# - A sealed part answers one question, once, and its answer has an interval.
# - Cut the future off: what changes knew it. Then keep the books: fill later, pay funding, count the dead.
# - A plan that was written before binds; one written after describes.
#
# **What this notebook does not show.** Rules that look alike are fewer tries than they count, so Bonferroni
# is severe here. Fees of larger positions, and what an order does to the price, are left out. A plan does
# not make a claim true; it lets you find out.
