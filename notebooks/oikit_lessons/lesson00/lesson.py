# %% [markdown]
# # 00 · Start here and the claim ledger
#
# ## Question
#
# *You read a confident article. Which of its sentences can be wrong, and how would anybody find out?*
#
# You learn how a notebook works, and meet the whole list of statements that this course takes apart.
# By the end you can
#
# - *run* a notebook and *bring it back* when it breaks,
# - *tell apart* definition, arithmetic, forecast, advice, and what cannot be tested,
# - *write down* a prediction with how sure you are,
# - *rewrite* a boast so that it can fail.
#
# Plan twenty minutes. Nothing here tells you to buy or sell anything.
#
# **Run the next cell first.** Click into it, then press Shift and Enter together. The number beside it says
# that it has run. It brings in every tool, and a market that is **simulated**: nothing in it happened.

# %%
import pandas as pd

import oikit
from oikit import charts
from oikit.claims import CLAIMS, forward, weigh
from oikit.explore import explore
from oikit.learn import TODO, check, explain, predict, quiz, reveal, say
from oikit.learn.evidence import by_event, draw_intervals, evidence_card
from oikit.learn.ready import ready
from oikit_lessons.lesson00.explorer import CONTRADICTIONS, counts

charts.use_theme()
market = oikit.sample("bnb-null")

# %% [markdown]
# *Is everything here?* Run this one, too.

# %%
ready()

# %% [markdown]
# **When something breaks**, choose *Restart Kernel and Run All Cells* in the menu *Kernel*. That forgets all
# variables and starts from the top. If cells themselves are broken, take a fresh copy of the notebook. Your
# notes are kept beside it in the folder `.oikit`, without a name. Delete that folder to start over. Nothing
# is sent anywhere.
#
# ## Warm-up
#
# Two questions that need no market. Choose a letter, then **Check**. On the keyboard, Tab moves on and the
# space bar presses.

# %%
quiz("00.w")

# %% [markdown]
# ## Claim card
#
# One well-read article makes the statements of this course. Here is one of them, in our own words:
#
# > About one leveraged position in ten is wiped out.
#
# *What would have to be true?* Somebody would have to say: ten of which positions, within what time, at which
# leverage. A number makes a sentence sound like evidence. It is evidence once you know what was counted.
#
# Five words sort whatever you read.
#
# - A **definition** says what a word means. No data can prove it wrong, though it may be badly chosen.
# - **Arithmetic** follows from other numbers, or fails to.
# - A **forecast** says what comes next. Data can speak for or against it.
# - **Not testable** is what leaves out a part that every test needs, or what no public figure shows.
# - **Advice** says what to do. It is neither true nor false; its reasons may be.
#
# ## Predict
#
# Commit yourself before you look. *Replace each* `TODO` *with a letter in quotes and with how sure you are*,
# from a blind guess (`0.33` with three options) to certain (`1.0`). You can change your mind until you see
# the answer. Lesson by lesson these numbers are kept, and later you see how sure you may be.

# %%
predict("00.a", choice=TODO, confidence=TODO)
predict("00.b", choice=TODO, confidence=TODO)

# %% [markdown]
# ## Worked example
#
# ### One in ten: of what?
#
# Take the sentence of the claim card. A **long** gains when the price rises, a **short** when it falls. Let
# many longs be opened in the simulated market, at each hour, and leave them alone. One is **liquidated** when
# the exchange closes it by force. How many were, by **leverage** (how many times its own money the position
# is worth) and by how long one waits?

# %%
positions = weigh(CLAIMS["C02"], market).table
positions.map("{:.1%}".format)

# %% [markdown]
# *Find one in ten.* The tempting wrong turn is to look for the row that comes nearest, and call the sentence
# confirmed.

# %%
low, high = positions.to_numpy().min(), positions.to_numpy().max()
say(
    f"The share runs from **{low:.1%} to {high:.1%}**, and one in ten lies between. So do most numbers.",
    "Whoever may choose leverage and time afterwards is always right.",
)

# %% [markdown]
# The article then says that one *trader* in ten loses everything. Look at what was exchanged: a position is
# not a person, and a position that was closed is not an account that was emptied.
#
# ### Which part is missing?
#
# Four statements that no other lesson takes up, weighed on the simulated market. A *frame* is the table that
# holds a market; other new words are explained in their lessons. *Before you read the reasons, name what is
# missing in each.*

# %%
for name in ("C01", "C08", "C19", "C34"):
    say(f"**{name}**", str(weigh(CLAIMS[name], market)))

# %% [markdown]
# A period, a survey, a clock, a column. Each could be found in principle. As long as it is missing, nobody
# can be wrong, and that is no compliment.
#
# ## Explorer
#
# All the statements, each with its kind, the lesson that meets it, and its **standing**: what you may do with
# it after reading this course. *Before you run the cell: will most be true, false, or neither?* Then notice:
#
# 1. Choose *any* lesson and go through the kinds. Which kind has the most statements?
# 2. Show the forecasts, then switch the world. What changes, and what does not?
# 3. Find the one that is impossible, and the ones that the article itself contradicts.

# %%
explore("00")

# %% [markdown]
# Buttons answer the space bar. If you read *model not found*, run the cell again. Here is the whole ledger in
# words, folded. You need not open it now: come back when you meet a statement.

# %%
explore("00", kind="any", met_in="any", world="null")

# %% [markdown]
# Eight words are used for **verdicts**, in every lesson. *Supported*, *contradicted* and *negligible* (too
# small to matter) need at least ten separate cases. *Undecided* means that chance could do as much. *Silent*
# is a rule that never or seldom spoke, and *not asked* lacks its data. The other two, *not testable* and
# *arithmetic*, need no data at all.
#
# A standing is worked out from kind and verdict. One is not: that the article is *at odds with itself*
# somebody has to read. Now look at your predictions.

