# %% [markdown]
# # 01 · Open interest basics
#
# ## Question
#
# *A number called open interest rises. What do you know for certain, and what only sounds certain?*
#
# You book a few trades by hand, until the number holds no mystery. Then you test what people read into it.
# By the end you can
#
# - *define* **open interest** and *trace* how one trade changes it,
# - *explain* why every contract has a long and a short,
# - *take apart* a change in dollars into price and positions,
# - *compare* the dollars that are open with the dollars that were paid in.
#
# Plan forty-five minutes. Nothing here tells you to buy or sell anything.
#
# **Run the next cell first.** It brings in every tool of this lesson, and a market that is **simulated**:
# nothing in it happened, and we know what drives it.

# %%
import pandas as pd

import oikit
from oikit import charts
from oikit.explore import explore
from oikit.indicators import price_and_position_parts, quadrant
from oikit.learn import TODO, check, explain, given, predict, quiz, reveal, say
from oikit.learn.evidence import by_label, draw_intervals, evidence_card

charts.use_theme()
world = oikit.sample("bnb-null")

# %% [markdown]
# ## Warm-up
#
# Two questions from the lesson before. Choose a letter, then **Check**. On the keyboard, Tab moves on and
# the space bar presses.

# %%
quiz("01.w")

# %% [markdown]
# ## Claim card
#
# Two readings of open interest are everywhere, in the article behind this course too:
#
# > It shows how much capital people have put to work. When it grows they are confident; when it shrinks
# > they are afraid. (The article itself warns against the second half.)
#
# *What would have to be true?* For the first half: the dollars that are open are the dollars that were paid
# in. For the second: days with growing open interest are followed by other prices than the rest. You check
# the first with arithmetic and the second with data.
#
# Five words, so that we mean the same. A **contract** on a coin is a promise between two people. The **long**
# gains when the price rises, the **short** gains when it falls. **Open interest** is the number of contracts
# that exist at this moment. **Volume** is the number that changed hands so far.
#
# ## Predict
#
# Commit yourself before you look. *Replace each* `TODO` *with a letter in quotes and with how sure you are*,
# from a blind guess (`0.33` with three options) to certain (`1.0`). You can change your mind until you see
# the answer.

# %%
predict("01.a", choice=TODO, confidence=TODO)
predict("01.b", choice=TODO, confidence=TODO)

# %% [markdown]
# ## Worked example
#
# ### Who opens, who closes?
#
# A market starts empty. Four people make four trades. In each trade ask the same two things: does the buyer
# *open* a new long or *close* an old short? Does the seller *open* a new short or *close* an old long?

# %%
trades = pd.DataFrame(
    [
        ("A", "opens", "B", "opens", 5),
        ("C", "opens", "A", "closes", 2),
        ("B", "closes", "D", "opens", 3),
        ("B", "closes", "C", "closes", 2),
    ],
    columns=["buyer", "buyer_does", "seller", "seller_does", "size"],
    index=[1, 2, 3, 4],
)
trades

# %% [markdown]
# Read the second row aloud. C is new and opens a long; A leaves by selling the same contracts. The promise
# lives on with another owner. In the last row both sides leave, and the promise is gone.
#
# ### Count one side only
#
# Two sides that open create contracts. One that opens replaces one that closes. None that opens means that
# contracts disappear. So the change is the size of the trade, times *one less than the number of sides that
# open*.

# %%
sides = trades[["buyer_does", "seller_does"]].eq("opens").sum(axis=1)
ledger = trades.assign(
    change=trades["size"] * (sides - 1),
    open_interest=lambda t: t["change"].cumsum(),
    volume=trades["size"].cumsum(),
)
ledger[["size", "change", "open_interest", "volume"]]

# %% [markdown]
# Volume only ever grows, because it counts what happened. Open interest can stand still or fall, because it
# counts what exists. Your first prediction was about a trade like the second one: *look at what you wrote.*

