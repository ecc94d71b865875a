# %% [markdown]
# # 01 · Who is long, who is short?
#
# People read open interest like a mood: it rises, so everyone must be optimistic. The article behind this
# course reads it as the capital that people have put to work.
#
# Here is the smallest market there is, in which two people make one contract. Make your bet first, and then trade as
# long as you like.

# %%
import pandas as pd

import oikit
from oikit import charts
from oikit.claims import weigh
from oikit.indicators import price_and_position_parts, quadrant
from oikit.learn import *

charts.use_theme()
explore("01")

# %% [markdown]
# Whatever you tried, longs and shorts never differed. Four words help to say why.
#
# - A **perpetual** is a contract on a coin that never expires: a promise between two people.
# - The **long** gains when the price rises, and the **short** gains when it falls.
# - **Open interest** is the number of contracts that exist now.
# - **Volume** is the number that has changed hands so far.
#
# Two questions from the last lesson come first. Choose an answer, then press **Check**.

# %%
quiz("01.w")

# %% [markdown]
# ## Count it yourself
#
# A market starts empty, and four people make four trades. Ask two things of each trade: does the buyer *open* a new
# long or *close* an old short, and does the seller *open* a new short or *close* an old long?

# %%
predict("01.a")

# %% tags=["solution"]
predict("01.a", choice="b", confidence=0.9)

# %%
trades = pd.DataFrame(
    [
        ("A", "opens", "B", "opens", 5),
        ("C", "opens", "A", "closes", 2),
        ("B", "closes", "D", "opens", 3),
        ("B", "closes", "C", "closes", 2),
    ],
    columns=["buyer", "buyer_does", "seller", "seller_does", "size"],
)
trades

# %% [markdown]
# Look at row 1, the second trade: C is new and opens a long, and A leaves by selling the same 2 contracts, so the
# promise lives on with another owner. In the last row both people leave, and the promise is gone. In short:
#
# | who opens? | open interest changes by |
# |---|---|
# | both | + size |
# | one | nothing |
# | nobody | − size |

# %%
opening = trades[["buyer_does", "seller_does"]].eq("opens").sum(axis=1)
trades["change"] = trades["size"] * (opening - 1)
trades["open_interest"] = trades["change"].cumsum()
trades["volume"] = trades["size"].cumsum()
after("01.a", trades[["size", "change", "open_interest", "volume"]])

# %%
last = trades.iloc[-1]
reveal("01.a")
say("01.ledger", after="01.a", volume=last["volume"], open_interest=last["open_interest"])

# %% [markdown]
# **Your turn.** Write `oi_path(trades)` for a market that starts empty. It takes a list of trades with `buyer`, `seller`
# and `size`, for example `trade.buyer == "opens"`, and returns a list with the open interest after each trade. Nobody
# can close more than is open, so `raise ValueError` there.


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


# %%
check("01.1", oi_path)

# %% [markdown]
# ## Dollars hide a price
#
# Screens usually show open interest in dollars, which is contracts times price, so the number moves when *either* of
# them moves. Suppose the price rises while people close contracts.

# %%
predict("01.b")

# %% tags=["solution"]
predict("01.b", choice="a", confidence=0.9)

# %% [markdown]
# To see what happened, split the change into three parts. The **price part** keeps the old contracts and moves the
# price, the **position part** keeps the old price and moves the contracts, and the **cross part** is both changes
# multiplied.
#
# $$\Delta(\text{contracts} \times \text{price}) = \text{contracts}\,\Delta\text{price}
# + \text{price}\,\Delta\text{contracts} + \Delta\text{contracts}\,\Delta\text{price}$$

# %%
contracts = pd.Series([1_000_000.0, 970_000.0], ["before", "after"])
price = pd.Series([600.0, 660.0], ["before", "after"])
price_part = contracts["before"] * (price["after"] - price["before"])
position_part = price["before"] * (contracts["after"] - contracts["before"])
cross_part = (contracts["after"] - contracts["before"]) * (price["after"] - price["before"])
parts = price_and_position_parts(contracts, price, 1).loc["after"]
assert [price_part, position_part, cross_part] == parts[
    ["price_part", "position_part", "cross_part"]
].tolist()

# %%
before = contracts["before"] * price["before"]
reveal("01.b")
say(
    "01.parts",
    after="01.b",
    grew=parts["change"] / before,
    closed=1 - contracts["after"] / contracts["before"],
)