# %%
weighed = sum(claim.kind == "forecast" for claim in CLAIMS.values())
say(
    f"**{weighed} of {len(CLAIMS)}** are forecasts. On the market with nothing built in,",
    f"**{counts('null')['supported']}** of them come out supported.",
)
reveal("00.a")
reveal("00.b")

# %% [markdown]
# Where the article contradicts itself, no data are needed either:

# %%
say(*(f"**{name}** {CLAIMS[name].says} Yet {against}.\n\n" for name, against in CONTRADICTIONS.items()))

# %% [markdown]
# ## Explain
#
# *In one sentence: why is a statement that nobody can prove wrong worth less than one that turns out wrong?*
# Write it between quotes, in place of `TODO`.

# %%
explain("00", TODO)

# %% [markdown]
# > **You may have thought:** a statement with a number in it rests on data.
# >
# > **But** none of these statements says how many cases it rests on. A number without its *of what* and
# > *how many* is a decoration, and a confident tone is no probability.
#
# ## Exercises
#
# ### Exercise 00.1 · A number, handed in
#
# *How many hours does the simulated market hold?* Each row is one hour. Replace `TODO`, run the cell, then
# run the check below it. *Hint:* `len(...)` *counts rows.*

# %%
hours = TODO
# solution
hours = len(market)

# %% [markdown]
# *Check it as often as you like.* A wrong answer tells you which idea to look at again.

# %%
check("00.1", hours)

# %% [markdown]
# ### Exercise 00.2 · Five sentences
#
# *Which kind is each?* Write one of `"definition"`, `"arithmetic"`, `"forecast"`, `"not testable"` and
# `"advice"` for each letter. (*Funding* is what longs and shorts pay one another. You need no more here.)
#
# - **a** A short gains when the price falls.
# - **b** A coin that has lost half of its price must double to be back where it was.
# - **c** In the week after funding was negative for a whole day, the price rises more than usual.
# - **d** Professionals have understood this number for a long time.
# - **e** Write your reason down before you look at the chart.

# %%
a = b = c = d = e = TODO
# solution
a, b, c, d, e = "definition", "arithmetic", "forecast", "not testable", "advice"

# %% [markdown]
# *Check all five together.* To answer one after the other, give each letter a line of its own.

# %%
check("00.2", a, b, c, d, e)

# %% [markdown]
# ### Exercise 00.3 · Make it able to fail
#
# > Very high funding with a surge of open interest is followed by a slump. Every single time.
#
# Rewrite it in five slots, each a few words between quotes. *When* does it speak, *how long* do you look,
# *what* must happen, *compared* with what, and on *which data*? Choose the numbers yourself.

# %%
event = horizon = outcome = comparison = sample = TODO
# solution
event = "funding in its highest 5% of the past year, and open interest up 10% in a day"
horizon = "72 hours"
outcome = "the price is lower by 5% or more"
comparison = "all other hours of the same market"
sample = "BNBUSDT on Binance, 2023 to 2026"

# %% [markdown]
# *Check the five slots.* The check sees whether each is there. Whether it is well chosen, the lesson on
# funding asks.

# %%
check("00.3", event, horizon, outcome, comparison, sample)

# %% [markdown]
# ## Evidence card
#
# Every result of this course comes with a card. Here is the first, for a forecast: open interest that jumps
# is followed by a fall within three days. It is asked of two simulated markets. In one we built such a fall
# in; in the other there is none.

# %%
jump, worlds = CLAIMS["C09"].beside[2], {"null": market, "planted": oikit.sample("bnb-planted")}
tables = []
for name, world in worlds.items():
    happened, after = jump.speaks(world).eq(1), forward(world["close"], jump.horizon)
    tables.append(by_event({f"jumps, {name} world": happened}, after, horizon=jump.horizon))
table = pd.concat(tables)
draw_intervals(table, title="Three days after a jump, two simulated markets", against="the usual three days")

# %% [markdown]
# A dot is how much the price moved beyond the usual, in basis points: hundredths of a per cent. Its line is
# the interval that holds the truth nineteen times in twenty. *Which line leaves zero out?* A method is worth
# something if it finds what is there **and** stays silent where nothing is.

# %%
found = {name: weigh(jump, world).word for name, world in worlds.items()}
evidence_card(
    claim=f"{jump.means} Asked after each separate jump.",
    table=table,
    method="separate jumps; interval and p by circular shift",
    trials=0,
    data=f"simulated samples bnb-null and bnb-planted, to {market.index[-1]:%Y-%m-%d}",
    costs="none charged; the claim is about a direction",
    verdict=found["null"],
    because=f"that is for the null world; in the planted one the same test says {found['planted']}",
)

# %% [markdown]
# Read it from above: what was asked, how many cases, how far off it may be, how many rules were tried before,
# and the verdict. *Circular shift* moves all jumps along the calendar again and again, to see what chance
# alone can do. How often that is as much is **p**. The struck-through interval takes every hour of a jump for
# new evidence: another middle, and far too narrow.
#
# ## Quiz
#
# Three questions; each wrong option is something people believe.

# %%
quiz("00.q")

# %% [markdown]
# ## Key points
#
# - Ask of each sentence which observation could show that it is wrong.
# - A definition, a sum and a piece of advice are not made stronger or weaker by data.
# - A forecast needs an event, a horizon, an outcome, a comparison and a sample.
# - Most statements here cannot be tested as they stand, or do not need it.
# - A confidence is a promise about many answers, and it can be counted.
#
# **What this notebook does not show.** Whether any forecast holds on a real market. The two markets here were
# made by us; they show what the method does when we know the truth.
