# %% [markdown]
# # 02 · Open interest over market cap
#
# ## Question
#
# *A ratio stands above a line that somebody drew. What do you know about what comes next?*
#
# You build the ratio, find out what moves it, and put a famous line to the test. By the end you can
#
# - *construct* the ratio with matching units,
# - *compare* what followed high readings with what **usually** follows,
# - *count* episodes instead of days, and *write* the interval that belongs to a count,
# - *judge* a line that is never reached, or a few times only.
#
# Plan sixty minutes. Nothing here tells you to buy or sell anything.
#
# **Run the next cell first.** The market in it is **simulated**: nothing in it happened, and high ratios
# lead to nothing.

# %%
import numpy as np
import pandas as pd

import oikit
from oikit import charts, learn
from oikit.claims import CLAIMS, weigh
from oikit.claims.events import first_in_cluster
from oikit.explore import explore, tried
from oikit.learn import TODO, check, explain, given, predict, quiz, reveal, say
from oikit.stats import wilson
from oikit_lessons.lesson02 import explorer as thresholds

charts.use_theme()
world = oikit.sample("bnb-null")

# %% [markdown]
# ## Warm-up
#
# Two questions from the lesson before. Choose a letter, then **Check**.

# %%
quiz("02.w")

# %% [markdown]
# ## Claim card
#
# The article behind this course draws a line:
#
# > Open interest above fifteen per cent of the market cap is extreme. Everyone stands on one side, and a turn
# > of the price is statistically probable.
#
# **Market cap** is the price times the coins in circulation.
#
# *What would have to be true?* The line is reached at times. After that, turns are more frequent than
# usual, within a time that is named. And it is the *price* that turns, not the ratio.
#
# The middle part you can answer already. Longs equal shorts at every level, so a size points to no side.
#
# ## Predict
#
# Commit yourself before you look. *Replace each* `TODO` *with a letter in quotes and with how sure you
# are*, from a blind guess (`0.33` with three options) to certain (`1.0`).

# %%
predict("02.a", choice=TODO, confidence=TODO)
predict("02.b", choice=TODO, confidence=TODO)
predict("02.c", choice=TODO, confidence=TODO)

# %% [markdown]
# ## Worked example
#
# ### Match the units
#
# Divide coins by coins, or dollars by dollars. Both ways must agree, or a unit is wrong. Then let contracts
# stand still and look at the other part: this coin is burnt from time to time.

# %%
coins = world["open_interest"] / world["circulating_supply"]
dollars = world["open_interest_value"] / world["market_cap"]
supply = world["circulating_supply"]
say(
    f"The two ways agree in {np.isclose(dollars, coins, rtol=1e-12, atol=0).mean():.0%} of all hours:",
    "the price cancels.",
    f"The supply fell by {1 - supply.iloc[-1] / supply.iloc[0]:.0%}, which **alone** raised the ratio",
    f"by {supply.iloc[0] / supply.iloc[-1] - 1:.0%}, without one contract more.",
)
reveal("02.a")

# %% [markdown]
# So a high ratio means many contracts for the coins there are. It says nothing about the price.
#
# ### Count before you look at what followed
#
# A rule has to speak before it can be right. How often was this line crossed? The course keeps a ledger of
# all claims. Three sentences of the article about this ratio need no outcome at all. (A *bar* is one row of
# the market, here an hour.)

# %%
for name in ("C04", "C06", "C05"):
    say(f"**{name}**", str(weigh(CLAIMS[name], world)))
reveal("02.b")

# %% [markdown]
# **Silent** is a verdict of its own: no cases, no record. The tempting way on is to lower the line until it
# speaks. Let us do that, and take the highest twentieth of all days.
#
# ### The tempting result
#
# Thirty days after such a day, is the ratio lower? Is the price?

# %%
days = thresholds.daily(world)
later = days.shift(-30)
fell = (later < days)[later["close"].notna()]
high = days["ratio"][fell.index] > days["ratio"].quantile(0.95)
table = pd.DataFrame({"after a high ratio": fell[high].mean(), "after any day": fell.mean()})
table.rename({"close": "price, lower", "ratio": "ratio, lower"}).map("{:.0%}".format)

