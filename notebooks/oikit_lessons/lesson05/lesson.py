# %% [markdown]
# # 05 · Squeeze asymmetry
#
# ## Question
#
# *If longs and shorts are always equally many, can one side still be the weaker one?*
#
# You prove an equality, take a famous ratio apart, and let a market fall over.
# By the end you can
#
# - *prove* that both sides hold the same number of contracts,
# - *read* a ratio of accounts as a count of heads,
# - *follow* a cascade of forced orders, round by round,
# - *say* where a lack of balance can hide, and which sentence about it contradicts itself.
#
# Plan sixty minutes. Nothing here tells you to buy or sell anything.
#
# **Run the next cell first.** The markets in it are **simulated**: nothing in them happened.

# %%
import numpy as np
import pandas as pd

import oikit
from oikit import charts, learn
from oikit.cascade import cascade, cohorts
from oikit.charts.risk import cascade_steps
from oikit.claims.article.positioning import squeeze_table
from oikit.claims.events import funding_place
from oikit.explore import explore
from oikit.learn import TODO, check, explain, given, predict, quiz, reveal, say

charts.use_theme()
world = oikit.sample("bnb-null")

# %% [markdown]
# ## Warm-up
#
# Two questions from earlier lessons.

# %%
quiz("05.w")

# %% [markdown]
# ## Claim card
#
# A rule with a promise, in our own words:
#
# > Funding is at its highest of the year, and the open interest of shorts is almost a third larger than that
# > of longs. Then a squeeze of the shorts must come. For in a fast rise exchanges close the shorts first.
#
# *What would have to be true?* Shorts would have to outnumber longs. Both conditions would have to meet. And
# "must" would have to survive a count.
#
# Two words. A **squeeze** is a rise in which shorts are forced to buy. A **cascade** is what follows when
# forced orders move the price and so force out more.
#
# ## Predict
#
# *Replace each* `TODO` *with a letter in quotes and with how sure you are.*

# %%
predict("05.a", choice=TODO, confidence=TODO)
predict("05.b", choice=TODO, confidence=TODO)

# %% [markdown]
# ## Worked example
#
# ### Can one side be larger?
#
# Six people trade with each other, at random, a thousand times. What the buyer gains the seller gives. A
# holding above zero is long, one below zero is short. *Before you run it: what will the two sums be?*

# %%
rng = np.random.default_rng(5)
held = pd.Series(0, index=list("ABCDEF"), name="contracts held")
for _ in range(1_000):
    buyer, seller = rng.choice(held.index, size=2, replace=False)
    size = int(rng.integers(1, 10))
    held[buyer] += size
    held[seller] -= size
say(f"Longs hold **{held.clip(lower=0).sum()}** contracts, shorts hold **{-held.clip(upper=0).sum()}**.")
held.to_frame().T

# %% [markdown]
# Each trade adds the same number to one holding and takes it from another, so all holdings add up to zero.
# Therefore the sentence about larger shorts is no rare event. It is impossible, on every venue, at any time.
#
# ### What does the ratio count?
#
# What the author may have seen is a ratio of *accounts*. *Find the crowd that counts positions instead of
# heads. Is it as one-sided?*

# %%
charts.crowds(world, since="2025-12-01", source="simulated market, no link built in")

# %% [markdown]
# The tempting wrong turn is to read heads as contracts. If most accounts are long, most contracts must be,
# too? The same contracts are shared by fewer shorts, so each short holds more.

# %%
long_share = 0.7
times = long_share / (1 - long_share)
say(
    f"With {long_share:.0%} of accounts long, the average short is **{times:.2f} times** as large",
    "as the average long.",
)
reveal("05.a")

# %% [markdown]
# ### Where can a lack of balance hide?
#
# In leverage, and in the prices at which people came in. Let both sides hold all of the contracts. Longs
# borrow boldly, shorts do not. The price falls a little, then rises as much from the same start.

# %%
book = cohorts(
    600,
    open_interest=500_000,
    long_leverage={20: 1},
    short_leverage={3: 1},
    maintenance_margin_rate=0.005,
)
for shock in (-0.05, 0.05):
    say(str(cascade(book, price=600, shock=shock, depth=100_000)))
reveal("05.b")

# %% [markdown]
# Equal in size, unequal in how near the end is. No published ratio shows that.
#
# ### How does a cascade stop?
#
# Forced orders push the price on, as far as the market is shallow. *Follow the bars: in which round is nobody
# new reached?*

# %%
mix = {50: 1, 20: 2, 10: 2, 5: 3, 3: 2}
book = cohorts(
    600, open_interest=500_000, long_leverage=mix, short_leverage=mix, maintenance_margin_rate=0.005
)
cascade_steps(cascade(book, price=600, shock=-0.05, depth=20_000), within=0.4, source="a model, no data")

# %% [markdown]
# And do exchanges close the shorts first? Here both sides have the same leverage. Turn the shock round, and
# the shorts go, by the same arithmetic. In a rise only shorts lose: it is no order of service.
#
# ## Explorer
#
# Two sides of equal size. *Before you move anything, say aloud which one breaks.* Then notice:
#
# 1. Give both sides the same leverage. What is left of the difference between a fall and a rise?
# 2. Keep the shock and make the market deeper. Which round disappears first?
# 3. Find a small shock that forces out everybody on one side, and nobody on the other.

# %%
explore("05")

