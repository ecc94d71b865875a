# %% [markdown]
# # 10 · Your own market
#
# ## Question
#
# *You choose a market that no lesson has prepared. What do you do first, and what do you ask of the next
# article about it?*
#
# You fetch a market or take a bundled one, look at its quality, live through a week without knowing its end,
# and read a report. By the end you can
#
# - *fetch* a market, or *go on* with what is stored,
# - *measure* gaps instead of filling them,
# - *replay* a week so that no later bar is known,
# - *read* a weekly report and *weigh* a claim of your own.
#
# Plan sixty minutes. Nothing here tells you to buy or sell anything.
#
# **Run the next cell first.** Nothing is fetched unless you say so.

# %%
import json

import numpy as np
import pandas as pd

import oikit
from oikit import charts, report
from oikit.claims import Claim, forward, funnel, weigh
from oikit.data.quality import coverage
from oikit.explore import explore
from oikit.indicators import robust_zscore, velocity
from oikit.learn import TODO, check, explain, predict, quiz, real_market, reveal, say
from oikit.learn.evidence import by_event, draw_intervals, evidence_card

charts.use_theme()

# %% [markdown]
# ## Warm-up
#
# Two questions from earlier lessons.

# %%
quiz("10.w")

# %% [markdown]
# ## Claim card
#
# No article this time, but a sentence that you may soon say yourself, in our own words:
#
# > I looked at my market for a few weeks, and the pattern is there.
#
# *What would have to be true?* The data would have to be whole, or their gaps known. Nothing that came later
# may have slipped into what you call the pattern. And it must have been there more often than it is anyway.
# You take the three in turn.
#
# ## Predict
#
# *Replace each* `TODO` *with a letter in quotes and with how sure you are*, from `0.33` to `1.0`.

# %%
predict("10.a", choice=TODO, confidence=TODO)
predict("10.b", choice=TODO, confidence=TODO)

# %% [markdown]
# ## Worked example
#
# ### Fetch, or go on
#
# With a network, one line brings a market from the exchange's public data. It needs no key. It is stored on
# your computer and read from there the next time. *Set* `fetch_now` *to* `True` *if you want to, and choose a
# symbol.* Where there is no network, or the exchange does not serve your country, one sentence says so. What
# is stored is used then; with nothing stored, `fallback="sample"` lets the lesson go on, on a simulated
# market. In a terminal, `oikit fetch` does the same, and `--archive` takes the data from a USB stick.

# %%
symbol, fetch_now = "BNBUSDT", False
if fetch_now:
    oikit.load(symbol, since="2026-01-01", fallback="sample")
stored = real_market(symbol)
name = "bnb-null" if stored is None else symbol
market = oikit.sample(name) if stored is None else stored
kind = "simulated: nothing in it happened" if stored is None else "real"
say(f"From here on the market is **{name}**, which is **{kind}**.")

# %% [markdown]
# ### Look before you compute
#
# How many bars, how long, what is missing? One line says it, and belongs under every chart.

# %%
say(f"{coverage(market)}.")
begin = market.index[-1] - pd.Timedelta(weeks=8)
charts.price_and_open_interest(market, since=begin, source=f"{name}, {kind}")

# %% [markdown]
# A bundled market is whole. So let us break a copy: for nine hours of its last week the exchange is down.
# The tempting repair is to fill the hole with the last known value. *Then count the hours in which the price
# did not move at all.*

# %%
broken = market[["close", "open_interest"]].tail(7 * 24).copy()
broken.iloc[60:69] = np.nan
still = {
    name: int(frame["close"].diff().eq(0).sum())
    for name, frame in {"gap": broken, "filled": broken.ffill()}.items()
}
say(f"With the gap: {coverage(broken)}.")
say(f"Hours without any move: **{still['gap']}** with the gap, **{still['filled']}** after filling it.")
reveal("10.b")

