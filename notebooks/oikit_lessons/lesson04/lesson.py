# %% [markdown]
# # 04 · Funding, correlation, and "every single time"
#
# ## Question
#
# *Two lines rise together, and a signal has never failed so far. What have you learned?*
#
# You compute what funding costs, and meet four ways in which numbers seem to agree.
# By the end you can
#
# - *compute* a funding payment, its sign and its cost in a year,
# - *contrast* the correlation of levels with that of changes,
# - *derive* how often an alarm is right from how often there is anything to warn of,
# - *bound* an "every time", and *correct* for windows that overlap.
#
# Plan sixty minutes. Nothing here tells you to buy or sell anything.
#
# **Run the next cell first.** The markets in it are **simulated**. In the first nothing leads the price; in
# the second a fall after jumps of open interest is built in.

# %%
import math

import numpy as np
import pandas as pd

import oikit
from oikit import charts, learn, stats
from oikit.claims import CLAIMS, weigh
from oikit.claims.ledger import ledger_table, side_by_side
from oikit.explore import explore, tried
from oikit.learn import TODO, check, explain, given, predict, quiz, reveal, say
from oikit.stats.lagged import lagged

charts.use_theme()
world, planted = oikit.sample("bnb-null"), oikit.sample("bnb-planted")

# %% [markdown]
# ## Warm-up
#
# Two questions from earlier lessons. Choose a letter, then **Check**.

# %%
quiz("04.w")

# %% [markdown]
# ## Claim card
#
# Two sentences about funding, in our own words:
#
# > When funding is below zero and open interest keeps growing, something is wrong with the rise.
#
# > When funding is very high and open interest surges, that is euphoria. Euphoria comes before a slump. Every
# > single time.
#
# *What would have to be true?* For the first, the price would have to do worse than usual. Others read the
# same state as a squeeze to come, and expect the opposite. For the second, not one case may fail.
#
# **Funding** is a payment between the two sides, so that the price of the contract stays near that of the
# coin. Above zero longs pay shorts, below zero shorts pay longs.
#
# ## Predict
#
# *Replace each* `TODO` *with a letter in quotes and with how sure you are.*

# %%
predict("04.a", choice=TODO, confidence=TODO)
predict("04.b", choice=TODO, confidence=TODO)
predict("04.c", choice=TODO, confidence=TODO)

# %% [markdown]
# ## Worked example
#
# ### What does funding cost?
#
# The rate looks tiny. It is paid on the whole position, at each settlement. Many settlements are exactly
# zero, because the formula swallows small differences. *In the chart, find a stretch in which longs were paid
# for being long.*

# %%
rate, leverage = 0.0005, 20
say(
    f"A long who pays {rate:.2%} each eight hours pays **{3 * 365 * rate:.1%}** of the position in a year.",
    f"At {leverage}x that is **{3 * rate * leverage:.1%} of the margin each day**.",
)
say(str(weigh(CLAIMS["C38"], world)))
reveal("04.a")
charts.funding(world, since="2025-09-01", source="simulated market, no link built in")

# %% [markdown]
# ### Do two lines belong together?
#
# Three years of a price and of open interest. The tempting way is to look at both, then to let a textbook
# confirm it. *Would you say that they are linked?*

# %%
shown = world[["close"]].assign(open_interest=planted["open_interest"])
daily = np.log(shown.at_time("00:00"))
levels = lagged(daily["open_interest"], daily["close"], horizon=1, reach=0).loc[0]
say(
    f"The levels correlate with **{levels['r']:+.2f}**, and the textbook's interval runs from",
    f"{levels['naive_low']:+.2f} to {levels['naive_high']:+.2f}.",
)
shown["open_interest_value"] = shown["open_interest"] * shown["close"]
charts.price_and_open_interest(shown, source="simulated")

# %% [markdown]
# They have never met. The price is that of the first market, and the open interest comes from the second,
# drawn from other random numbers. *Is this an odd accident?* Let five hundred pairs of lines wander for a
# year, each step drawn by itself.

# %%
steps = np.random.default_rng(4).normal(size=(500, 2, 365))
by_level = [abs(np.corrcoef(walks)[0, 1]) for walks in steps.cumsum(axis=2)]
by_change = [abs(np.corrcoef(moves)[0, 1]) for moves in steps]
changes = lagged(*(daily.diff()[name] for name in daily), horizon=1, reach=0).loc[0]
say(
    f"In the middle, levels correlate with {np.median(by_level):.2f}, up or down, and",
    f"**{np.mean(np.array(by_level) > 0.5):.0%} of the pairs with more than one half**.",
    f"Their changes: {np.median(by_change):.2f}. And the changes of the two lines above:",
    f"{changes['r']:+.2f}, from {changes['low']:+.2f} to {changes['high']:+.2f}.",
)
reveal("04.b")

# %% [markdown]
# Whatever wanders spends long times high and long times low, so two that wander look related. Today's level
# is mostly yesterday's: a year of levels holds a handful of cases, and the textbook counted each day.
# Changes are news, so compare changes. And even then two things may move together because a third one moves
# both.
#
# ### How many cases are there?
#
# Changes can lean on their neighbours, too. Look each day at the return of the next week: neighbours share
# six of their seven days. The next cell takes the open interest of the first market, and a thousand prices
# that never saw it.

