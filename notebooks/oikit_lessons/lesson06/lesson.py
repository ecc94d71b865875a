# %% [markdown]
# # 06 · Risk and sizing
#
# ## Question
#
# *How near is the price that closes a position by force, how often is it reached, and what does leverage
# buy?*
#
# You derive one formula, meet a price that wanders, and read one piece of advice in three ways.
# By the end you can
#
# - *derive* the move that liquidates a position, with maintenance margin and funding,
# - *estimate* how likely that move is touched on the way,
# - *tell apart* three readings of the same cap,
# - *compare* leverages by growth and by who is left.
#
# Plan sixty minutes. Nothing here tells you to buy or sell anything.
#
# **Run the next cell first.** The markets in it are **simulated**: nothing in them happened.

# %%
import numpy as np
import pandas as pd

import oikit
from oikit import charts, risk
from oikit.charts.risk import liquidation_moves
from oikit.explore import explore
from oikit.learn import TODO, check, explain, given, predict, quiz, reveal, say
from oikit.learn.evidence import draw_intervals, evidence_card
from oikit.learn.stored import real_market
from oikit.margin import tiers
from oikit.stats import bootstrap_mean, newey_west_mean

charts.use_theme()

# %% [markdown]
# ## Warm-up
#
# Two questions from earlier lessons.

# %%
quiz("06.w")

# %% [markdown]
# ## Claim card
#
# Four sentences about size, in our own words. You meet them in many articles:
#
# > At a leverage of twenty, even a move of five per cent against you is enough to be liquidated. About one
# > leveraged position in ten is wiped out. Never let one be more than two per cent of the account. And a
# > leverage of five to ten gives the better return for the risk.
#
# *What would have to be true?* The first must follow from the margin rules. The second needs a leverage and a
# length of time. The third needs one meaning. The last needs a measure, and accounts that live long enough.
#
# Two words. **Liquidation** means that the exchange closes a position because its margin has become too
# small. The **maintenance margin** is how small it may become, as a share of the position.
#
# ## Predict
#
# *Replace each* `TODO` *with a letter in quotes and with how sure you are*, from `0.33` to `1.0`.

# %%
predict("06.a", choice=TODO, confidence=TODO)
predict("06.b", choice=TODO, confidence=TODO)
predict("06.c", choice=TODO, confidence=TODO)

# %% [markdown]
# ## Worked example
#
# ### What is left, and what must stay?
#
# A long is opened at twenty times its margin. Call the position one; the margin is a twentieth of it. The
# article's five per cent are that twentieth: at such a fall all of the margin is gone. So the sentence is
# true. Does it take that much?
#
# It takes less, because somebody is watching. The exchange acts while the maintenance margin is still there,
# a share of what the position is worth *at that price*. So at the fall we look for, two things are equal:
#
# - what is left: the margin, less funding paid, less the fall,
# - what must stay: the rate, times one less the fall.
#
# *Solve that for the fall on paper, before you run the cell.* The library does it for any side and size.

# %%
leverage, rate, paid = 20, 0.005, 9 * 0.001
fall = (1 / leverage - rate) / (1 - rate)
later = risk.liquidation_distance(10_000, side="long", leverage=leverage, tiers=rate, funding_paid=paid)
assert np.isclose(fall, risk.liquidation_distance(10_000, side="long", leverage=leverage, tiers=rate))
say(
    f"A fall of {1 / leverage:.0%} takes all of the margin, so it is enough, as the article says.",
    f"But less will do: a fall of **{fall:.2%}** closes the long.",
    f"Once it has paid {paid:.1%} in funding, in nine settlements, even **{later:.2%}** is enough.",
)
reveal("06.a")

# %% [markdown]
# Funding is paid on the whole position and out of the margin, so it moves the line towards a price that
# stands still.
#
# Larger positions must keep more. An exchange publishes that as a table of **tiers**; this one was in force
# for one contract on the day its source names. *How much sooner is the large position closed?*

# %%
liquidation_moves(tiers("BNBUSDT"), source="tiers: " + tiers("BNBUSDT")["source"].iloc[0])

# %% [markdown]
# ### Does the price get there?
#
# Let the price wander by chance. The tempting way is to look at one price a day: was it ever low enough? The
# exchange looks all the time.