# %% [markdown]
# Filled hours look like a very quiet market, and the next jump like one out of nowhere. A gap that stays a
# gap misleads nobody: what cannot be known comes out as unknown.
#
# ### Live through a week
#
# Now the last week, hour by hour. At each hour cut off all that comes later, and ask: how unusual is the
# change of open interest, against the thirty days before?

# %%
change = velocity(market["open_interest"], "24h")
at_once = robust_zscore(change, "30d").tail(7 * 24)
lived = []
for now in at_once.index:
    past = market["open_interest"].loc[:now].tail(32 * 24)
    lived.append(robust_zscore(velocity(past, "24h"), "30d").iloc[-1])
differ = int((~np.isclose(at_once, lived, equal_nan=True)).sum())
say(f"Lived through or computed at once: **{differ} of {len(lived)}** scores differ.")
reveal("10.a")

# %% [markdown]
# The same function, asked in two ways, gives the same answers, since it never reads a later bar. Now the
# tempting wrong turn: score the week against *itself*, as anybody does who looks at a finished chart.

# %%
whole = change.tail(7 * 24)
spread = 1.4826 * (whole - whole.median()).abs().median()
hindsight = (whole - whole.median()) / spread
then, later = at_once.abs().gt(2), hindsight.abs().gt(2)
say(f"An unusual hour has a score beyond two. At the time there were **{then.sum()}**.")
lost, new = (then & ~later).sum(), (later & ~then).sum()
say(f"With hindsight there are **{later.sum()}**: **{lost}** have dropped out, and **{new}** are new.")

# %% [markdown]
# The week has become its own yardstick: what stood out while you lived through it may now count as usual,
# or the other way round. Marks on a finished week are not those that could have been made in it.
#
# ### One page for the week
#
# A report puts a week on one page: facts first, then charts, and no advice. It takes some seconds. The same
# data give the same page, byte for byte.

# %%
page = report.run(name, out="my_report")
facts = pd.DataFrame(json.loads(page.facts.read_text(encoding="utf-8"))["facts"]).set_index("id")
say(f"Open **my_report/{page.html.name}** in the list of files on the left.")
chosen = facts.loc[facts.index.str.startswith(("price", "open_interest", "dollar")), ["value", "unit"]]
chosen.assign(value=[f"{x:,.0f}" if abs(x) >= 1_000 else f"{x:,.4g}" for x in chosen["value"]])

# %% [markdown]
# Read it in this order. Is it called real or simulated? How much of the week is missing? Did open interest
# move in *coins*? Which part of its move in dollars belongs to the price? How unusual is that, against its
# own past? Only then look at the charts.
#
# ## Explorer
#
# The last week of two simulated markets, in bars of four hours. *Before you move on, say aloud where the
# price will be six bars later.* Then notice:
#
# 1. Stop at a bar that looks like the highest of the week. Show the later bars. Was it?
# 2. Find a bar whose score is beyond two at the time, and not with hindsight.
# 3. Switch the world at the same bar. Could you tell from the week so far which one has a link built in?

# %%
explore("10")

# %% [markdown]
# Sliders move with the arrow keys, buttons with the space bar. If you read *model not found*, run the cell
# again. The same in words:

# %%
explore("10", world="planted", bar=20, later="shown")

# %% [markdown]
# ## Explain
#
# *In one sentence: why must a chart of a finished week not be used to find the rule that is tested on it?*

# %%
explain("10", TODO)

# %% [markdown]
# > **You may have thought:** a pattern that you can point at in your own data is in the data.
# >
# > **But** you pointed after the week was over, at the places that fit. Name the rule first, then let all
# > places speak, also those at which nothing followed.
#
# ## Exercises
#
# ### Exercise 10.1 · The longest gap
#
# Write `longest_gap(column)`. It takes a list in which a missing bar is `None`, and gives back how many bars
# are missing in a row, at most.
#
# *Hint: keep two numbers, the present gap and the longest so far.*


# %%
def longest_gap(column):
    return TODO