# %%
state, rng, week = np.log(world["open_interest"].at_time("00:00")), np.random.default_rng(4), 7
prices = (rng.normal(size=len(state) + week).cumsum() for _ in range(1_000))
found = np.array([np.corrcoef(state, price[week:] - price[:-week])[0, 1] for price in prices])
naive = 1 / math.sqrt(len(state))
say(
    f"There are {len(state):,} windows, but only {len(state) // week} that share no day.",
    f"A textbook expects correlations of ±{naive:.2f}. They scatter by ±{found.std():.2f}:",
    f"**{found.std() / naive:.1f} times** as much, about the root of {week}.",
    f"In {np.mean(np.abs(found) > 1.96 * naive):.0%} of the prices it would have found a link.",
)

# %% [markdown]
# An honest interval deals history again in **blocks** of neighbouring days, so that what is dealt is as
# persistent as what happened. It is the grey band of the explorer below.
#
# ### How often is an alarm right?
#
# "Most slumps came after euphoria" and "after euphoria comes a slump" are two sentences. The first counts
# slumps, the second counts alarms. Take a thousand weeks, and put each in its place.

# %%
weeks, slumps, caught, cried = 1_000, 0.10, 0.70, 0.20
hit, cry = weeks * slumps * caught, weeks * (1 - slumps) * cried
say(
    f"Of {weeks:,} weeks {weeks * slumps:.0f} hold a slump, and {hit:.0f} of these had an alarm.",
    f"Of the others {cry:.0f} had one, too. So **{hit / (hit + cry):.0%} of the alarms were right**.",
)
for n in (5, 20):
    most = stats.zero_failures(n).high
    say(f"And after {n} cases without one failure it may still fail up to {most:.0%} of the time.")
reveal("04.c")

# %% [markdown]
# Quiet weeks are many, so a small share of them makes more alarms than the few weeks with a slump. The last
# two lines bound an "every time": the largest failure rate under which such a run is no stroke of luck.
#
# ## Explorer
#
# Open interest and the price, on the same day or days apart. The world `apart` holds the two strangers that
# you have met. In `null` open interest leans with the price and never leads it. In `planted` a fall follows
# its jumps. *Before you move anything, say aloud which world has the highest correlation.* Then notice:
#
# 1. With levels, meet the strangers. Does any interval hold zero? Is anything there to find?
# 2. Changes over seven days, still strangers. Where is the dashed interval sure while the grey one is not?
# 3. Changes over one day. At which lags does the planted fall show? In the null world one lag ahead stands
#    out, too. How many have you looked at?
# 4. Do the three years agree on the strongest lag?

# %%
explore("04")

# %% [markdown]
# If you read *model not found*, run the cell again. With levels even the grey band was sure of strangers: it
# takes for granted that both lines come back to a mean, and lines that wander do not. No interval mends that.
#
# ## Explain
#
# *In one sentence: why do two lines look related that have never met?* Write it between quotes, in place of
# `TODO`.

# %%
explain("04", TODO)

# %% [markdown]
# > **You may have thought:** funding is high, so the price will rise. Or: so it must fall.
# >
# > **But** funding says who pays now. What follows has to be counted: all cases, the false alarms among them,
# > against what usually follows.
#
# ## Exercises
#
# ### Exercise 04.1 · A day of funding
#
# Run the cell once to see your numbers. `cash_a_day` is what comes in, below zero if it goes out. `of_margin`
# is the same as a share of the margin. *Look at the sign of the rate.*

# %%
p = given("04.1")
say("; ".join(repr(p).splitlines()))
cash_a_day, of_margin = TODO, TODO
# solution
cash_a_day = -p.coins * p.mark_price * p.funding_rate * 3
of_margin = cash_a_day / (p.coins * p.mark_price / p.leverage)

# %% [markdown]
# *Check both together.*

# %%
check("04.1", cash_a_day, of_margin)

# %% [markdown]
# ### Exercise 04.2 · A better alarm
#
# A signal with other numbers sounds. *How likely is a slump now?* Your numbers are `a.catches`, `a.usual` and
# so on. Call the answer `right`, in the cell below the next exercise.
#
# ### Exercise 04.3 · Every single time
#
# A signal has not failed yet. *Up to which rate* `may_fail` *it, until such a run is a stroke of luck? How
# many cases without failure are* `needed` *before you may say that it fails as* `seldom` *as given, or
# less?*

# %%
a, e = given("04.2"), given("04.3")
say("; ".join(f"{a!r}\n{e!r}".splitlines()))
right, may_fail, needed = TODO, TODO, TODO
# solution
right = a.catches * a.usual / (a.catches * a.usual + a.false_alarms * (1 - a.usual))
may_fail = 1 - e.chance ** (1 / e.cases)
needed = math.ceil(math.log(e.chance) / math.log(1 - e.seldom))