# %%
days, daily = 3, 0.03
yearly = daily * 365**0.5
once = risk.simulate_touch(1 - fall, volatility=yearly, days=days, steps_per_day=1, seed=6)
always = risk.touch_probability(1 - fall, volatility=yearly, days=days)
say(
    f"Looking once a day, {once.probability:.0%} of simulated walks are low enough within {days} days.",
    f"Looking all the time it is **{always:.0%}**. Who looks at daily prices misses the rest.",
)
reveal("06.b")

# %% [markdown]
# ### What does leverage buy?
#
# Take a price that drifts upwards a little, and keep the leverage constant. *Which column stays as it is?*

# %%
table = risk.leverage_table([1, 3, 5, 10], drift=0.2, volatility=yearly, days=365, tiers=rate)
say(
    f"At 5x half of the accounts end below **{table['median_wealth'][5.0]:.0%}** of their start,",
    f"and {1 - table['survival'][5.0]:.0%} of positions that are left alone are liquidated.",
)
reveal("06.c")
table[["sharpe", "median_wealth", "survival"]].map("{:.2f}".format).rename("{:g}x".format)

# %% [markdown]
# The Sharpe ratio, return over risk, is the same in each row. What changes is the wealth of the account in
# the middle, as a multiple of its start. And so does the share of positions that live through the year.
#
# ### How much is two per cent?
#
# An account of ten thousand, a leverage of twenty, a stop four per cent away. The cap may mean what is lost
# at the stop (`risk`), what is put up (`margin`), or the whole position (`notional`).

# %%
sizes = risk.readings(10_000, cap=0.02, leverage=leverage, side="long", tiers=rate, stop=0.04)
sizes[["notional", "margin", "loss_at_stop"]].map("{:,.0f}".format)

# %% [markdown]
# Advice that fits positions so different is no rule until somebody says which is meant.
#
# ## Explorer
#
# A long is opened and left alone for three days. *Before you move anything, say aloud where the green line
# goes.* Then notice:
#
# 1. How far apart are the two curves, touched and beyond? Which one would a daily chart show?
# 2. Raise the funding. Which part of the margin does it take?
# 3. Find a position that is closed as soon as it is opened.

# %%
explore("06")

# %% [markdown]
# Buttons answer the space bar. If you read *model not found*, run the cell
# again. The same in words:

# %%
explore("06", leverage="50x", maintenance="1%", funding="0.1%", volatility="5%")

# %% [markdown]
# ## Explain
#
# *In one sentence: why does a price that ends where it began not mean that the position is still there?*

# %%
explain("06", TODO)

# %% [markdown]
# > **You may have thought:** a cautious size with a little leverage earns better for its risk.
# >
# > **But** leverage multiplies return and risk alike. What it adds is a line that ends the position, and a
# > growth that shrinks with the square of the swings.
#
# ## Exercises
#
# ### Exercise 06.1 · The move that closes a long
#
# Your own numbers; write them as `p.leverage` and so on.

# %%
p = given("06.1")
p

# %% [markdown]
# *Which fall, as a fraction, liquidates this long?* Isolated margin, no fees. *Hint: write down what is left
# and what must stay.*

# %%
move = TODO
# solution
move = 1 - (1 - 1 / p.leverage + p.funding_paid) / (1 - p.maintenance_margin_rate)

# %% [markdown]
# *Check it as often as you like.* A wrong answer tells you which idea to look at again.

# %%
check("06.1", move)

# %% [markdown]
# ### Exercise 06.2 · One cap, three positions
#
# Another account; run the cell once to see its numbers. *How large is the position if the cap is a loss at
# the stop, a margin, or the position itself?* In USDT.

# %%
q = given("06.2")
say("; ".join(repr(q).splitlines()))
as_risk, as_margin, as_notional = TODO, TODO, TODO
# solution
as_risk = q.equity * q.cap / q.stop
as_margin = q.equity * q.cap * q.leverage
as_notional = q.equity * q.cap

# %% [markdown]
# *Check all three together.*

# %%
check("06.2", as_risk, as_margin, as_notional)

# %% [markdown]
# ### Exercise 06.3 · Touched on the way
#
# Write `touched_share(paths, level)`. Each path is a list of prices; give back the share of paths that were
# at or below the level at *any* time.


# %%
def touched_share(paths, level):
    return TODO