# solution
def longest_gap(column):  # noqa: F811
    run = longest = 0
    for value in column:
        run = run + 1 if value is None else 0
        longest = max(longest, run)
    return longest


# %% [markdown]
# *Check it as often as you like.* Your function meets columns you have not seen.

# %%
check("10.1", longest_gap)

# %% [markdown]
# ### Exercise 10.2 · A replay of your own
#
# Write `fall_so_far(prices)`. For each bar give back how far the price is below the highest price *so far*,
# as a fraction of that highest price. *What may you know at bar* `i`*?*


# %%
def fall_so_far(prices):
    return TODO


# solution
def fall_so_far(prices):  # noqa: F811
    return [1 - price / max(prices[: i + 1]) for i, price in enumerate(prices)]


# %% [markdown]
# *Check it.* Your function is also given the same prices with their end cut off.

# %%
check("10.2", fall_so_far)

# %% [markdown]
# ### Exercise 10.3 · Before you look
#
# Take a sentence of the next article you read, or one of your own. *Write it in five slots, before you look
# at the data:* event, horizon, outcome, comparison, sample.

# %%
event = horizon = outcome = comparison = sample = TODO
# solution
event = "open interest in coins has shrunk by a score below −3 over 24 hours"
horizon = "72 hours"
outcome = "the price is higher"
comparison = "all other hours of this market"
sample = "this market, from 2023 to 2026"

# %% [markdown]
# *Check the five slots.*

# %%
check("10.3", event, horizon, outcome, comparison, sample)

# %% [markdown]
# ## Evidence card
#
# The five slots become a claim in ten lines. This one asks whether the price recovers after open interest has
# shrunk fast. *Change it to your own, but only before you run the next cell.* First count, then look.

# %%
mine = Claim(
    id="my-claim",
    says="After open interest has shrunk fast, the price recovers.",
    means="In the three days after it, the price rises more than usual.",
    needs=("open_interest", "close"),
    speaks=lambda f: robust_zscore(velocity(f["open_interest"], "24h"), "30d") < -3,
    horizon="72h",
    expect="higher",
)
say(f"Before any outcome is read: {funnel(mine, market)}.")

# %% [markdown]
# *How many separate events are there?* With fewer than ten the verdict is silent, whatever followed.

# %%
happened, after = mine.speaks(market).eq(1), forward(market["close"], mine.horizon)
table = by_event({"fast shrinking": happened}, after, horizon=mine.horizon)
draw_intervals(table, title=f"After fast shrinking, {name}", against="the usual three days")

# %% [markdown]
# Say what the line allows before you read the card.

# %%
verdict = weigh(mine, market)
evidence_card(
    claim=mine.means,
    table=table,
    method="separate events; interval and p by circular shift",
    trials=0,
    data=f"{name}, {kind}; {market.index[0]:%Y-%m-%d} to {market.index[-1]:%Y-%m-%d}",
    costs="none charged; the claim is about a direction",
    verdict=verdict.word,
    because=f"p = {verdict.p:.2f}, one claim, asked once" if verdict.n >= 10 else f"n = {verdict.n}",
)

# %% [markdown]
# If you change the claim now and weigh it again, that is a second try on the same data. Count it, and write
# the count into the card.
#
# ## Quiz
#
# Three questions; each wrong option is something people believe.

# %%
quiz("10.q")

# %% [markdown]
# ## Key points
#
# - Look at gaps first; measure them and leave them.
# - Cut off the future and compare: what changes was not known.
# - Read a report from its badge to its charts, not the other way round.
# - Write the claim down before the outcome is read, and count every try.
#
# **Ask of the next article:** Which kind of sentence is this? What is counted, where, and from when to when?
# How often did it happen, and how often does it happen anyway? How wide is the interval? How many rules were
# tried before this one? Are costs in it? And which observation would change the author's mind?
#
# **What this notebook does not show.** Whether your market is like any other, or will be like itself. One
# venue is not the market, and a replay of the past is not the next week.
