# %% [markdown]
# # 02 · Is 15% a lot?
#
# Traders like to divide open interest by market cap. The article behind this course draws a line there:
# above 15%, it says, everyone stands on one side and a reversal is likely.
#
# Here is the ratio of one coin over three years, in a **simulated** market that is modelled on BNB. Make your
# bet before you look.

# %%
import numpy as np
import pandas as pd

import oikit
from oikit.claims import weigh
from oikit.claims.events import first_in_cluster
from oikit.indicators import oi_to_cap
from oikit.learn import *
from oikit.stats import wilson

explore("02")

# %% [markdown]
# The article's line isn't wrong, it just never fired here, so nobody can know what happens after it fires. This
# market was simulated, so let's see how high the ratio got in real ones.

# %%
say(real_fact("btc-ratio-highest"))
say(real_fact("bnb-ratio-highest"))

# %% [markdown]
# Before you work it out yourself, here are two questions from the last lesson.

# %%
quiz("02.w")

# %% [markdown]
# ## Work it out yourself
#
# **Open interest** is the number of contracts that are open now, counted in coins. **Market cap** is the price
# times the coins in circulation. Divide dollars by dollars, and the price cancels:
#
# $$\text{ratio} = \frac{\text{open interest} \times \text{price}}{\text{coins} \times \text{price}}
# = \frac{\text{open interest}}{\text{coins in circulation}}$$

# %%
market = oikit.sample("bnb-null")
days = market.at_time("00:00")
ratio = days["open_interest"] / days["circulating_supply"]
days[["open_interest", "circulating_supply"]].assign(ratio=ratio).head()

# %% [markdown]
# The library has a function that gives the same numbers, so from now on we use its name.

# %%
assert ratio.equals(oi_to_cap(days["open_interest"], days["circulating_supply"]))
usual, highest = ratio.median(), ratio.max()
one_in = 1 / usual
say("02.level", usual=usual, one_in=one_in, highest=highest)

# %% [markdown]
# What makes the ratio move, and what doesn't? Make your second bet.

# %%
predict("02.a")

# %% tags=["solution"]
predict("02.a", choice="b", confidence=0.9)

# %% [markdown]
# The supply moves the ratio, too, because some of these coins are burnt from time to time, as BNB is.

# %%
reveal("02.a")
supply = days["circulating_supply"]
before, now = supply.iloc[0], supply.iloc[-1]
fewer_coins = 1 - now / before
higher_ratio = before / now - 1
say("02.burn", fewer_coins=fewer_coins, higher_ratio=higher_ratio)

# %% [markdown]
# **Your turn.** Three venues report their open interest in three different ways, and you need one ratio.

# %%
p = given("02.1")
p

# %% [markdown]
# Write your numbers as `p.price`, `p.coins_a` and so on, and give a fraction with at least three digits.

# %%
ratio_of_three = TODO
# solution
coins = p.coins_a + p.value_b / p.price + p.both_sides_c / 2
ratio_of_three = coins / p.circulating_supply

# %%
check("02.1", ratio_of_three)

# %% [markdown]
# ## A lower line that does fire
#
# A rule that never fires has no record, so it is tempting to lower the line until it does. Let's take the highest
# 5% of all days and see whether the price was lower 30 days later.

# %%
high = ratio > ratio.quantile(0.95)
later = days["close"].shift(-30)
fell = (later < days["close"])[later.notna()]
after_high, after_any = fell[high].mean(), fell.mean()
say("02.tempting", after_high=after_high, after_any=after_any)

# %% [markdown]
# Would you stop here and trade it? We built this market ourselves, and in it the ratio leads to nothing, so two
# things must be wrong with this comparison.
#
# ### 1. Whatever is picked for being high comes down
#
# Take a figure that has nothing to do with any market: noise that drifts back to its usual level. Bet first:

# %%
predict("02.c")

# %% tags=["solution"]
predict("02.c", choice="c", confidence=0.9)

# %%
noise = pd.Series(np.random.default_rng(2).standard_normal(60_000))
level = noise.ewm(alpha=0.03, adjust=False).mean()
lower = (level.shift(-30) < level)[:-30]
top = (level > level.quantile(0.95))[:-30]
after_top, after_all = lower[top].mean(), lower.mean()
reveal("02.c")
say("02.noise", after="02.c", after_high=after_top, after_any=after_all)