# %% [markdown]
# Buttons answer the space bar. If you read *model not found*, run the cell again. The same in words:

# %%
explore("05", longs="mixed", shorts="mixed", shock="+5%", depth="thin")

# %% [markdown]
# ## Explain
#
# *In one sentence: which observation would refute that a squeeze "must" come?* Name what you would have to
# see, and within what time.

# %%
explain("05", TODO)

# %% [markdown]
# > **You may have thought:** a very high funding rate means too many shorts, about to be squeezed.
# >
# > **But** when funding is high, longs pay to stay. If it speaks of a crowd at all, it is the other one. The
# > rule contradicts itself before any data are looked at.
#
# ## Exercises
#
# ### Exercise 05.1 · Heads and contracts
#
# These are your numbers; write them as `p.long_accounts` and so on.

# %%
p = given("05.1")
p

# %% [markdown]
# *How many times as large is the average short as the average long? And how many contracts are held long?*

# %%
times_larger = TODO
held_long = TODO
# solution
times_larger = p.long_accounts / (1 - p.long_accounts)
held_long = p.open_interest

# %% [markdown]
# *Check both together.* A wrong answer tells you which idea to look at again.

# %%
check("05.1", times_larger, held_long)

# %% [markdown]
# ### Exercise 05.2 · Round by round
#
# Write `forced_out(book, price, impact)` for a market of longs. `book` is a list of pairs: a liquidation
# price, and how many contracts go there. `price` is where the shock ended. Each contract forced out takes it
# down by `impact` more. Give back how many contracts are forced out in the end. *Hint: look again until
# nobody is new.*


# %%
def forced_out(book, price, impact):
    return TODO


# solution
def forced_out(book, price, impact):  # noqa: F811
    total, now = 0, price
    while True:
        reached = sum(size for level, size in book if now <= level)
        if reached == total:
            return total
        total, now = reached, price - impact * reached


# %% [markdown]
# *Your function meets markets you have not seen.*

# %%
check("05.2", forced_out)

# %% [markdown]
# ### Exercise 05.3 · Every time, so far
#
# A rule spoke a few times and was right each time. *How low can its true share be, until such a run is a
# stroke of luck with the chance that is given?* Run the cell once to see your numbers.

# %%
q = given("05.3")
say("; ".join(repr(q).splitlines()))
lowest = TODO
# solution
lowest = q.chance ** (1 / q.cases)

# %% [markdown]
# *Check it.* Then read the evidence card with this number in mind.

# %%
check("05.3", lowest)

# %% [markdown]
# ## Evidence card
#
# First count, before any outcome is looked at. *On how many hours do the two conditions meet, if heads stand
# in for contracts?* The left column counts hours with almost a third more short accounts than long ones.

# %%
squeeze_table(world).map("{:,}".format)

# %% [markdown]
# A rule that never speaks has no record, good or bad: it is **silent** here. What can be tested is its first
# half. Does the price rise more than usual in the three days after funding stood near its yearly high? And
# near its low, when shorts pay? The null world, the planted one, and a real one if you have fetched it.

# %%
worlds = {"null": world, "planted": oikit.sample("bnb-planted"), "real": learn.real_market()}
tables = []
for name, frame in worlds.items():
    if frame is not None:
        place = funding_place(frame)
        events = {f"highest, {name}": place >= 0.975, f"lowest, {name}": place <= 0.025}
        after = np.log(frame["close"].shift(-72) / frame["close"])
        tables.append(learn.by_event(events, after, horizon="72h"))
found = pd.concat(tables)
kind = "simulated" if worlds["real"] is None else "simulated and real"
also = "hourly" if worlds["real"] is None else "hourly; real BNBUSDT"
learn.draw_intervals(found, title=f"Three days after extreme funding, {kind}", against="what is usual")

# %% [markdown]
# *Look at n before you look at a dot.* A few dozen events in three years, and lines that reach far to both
# sides. Then read the struck-through column of the card. It takes each hour for a new event. *How often does
# it find something in a market with nothing in it?*

# %%
high = found[found.index.str.startswith("highest")]
word = "supported" if (high["low"] > 0).all() else "undecided"
word = "contradicted" if (high["high"] < 0).all() else word
learn.evidence_card(
    claim="In the three days after funding near its yearly high, the price rises more than usual.",
    table=found,
    method="first event of a cluster; interval by circular shift of the events, each row by itself",
    trials=0,
    data=f"simulated: bnb-null, bnb-planted; {world.index[0]:%Y-%m-%d} to {world.index[-1]:%Y-%m-%d}, {also}",
    costs="none charged; the claim is about a direction",
    verdict=word,
)

# %% [markdown]
# The planted link is of another kind and does not show here. The rest of the rule needs no data. That shorts
# outnumber longs is **arithmetic** and cannot be; that shorts go first in a rise is **arithmetic**, too.
#
# ## Quiz
#
# Three questions; each wrong option is something people believe.

# %%
quiz("05.q")

# %% [markdown]
# ## Key points
#
# - Longs equal shorts. A ratio of accounts counts heads.
# - Asymmetry lives in leverage and entry prices, and no public series shows them.
# - Forced orders feed on themselves until the market is deep enough.
# - High funding means that longs pay. It is no sign of crowded shorts.
# - A rule that never or seldom spoke has no record, however sure it sounds.
#
# **What this notebook does not show.** Real liquidations, which are published in part. People who step in or
# leave of their own will. Whether any real market is as fragile as the model.