# %% [markdown]
# *Check both exercises.* A wrong answer tells you which idea to look at again.

# %%
check("04.2", right)
check("04.3", may_fail, needed)

# %% [markdown]
# ### Exercise 04.4 · Deal history again
#
# The grey interval comes from history dealt again in blocks. Write one such deal,
# `dealt_again(x, y, block, starts)`. From each start take `block` rows; a block that reaches the end goes on
# at the beginning. String the blocks together, and give back the correlation of `x` and `y` in these rows.
# *Hint: pairs stay pairs.*


# %%
def dealt_again(x, y, block, starts):
    return TODO


# solution
def dealt_again(x, y, block, starts):  # noqa: F811
    rows = [(start + i) % len(x) for start in starts for i in range(block)]
    return np.corrcoef(np.array(x)[rows], np.array(y)[rows])[0, 1]


# %% [markdown]
# *Check it.* The middle of a thousand such deals is the interval.

# %%
check("04.4", dealt_again)

# %% [markdown]
# ### Task 04.5 · One counterexample
#
# These are all cases of euphoria in the null world, and whether the price then lay a twentieth lower within
# three days. *Write down one that was not followed by a slump, or that there is none.*

# %%
explain("04.week", TODO)
then = weigh(CLAIMS["C11"], world).followed.map({1.0: "slump", 0.0: "no slump"})
then.to_frame("then").rename("{:%d %b %Y %H:%M}".format).rename_axis("time (UTC)")

# %% [markdown]
# ## Evidence card
#
# Both claims on the card above, each weighed in the world with nothing built in, then in the one with a link.

# %%
worlds = {"null": world, "planted": planted}
for name in ("C10", "C11"):
    for market, frame in worlds.items():
        say(f"**{name}, {market} world:** {weigh(CLAIMS[name], frame)}")
alone = weigh(CLAIMS["C11"], world).beside[-1]
say(f"**A softer reading, null world:** {alone}")

# %% [markdown]
# One failure is enough against "every single time". But look at the last reading: **supported**, where
# nothing was built in! One honest test in twenty errs so. It was asked alone. Now ask all readings of one
# market as a family, and those of a real market, too, if you have stored one. `C12` is the old saying that
# growing open interest means rising prices, and `C38` is about the cost of funding. A word after the number
# marks another reading of the same claim.

# %%
real = learn.real_market()
worlds |= {} if real is None else {"real": real}
table = ledger_table(worlds, claims=[CLAIMS[name] for name in ("C10", "C11", "C12", "C38")])
for name, frame in worlds.items():
    moved = np.log(frame["open_interest"]).diff(24).at_time("00:00")
    paid = frame["funding_rate"].rolling(24).sum().at_time("00:00").diff()
    r = lagged(paid, moved, horizon=1, reach=0).loc[0]
    say(
        f"Daily changes of funding and of open interest, {name}:",
        f"{r['r']:+.2f}, {r['low']:+.2f} to {r['high']:+.2f}.",
    )
side_by_side(table)[list(worlds)]

# %% [markdown]
# Asked with others, the lucky reading, `C11-move`, is **undecided** again. **Silent** means too few cases to
# tell. The card asks the useful question: after euphoria, how much more often than usual does a slump follow?

# %%
found = pd.concat(
    learn.by_event(
        {f"euphoria, {name}": CLAIMS["C11"].speaks(frame) == 1},
        CLAIMS["C11"].outcome(frame, "72h"),
        horizon="72h",
    )
    for name, frame in worlds.items()
)
kind, also = ("simulated", "hourly") if real is None else ("simulated and real", "hourly; real BNBUSDT")
learn.draw_intervals(found, title=f"A slump within three days, {kind}", unit="points", against="usual")

# %% [markdown]
# *Look at n before you look at a dot.* Then read the struck-through column of the card: it takes each hour of
# one euphoria for a new case.

# %%
learn.evidence_card(
    claim="Within three days after euphoria the price lies a twentieth lower more often than usual.",
    table=found,
    method="first event of a cluster; interval by circular shift of the events",
    trials=tried("04"),
    data=f"simulated: bnb-null, bnb-planted; {world.index[0]:%Y-%m-%d} to {world.index[-1]:%Y-%m-%d}, {also}",
    costs="none charged; the claim is about a slump, not about a gain",
    verdict="supported" if (found["low"] > 0).all() else "undecided",
    unit="points",
)

# %% [markdown]
# ## Quiz
#
# Three questions; each wrong option is something people believe.

# %%
quiz("04.q")

# %% [markdown]
# ## Key points
#
# - Funding is paid on the position. Leverage turns a tiny rate into a part of the margin.
# - Levels that wander look related. Compare changes, with intervals that know of neighbours.
# - The share of slumps with an alarm is not the share of alarms with a slump.
# - No failure yet bounds the failure rate; it does not make it zero. One failure ends an "every time".
# - One honest test in twenty errs. Count the tests.
#
# **What this notebook does not show.** What moves funding, and whether a real market answers to it. A
# correlation of changes says nothing of cause. The planted link has a size that we chose.