# %%
last = ledger.iloc[-1]
say(
    f"{last['volume']} contracts were traded and {last['open_interest']} are open.",
    f"They are **{last['open_interest']} longs and {last['open_interest']} shorts**: the same contracts.",
)
reveal("01.a")

# %% [markdown]
# ### From contracts to dollars
#
# Screens often show open interest in dollars: contracts times price. That number moves when *either* moves.
# Suppose the price rises while people close some of their contracts. Were positions added?
#
# Three parts answer that. The **price part** keeps the old contracts and moves the price. The **position
# part** keeps the old price and moves the contracts. The **cross part** is both changes multiplied: new
# contracts at the new part of the price, and nobody's alone.

# %%
coins = pd.Series([1_000_000.0, 970_000.0], ["before", "after"])
price = pd.Series([600.0, 660.0], ["before", "after"])
parts = price_and_position_parts(coins, price, 1).loc["after"]
parts.div(1e6).round(1).rename("million USDT").to_frame()

# %% [markdown]
# The largest part belongs to the price. Here is the tempting wrong turn: reading the total alone. It was your
# second prediction.

# %%
growth = parts["change"] / (coins["before"] * price["before"])
closed = 1 - coins["after"] / coins["before"]
say(
    f"Dollar open interest **grew by {growth:.1%}**, which sounds like new positions.",
    f"In fact **{closed:.0%} of all contracts were closed**. The price did the rest.",
)
reveal("01.b")

# %% [markdown]
# ### Open dollars are not paid-in dollars
#
# People do not pay the value of a contract. They deposit a **margin**, a fraction of it, and a leverage of
# ten means a tenth. Nobody publishes the leverage of everybody, so we assume one.

# %%
notional, leverage = coins["after"] * price["after"], 10
deposits = 2 * notional / leverage
say(
    f"{notional / 1e6:,.0f} million USDT are open. At a leverage of {leverage} on both sides,",
    f"**{deposits / 1e6:,.0f} million** were deposited. Another leverage, another amount.",
)

# %% [markdown]
# So open interest alone cannot say how much capital is at work. That half of the claim fails as arithmetic.
#
# ## Explorer
#
# A small market has some contracts open. The trade you choose happens four times in a row. *Before you move
# anything, say aloud what will happen to all three pictures.* Then notice:
#
# 1. Which of the three pictures never falls, whatever you choose?
# 2. Can you make the longs differ from the shorts?
# 3. Let both sides close while the price rises. Can dollars grow while contracts disappear?

# %%
explore("01")

# %% [markdown]
# Sliders move with the arrow keys, buttons with the space bar. If you read *model not found*, run the cell
# again. The same in words, without any buttons:

# %%
explore("01", buyer="closes", seller="closes", size=1, price_step=20)

# %% [markdown]
# ## Explain
#
# *In one sentence: why can open interest not tell you whether people are optimistic?* Write it between
# quotes, in place of `TODO`. It is kept in your folder and goes nowhere else.

# %%
explain("01", TODO)

# %% [markdown]
# > **You may have thought:** more open interest means more people who expect a rise.
# >
# > **But** each new contract needs somebody who takes the other side. Every long that appears brings a short.
# > What grows is disagreement, in equal amounts.
#
# ## Exercises
#
# ### Exercise 01.1 · The path of open interest
#
# Write `oi_path(trades)`. It takes a list of trades with `buyer`, `seller` and `size`, such as
# `trade.buyer == "opens"`, in a market that starts empty. It gives back a list with the open interest after
# each trade. Nobody can close more than is open: `raise ValueError` there.
#
# *Hint: keep a running total, and ask each trade how many of its sides open.*


# %%
def oi_path(trades):
    return TODO


# solution
def oi_path(trades):  # noqa: F811
    total, path = 0, []
    for trade in trades:
        opening = [trade.buyer, trade.seller].count("opens")
        total += trade.size * (opening - 1)
        if total < 0:
            raise ValueError("nobody can close more than is open")
        path.append(total)
    return path


# %% [markdown]
# *Check it as often as you like.* Your function meets ledgers you have not seen.