# solution
def touched_share(paths, level):  # noqa: F811
    return sum(min(path) <= level for path in paths) / len(paths)


# %% [markdown]
# *Your function meets paths you have not seen.*

# %%
check("06.3", touched_share)

# %% [markdown]
# **Further, unchecked.** Never add to a position that is losing, says another rule. Three plans lose the same
# budget at their stops, on the same simulated walks without drift. Run this in a cell of your own. *Which
# number does the rule improve, and which one does it leave alone?*
#
# ```python
# risk.compare_plans(drift=0, volatility=yearly, days=7, budget=0.02, stop=0.05, step=0.02, seed=6)
# ```
#
# ## Evidence card
#
# Is five better than one? Take three worlds: two simulated ones, and a real one if you have fetched it. The
# tempting result comes first: the mean day, with leverage reset every day.

# %%
worlds = {"null": oikit.sample("bnb-null"), "planted": oikit.sample("bnb-planted"), "real": real_market()}
closes = {
    name: oikit.resample(frame[["close"]], "1d")["close"]
    for name, frame in worlds.items()
    if frame is not None
}
returns = {name: close.pct_change(fill_method=None).dropna() for name, close in closes.items()}
mean = returns["null"].mean()
say(f"In the null world the mean day brings {mean:.2%} at 1x and **{5 * mean:.2%}** at 5x.")

# %% [markdown]
# Five times as much, as it must be. But an account does not add its days, it *multiplies* them, and a loss
# weighs more than the same gain. So take the growth of each day, which is the logarithm of its factor.
# Compare it with that of the same day at a leverage of one.


# %%
def against_one(past, times):
    extra = np.log1p(times * past) - np.log1p(past)
    honest, naive = bootstrap_mean(extra), newey_west_mean(extra, lag=0)
    spans = {"low": honest.low, "high": honest.high, "naive_low": naive.low, "naive_high": naive.high}
    return {"n": honest.n, "effect": honest.value, **spans}


lived = [(name, times) for name in returns for times in (3, 5, 10) if returns[name].min() > -1 / times]
rows = {f"{times}x, {name} world": against_one(returns[name], times) for name, times in lived}
growth = pd.DataFrame.from_dict(rows, orient="index").rename_axis("leverage")
growth.attrs = {"counts": "days", "against": "the same day at 1x"}
draw_intervals(growth, title="Growth a day, against the same day at 1x", against="1x")

# %% [markdown]
# The means pointed up. *Where do the dots point, and what do the lines say about three years?* Where is a
# leverage of ten? It has no dot: on some days it lost everything, and nothing grows out of nothing.

# %%
emptied = ", ".join(f"{int((past <= -1 / 10).sum())} ({name})" for name, past in returns.items())
evidence_card(
    claim="With leverage reset each day, an account at 3x or 5x grows faster than at 1x.",
    table=growth,
    method="block bootstrap of days; the naive interval takes every day for new evidence",
    trials=0,
    data=f"{len(worlds['null']):,} hours, simulated: bnb-null, bnb-planted; real only where named so",
    costs="none: no fees, no funding, no liquidation within the day; all of them would make it worse",
    verdict="contradicted" if (growth["high"] < 0).all() else "undecided",
    because=f"{(growth['high'] > 0).sum()} of {len(growth)} intervals hold 0. Days that empty 10x: {emptied}",
)

# %% [markdown]
# Two verdicts beside it need no data. That five per cent are enough at a leverage of twenty is
# **arithmetic**, and it holds: less is enough. That five to ten times is better than twenty is **arithmetic**, and
# it holds, too: an account grows more, or shrinks less, and lives longer. Its Sharpe ratio is the same at each.
#
# ## Quiz
#
# Three questions; each wrong option is something people believe.

# %%
quiz("06.q")

# %% [markdown]
# ## Key points
#
# - A position is closed before its margin is gone; maintenance margin and funding bring the line nearer.
# - The path counts, not where it ends.
# - Leverage leaves the return for its risk as it is, and takes growth and time.
# - A cap is a rule once you know of what: the loss, the margin, or the position.
# - A stop is an order, not a price.
#
# **What this notebook does not show.** Fees, cross margin, and how an exchange closes a position in steps.
# Walks without jumps are kinder than markets. The claim about one position in ten stays **not testable**: it
# names no leverage and no time.