# %% [markdown]
# This is called **regression to the mean**: anything that swings around a level, and is picked because it is high,
# will mostly be lower later. It takes no crowd for that, and it says nothing about the price.
#
# ### 2. Days are not cases
#
# High days come in clumps, and two neighbours share 29 of their 30 next days, so they aren't two pieces of
# evidence. Count the first day of a clump, then wait until its 30 days are over: that is one **episode**.
#
# **Your turn.** Write `episodes(above, wait)`. It takes a list with `True` for each day above the line, and
# returns the days on which an episode begins, counted from 0. The next one may begin `wait` days after the last
# one *began*, not earlier.


# %%
def episodes(above, wait):
    return TODO


# solution
def episodes(above, wait):  # noqa: F811
    starts = []
    for day, high_day in enumerate(above):
        if high_day and (not starts or day >= starts[-1] + wait):
            starts.append(day)
    return starts


# %%
check("02.2", episodes)

# %% [markdown]
# In the library this is `first_in_cluster`. How many episodes are in our high days, and how often did the price
# fall after them?

# %%
first = first_in_cluster(high[fell.index], "30d")
hits = int(fell[first].sum())
cases = int(first.sum())
say("02.episodes", days=int(high.sum()), cases=cases, hits=hits)

# %% [markdown]
# ## How much can so few cases say?
#
# A share of few cases is a rough guess, and **Wilson's interval** says which true rates fit the count. It holds the
# true rate about 95 times in 100. For `k` hits in `n` cases, with `s = k / n` and `z = 1.96`, it is
#
# $$\text{low, high} = \frac{s + \frac{z^2}{2n} \;\mp\; z\sqrt{\frac{s(1-s)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}$$
#
# In words: start at the share, pull it towards one half, then go the same way up and down.
#
# **Your turn.** Write `interval(k, n)`, which returns the low end and then the high end.


# %%
def interval(k, n):
    return TODO


# solution
def interval(k, n):  # noqa: F811
    z, s = 1.96, k / n
    half = z * np.sqrt(s * (1 - s) / n + z**2 / (4 * n**2))
    middle = s + z**2 / (2 * n)
    return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


# %%
check("02.3", interval)

# %%
rate = wilson(hits, cases)
assert rate.low < after_any < rate.high
say("02.interval", hits=hits, cases=cases, low=rate.low, high=rate.high, usual=after_any)

# %% [markdown]
# There is a third slip: we chose the line from *all* days, so it knew the future. A line that you could have used at
# the time looks back only.
#
# ## What the data say about the claim
#
# Four sentences of the article are about this ratio. The course keeps a ledger that tests each of them, in a reading
# that is written down and without looking ahead. This is what it finds in our simulated market:

# %%
for claim in ("C04", "C05", "C06", "C07"):
    say(f"**{claim}**", weigh(claim, market, market="bnb-null"))

# %% [markdown]
# If you have fetched a real market, the next cell asks the same question of it. Without one, the lesson goes on.

# %%
real = real_market()
if real is not None:
    say("**C07**", weigh("C07", real, market=f"{real.attrs['symbol']}, real"))

# %% [markdown]
# Before you test a rule of your own, write it down: a line, a time, and what counts as a turn, so that a stranger
# could run it. It is kept as you wrote it.

# %%
explain("02.rule", TODO)

# %% [markdown]
# ## In your own words
#
# In one sentence: why does a rate after high readings mean nothing without the usual rate?

# %%
explain("02", TODO)

# %% [markdown]
# ## Three questions
#
# Each wrong option is something that people really believe.

# %%
quiz("02.q")

# %% [markdown]
# ## Key points
#
# - Open interest over market cap is coins over coins. The price cancels.
# - A line that is never reached has no record, good or bad.
# - High readings come down by themselves. That is not a turn of the price.
# - Compare with the usual rate, and count episodes instead of days.
# - A few cases fit almost any rate. Write the rule down before you look.
#
# **What this lesson does not show** is whether some other line, coin or time has a link. Our market is simulated, and
# one venue is not the whole market.
#
# **Next:** [03 · Velocity and divergence](03_velocity_divergence.ipynb). Open interest jumps
# while the price stands still, and you try to tell the real picture from nineteen fakes.