# %% [markdown]
# The ratio came down every time, and the price mostly did. *Would you have stopped here?* We built this
# market, and in it the ratio leads to nothing. So two things must be wrong with this table.
#
# ### First: what is high comes down
#
# Here is a figure made of noise that drifts back to its usual level, as the ratio does. There is no
# market in it at all.

# %%
noise = pd.Series(np.random.default_rng(2).standard_normal(60_000))
level = noise.ewm(alpha=0.03, adjust=False).mean()
lower = (level.shift(-30) < level)[:-30]
top = (level > level.quantile(0.95))[:-30]
say(
    f"Thirty steps later it is lower after {lower.mean():.0%} of all steps,",
    f"but after **{lower[top].mean():.0%}** of the high ones.",
)
reveal("02.c")

# %% [markdown]
# This is called **regression to the mean**. Whatever swings around a level, and is picked for being high, is
# mostly lower later. It proves no crowd, and it says nothing about the price.
#
# ### Second: days are not cases
#
# High days come in clumps, and two neighbours share almost all of the thirty days after them. So count the
# first day of a clump, then wait until its thirty days are over. That is one **episode**.

# %%
first = first_in_cluster(high, "30d")
hits, count = int(fell["close"][first].sum()), int(first.sum())
found = wilson(hits, count)
say(
    f"{high.sum()} high days are {count} episodes. After {hits} of them the price was lower.",
    f"That count may come from any rate between **{found.low:.0%} and {found.high:.0%}**.",
)

# %% [markdown]
# The usual rate lies well inside. The interval is **Wilson's**: it holds the true rate about nineteen
# times in twenty. There is a third slip: the line was chosen from all days, also from those still to
# come.
#
# ## Explorer
#
# The claim speaks of a *turn*. Here is ours: after thirty days of rise, some close within the time allowed
# stands a twentieth lower; after thirty days of fall, a twentieth higher. You choose the line, the time
# allowed, and what counts as one case. For all days, only windows that do not overlap are counted. *Before
# you move anything, say aloud what a wider horizon does to both rates.* Then notice:
#
# 1. How wide is the interval once there are fewer than ten episodes?
# 2. What happens to the rate of *all* days when the horizon grows?
# 3. Stay in the null world and count days. Can you find a setting that leaves the usual rate out? What do
#    episodes say to it?

# %%
explore("02")

# %% [markdown]
# In the planted world a link was built in, and not every setting finds it. If you read *model not found*,
# run the cell again. One setting in words, without any buttons:

# %%
explore("02", world="planted", threshold="0.55%", horizon="14 days", cases="episodes")

# %% [markdown]
# ## Explain
#
# *In one sentence: why does a rate after high readings mean nothing without the usual rate?* Write it
# between quotes, in place of `TODO`.

# %%
explain("02", TODO)

# %% [markdown]
# > **You may have thought:** most high readings were followed by a turn, so they announce it.
# >
# > **But** with enough time a turn follows most days of any kind. Only the difference from the usual rate can
# > count, and only if its interval leaves zero out.
#
# ## Exercises
#
# ### Exercise 02.1 · One ratio from three venues
#
# Three venues tell their open interest in three ways. These are your numbers; write them as `p.price` and
# so on.

# %%
p = given("02.1")
p

# %% [markdown]
# *Which coins belong in the share, and of which coins is it a share?* Give a fraction.

# %%
ratio = TODO
# solution
ratio = (p.coins_a + p.value_b / p.price + p.both_sides_c / 2) / p.circulating_supply

# %% [markdown]
# *Check it.* A wrong answer tells you which trap it fell into.

# %%
check("02.1", ratio)

# %% [markdown]
# ### Exercise 02.2 · From days to episodes
#
# Write `episodes(above, wait)`. It takes a list with `True` for each day above the line. It gives back
# the numbers of the days, counted from zero, on which an episode begins. The next one may begin `wait`
# days after the last one *began*, not earlier.


# %%
def episodes(above, wait):
    return TODO


# solution
def episodes(above, wait):  # noqa: F811
    starts = []
    for day, high in enumerate(above):
        if high and (not starts or day >= starts[-1] + wait):
            starts.append(day)
    return starts