# %% [markdown]
# Real screens do the same: at the end of 2022, more BNB contracts were open than a year before, and fewer dollars.

# %%
say(real_fact("bnb-oi-2021"))
say(real_fact("bnb-oi-2022"))
say(real_fact("bnb-oi-dollars-2021"))
say(real_fact("bnb-oi-dollars-2022"))

# %% [markdown]
# **Your turn.** In your market the price *falls*, and you split the change into its three parts, in USDT.

# %%
p = given("01.2")
p

# %%
price_part = TODO
position_part = TODO
cross_part = TODO
# solution
price_part = p.contracts_before * (p.price_after - p.price_before)
position_part = p.price_before * (p.contracts_after - p.contracts_before)
cross_part = (p.contracts_after - p.contracts_before) * (p.price_after - p.price_before)

# %%
check("01.2", price_part, position_part, cross_part)

# %% [markdown]
# ## Open dollars are not paid-in dollars
#
# Nobody pays the full value of a contract, its **notional**. Each side deposits a **margin**, and a **leverage** of 10
# means that one tenth of the notional is enough. Nobody publishes the leverage of everybody, so we try three:

# %%
notional = contracts["after"] * price["after"]
leverage = pd.Series([5, 10, 20], name="leverage")
deposits = 2 * notional / leverage
say("01.margin", notional=notional, at_5=deposits[0], at_20=deposits[2])

# %% [markdown]
# So open interest can't say how much capital is at work, and that half of the claim fails as arithmetic. The ledger of
# this course, which tests every statement of the article, says so too:

# %%
market = oikit.sample("bnb-null")
say("**C33**", weigh("C33", market, market="bnb-null"))

# %% [markdown]
# ## Does a growing number mean anything for the price?
#
# This half of the claim needs data. Here is a **simulated** market of three years, built so that nothing in it leads the
# price. Find a stretch in which price and coins go separate ways.

# %%
charts.price_and_open_interest(market, source="simulated market bnb-null, no link built in")

# %% [markdown]
# Traders give each day one of four names, from two signs: did the price rise, and did the contracts rise?
#
# - both up: *new longs*; price up, contracts down: *short covering*
# - price down, contracts up: *new shorts*; both down: *long liquidation*
#
# The names sound as if someone had looked, but they only rename two signs. What came on the *next* day?

# %%
day = oikit.resample(market[["close", "open_interest"]], "1d")
label = quadrant(day["close"], day["open_interest"], "1d")
next_day = day["close"].pct_change(fill_method=None).shift(-1)
table = by_label(label.where(label != "neutral").rename("after a day of"), next_day)
table[["n", "mean"]]

# %% [markdown]
# One of four means is always the highest, so look at how far each of them may be off. A dot shows how much a group
# differs from all other days, and its line holds the truth about 95 times in 100.

# %%
draw_intervals(table, title="The day after, in the simulated market bnb-null")

# %%
say("01.verdict", n=int(table["n"].sum()), smallest_p=table["p"].min())

# %% [markdown]
# The article itself warns against reading the direction as a mood. The ledger agrees with the warning:

# %%
say("**C12**", weigh("C12", market, market="bnb-null"))

# %% [markdown]
# Where nothing is, an honest test finds nothing 95 times in 100, and a method that always finds something would find it
# anywhere. Later lessons use the same method where a link is planted, and on real data.
#
# ## In your own words
#
# In one sentence: why can't open interest tell you whether people are optimistic?

# %%
explain("01", TODO)

# %% [markdown]
# ## Three questions
#
# Each wrong option is something that people really believe.

# %%
quiz("01.q")

# %% [markdown]
# ## Key points
#
# - Open interest counts contracts that exist. Volume counts contracts that changed hands.
# - A trade makes contracts only if both sides open, and removes them only if both close.
# - Longs equal shorts, always. This number can't lean to one side.
# - Dollars are contracts times price. Split the change before you read it.
# - Open dollars are not deposited dollars.
#
# **What this lesson does not show** is who holds the contracts, what they deposited, or why they trade. One simulated
# market says nothing about a real one, but it shows that the method finds nothing when it should.
#
# **Next:** [02 · Is 15% a lot?](02_ratio_threshold.ipynb) You divide open interest by market cap, and test a
# famous line.