# %%
check("01.1", oi_path)

# %% [markdown]
# ### Exercise 01.2 · Price or positions?
#
# A different market, and this time the price *falls*. These are your numbers; write them as `p.price_before`
# and so on.

# %%
p = given("01.2")
p

# %% [markdown]
# *Before you compute: did dollar open interest rise or fall?* Now split the change into its three parts, in
# USDT. *Hint: hold one thing still at a time.*

# %%
price_part = TODO
position_part = TODO
cross_part = TODO
# solution
price_part = p.contracts_before * (p.price_after - p.price_before)
position_part = p.price_before * (p.contracts_after - p.contracts_before)
cross_part = (p.contracts_after - p.contracts_before) * (p.price_after - p.price_before)

# %% [markdown]
# *Check all three together.* A wrong answer tells you which idea to look at again.

# %%
check("01.2", price_part, position_part, cross_part)

# %% [markdown]
# ## Evidence card
#
# The second half of the claim needs data. This is the simulated market. *Find a stretch in which the price
# and the coins part.*

# %%
charts.price_and_open_interest(world, source="simulated market, no link built in")

# %% [markdown]
# Each day gets one of four usual names, from two signs: did the price rise, did open interest in contracts
# rise? The names sound like knowledge of who acted. They are only labels for the signs.
#
# - price up, contracts up: *new longs*; price up, contracts down: *short covering*
# - price down, contracts up: *new shorts*; price down, contracts down: *long liquidation*
#
# What followed is the **return** of the *next* day: by what fraction the price changed. A day on which one of
# the two stood still gets no name.

# %%
day = oikit.resample(world[["close", "open_interest"]], "1d")
label = quadrant(day["close"], day["open_interest"], "1d")
label = label.where(label != "neutral").rename("after a day of")
next_day = day["close"].pct_change(fill_method=None).shift(-1)
table = by_label(label, next_day)
table[["n"]].assign(mean_next_day=table["mean"].map("{:+.2%}".format))

# %% [markdown]
# Four means, and one of them is bound to be the highest. *Before you believe it, look how far each may be
# off.* A dot is how much that group differs from all other days; its line is the interval that holds the
# truth nineteen times in twenty. To find it, the names are slid along the calendar, one day at a time. Each
# slide shows what difference chance alone can make.

# %%
draw_intervals(table, title="The day after, in a simulated market")

# %% [markdown]
# The card says everything that belongs beside such a result. The naive interval, which pretends that days
# know nothing of each other, is struck through. A **p** says how often chance alone does as much. Four names
# are four chances to be lucky, so each p is *adjusted* upwards.

# %%
evidence_card(
    claim="The day after differs, depending on the name that the day before got.",
    table=table,
    method="circular shift of days, for the interval and for p; p adjusted for the names tried",
    trials=0,
    data=f"simulated sample bnb-null, {day.index[0]:%Y-%m-%d} to {day.index[-1]:%Y-%m-%d}",
    costs="none charged; the claim is about a direction",
    verdict="undecided" if (table["p"] > 0.05).all() else "supported",
    because=f"the smallest adjusted p is {table['p'].min():.2f}",
)

# %% [markdown]
# We built this market without any link, so an honest test comes back empty-handed, nineteen times in twenty.
# A method that keeps finding something here would find it anywhere. Later lessons let the same method loose
# on a market with a planted link, and on real data.
#
# ## Quiz
#
# Three questions; each wrong option is something people believe.

# %%
quiz("01.q")

# %% [markdown]
# ## Key points
#
# - Open interest counts contracts that exist; volume counts contracts that changed hands.
# - A trade creates contracts only if both sides open, and removes them only if both close.
# - Longs equal shorts, always. Optimism cannot outweigh pessimism in this number.
# - Dollar open interest is contracts times price; split the change before you read it.
# - Open dollars are not deposited dollars.
#
# **What this notebook does not show.** Who holds the contracts, how much they have deposited, or why they
# trade. One simulated market says nothing about a real one; it says whether the method stays silent when it
# should.