# %% [markdown]
# *Check it.* Your function meets days you have not seen.

# %%
check("02.2", episodes)

# %% [markdown]
# ### Exercise 02.3 · The interval of a count
#
# Write `interval(k, n)` for `k` hits in `n` cases: the low end, then the high end. This is Wilson's formula,
# with `s = k / n` and `z = 1.96`:
#
# ```
# middle = s + z² / (2 n)
# half   = z × √( s (1 − s) / n  +  z² / (4 n²) )
# low    = (middle − half) / (1 + z² / n)
# high   = (middle + half) / (1 + z² / n)
# ```
#
# In words: start at the share, pull it towards one half, then go the same way up and down.


# %%
def interval(k, n):
    return TODO


# solution
def interval(k, n):  # noqa: F811
    z, s = 1.96, k / n
    half = z * np.sqrt(s * (1 - s) / n + z**2 / (4 * n**2))
    middle = s + z**2 / (2 * n)
    return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


# %% [markdown]
# *Check it.* Try six hits in six cases first: what do you expect?

# %%
check("02.3", interval)

# %% [markdown]
# ### Task 02.4 · Write your rule down first
#
# A line, a horizon, a turn. Write your rule *before* the next part opens other worlds. It is kept as you
# wrote it. *Hint: a stranger must be able to run it.*

# %%
explain("02.rule", TODO)

# %% [markdown]
# ## Evidence card
#
# The same rule meets up to three worlds: nothing built in, a link planted, and a real market if you have
# stored one. *Put your own line and horizon here.* A dot is the difference from the usual rate. Above the
# chart stands how the ledger weighs the sentence, in a reading of its own.

# %%
line, horizon = 0.005, "7d"
real = learn.real_market()
worlds = {"nothing built in": days, "a link planted": thresholds.push(days)}
worlds |= {} if real is None else {"real": thresholds.daily(real)}
say(f"Planted: {thresholds.PUSH:.1%} a day, while the ratio is above {thresholds.PUSHED_ABOVE:.1%}.")
found = pd.concat(
    learn.by_event({name: each["ratio"] > line}, thresholds.turns(each["close"], horizon), horizon=horizon)
    for name, each in worlds.items()
)
say("Where nothing is built in,", str(weigh(CLAIMS["C07"], world)))
learn.draw_intervals(found, title="A turn after a high ratio", unit="points", against="the usual rate")

# %% [markdown]
# In the planted world the price is pushed against its direction, day by day, while the ratio is high. The
# dot shows that. Now the card for the world in which nothing was built in, with the article's line beside
# ours.

# %%
lines = {f"above {100 * each:g}%": days["ratio"] > each for each in (0.15, line)}
rates = learn.by_event(lines, thresholds.turns(days["close"], horizon), horizon=horizon)
learn.evidence_card(
    claim=f"Within {horizon} of a ratio above the line, the price turns more often than usual.",
    table=rates,
    unit="points",
    trials=tried("02"),
    method="the interval holds every difference that a circular shift of the episodes cannot rule out",
    data=f"simulated sample bnb-null, {days.index[0]:%Y-%m-%d} to {days.index[-1]:%Y-%m-%d}",
    costs="none charged; the claim is about a direction",
    verdict="silent" if rates["n"].max() < 10 else "supported" if rates["low"].max() > 0 else "undecided",
)

# %% [markdown]
# At the article's line the verdict is *silent*, at ours *undecided*. Both are honest results. The trials
# count the settings you tried in the explorer: the more you tried, the less a good one means.
#
# ## Quiz
#
# Three questions; each wrong option is something people believe.

# %%
quiz("02.q")

# %% [markdown]
# ## Key points
#
# - Open interest over market cap is coins over coins. The price cancels.
# - A line that is never reached has no record, good or bad.
# - High readings come down by themselves. That is no turn of the price.
# - Compare with the usual rate, for the same horizon, and count episodes.
# - A few cases allow almost any rate. Write the rule down before you look.
#
# **What this notebook does not show.** Whether some other line, coin or time has a link. The real world
# here is one venue; the claim speaks of all. And a push that we planted says how the method works, not
# how markets do.
