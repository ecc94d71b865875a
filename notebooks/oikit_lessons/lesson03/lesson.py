# %% [markdown]
# # 03 · Velocity and divergence
#
# ## Question
#
# *Open interest jumps while the price stands still. Is somebody up to something, or are you seeing faces in
# clouds?*
#
# You turn a sentence into a rule, and find out how many rules fit into it. By the end you can
#
# - *define* how fast open interest moves, without a look into the future,
# - *detect* when your eye finds patterns in noise,
# - *evaluate* a rule by what followed all of its cases,
# - *count* the choices that were made on the way.
#
# Plan sixty minutes. Nothing here tells you to buy or sell anything.
#
# **Run the next cell first.** Both markets in it are **simulated**. In the first nothing leads the price; in
# the second a link is built in.

# %%
import math

import pandas as pd

import oikit
from oikit import charts, learn
from oikit.claims import CLAIMS, weigh
from oikit.claims.events import first_in_cluster, forward
from oikit.explore import explore, tried
from oikit.indicators import divergence, robust_zscore, velocity
from oikit.learn import TODO, check, explain, predict, quiz, reveal, say
from oikit_lessons.lesson03.lineup import line_up

charts.use_theme()
world, planted = oikit.sample("bnb-null"), oikit.sample("bnb-planted")

# %% [markdown]
# ## Warm-up
#
# Two questions from the lesson before. Choose a letter, then **Check**.

# %%
quiz("03.w")

# %% [markdown]
# ## Claim card
#
# The article behind this course reads one picture like this:
#
# > Open interest spikes while the price consolidates. That is distribution: those who know are selling to
# > those who do not.
#
# *What would have to be true?* First, somebody has to say what a spike is, what standing still is, and
# how long one has to wait. Then the price must fall more often, or further, than after other hours.
#
# There is a catch. When the price rises afterwards, the same picture is called **accumulation**. With both
# names at hand no outcome can be wrong, so you must name one side before you look.
#
# ## Predict
#
# Commit yourself before you look. *Replace each* `TODO` *with a letter in quotes and with how sure you are*.

# %%
predict("03.a", choice=TODO, confidence=TODO)
predict("03.b", choice=TODO, confidence=TODO)

# %% [markdown]
# ## Worked example
#
# ### Define velocity
#
# **Velocity** is the log change over a window. Take the hours in which the price moved most within a day,
# and look at the velocity in coins and in dollars.

# %%
table = pd.DataFrame(
    {
        "price": velocity(world["close"], "24h"),
        "coins": velocity(world["open_interest"], "24h"),
        "dollars": velocity(world["open_interest_value"], "24h"),
    }
)
wild = table.loc[table["price"].abs().nlargest(300).index[::60]]
reveal("03.a")
wild.map("{:+.1%}".format).rename("{:%d %b %Y %H:%M}".format).rename_axis("time (UTC)")

# %% [markdown]
# Log changes add up: in each row the dollars are the coins plus the price, but for rounding. So a velocity in
# dollars sees a price that moves and calls it a crowd. Use coins.
#
# ### Define unusual, without the future
#
# A move is a jump if it is unusual. The tempting way: subtract the mean of all hours and divide by their
# standard deviation. *When could you have known these two numbers?*

# %%
coins = table["coins"]
then = coins[:"2023-12-31"]
known_later = (then - coins.mean()) / coins.std() > 2
known_then = (then - then.mean()) / then.std() > 2
say(
    f"In 2023 there were {known_then.sum()} hours above two, as known at the end of that year.",
    f"Two years later the same hours are scored again: {known_later.sum()} are left.",
    f"**{(known_then != known_later).sum()} hours changed their name**, and nothing in 2023 had changed.",
)

# %% [markdown]
# A score that rewrites its own past cannot be traded, tested, or trusted. The honest one compares each
# hour with the month *before* it: the distance from the median, in robust standard deviations. That is
# `robust_zscore`. The function `divergence` asks it twice: velocity at least two, the price's own move at
# most one half.

# %%
speaks = divergence(world["close"], world["open_interest"], "24h", "30d", spike=2, quiet=0.5) == 1
cases = first_in_cluster(speaks, "72h")
after = forward(world["close"], "72h")
say(f"The rule spoke in {speaks.sum()} hours, which are **{cases.sum()} separate cases**.")

# %% [markdown]
# ### Look at an example
#
# Here is one of them. The shaded day is the one with the jump. *Would this convince you?*

# %%
at = after[cases].idxmin()
span = (at - pd.Timedelta("24h"), at)
charts.price_and_open_interest(
    world,
    since=at - pd.Timedelta("240h"),
    until=at + pd.Timedelta("144h"),
    shade=span,
    source="simulated market, no link built in",
)

# %% [markdown]
# Positions are built up in a still market, then the price breaks. It is as beautiful as any example in any
# article. And it is noise: in this market nothing leads the price. Of many cases one is always the most
# beautiful. The next cell prints the best one for the *other* story, too.
#
# ### Put your eye to the test
#
# Twenty panels. One shows the mean price around the cases. In the others the same cases were slid to random
# places, which breaks every link. *Which one happened?* If there is something to see, you can find it.

# %%
say(
    f"After this case the price moved by {math.expm1(after[at]):+.0%} in three days.",
    f"After another case of the very same rule it moved by {math.expm1(after[cases].max()):+.0%}.",
    f"The mean of all {cases.sum()} cases is {after[cases].mean():+.1%}.",
)
lineup = line_up("03.lineup", world["close"], cases, seed=3)
lineup.draw()

# %% [markdown]
# *Write the number of a panel in place of* `TODO`. Below the answer you see twenty panels from the market
# with a link in it. Is it easier there?

# %%
lineup.judge(TODO)
jumped = divergence(planted["close"], planted["open_interest"]) == 1
line_up("03.planted", planted["close"], first_in_cluster(jumped, "72h"), seed=8).draw()

# %% [markdown]
# ## Explorer
#
# One sentence, four choices. Each combination is one of the rules that somebody could have in mind.
# *Before you move anything, say aloud which rule you would have chosen.* Then notice:
#
# 1. In the null world, search for the strongest fall. What does it look like, and on how many cases does it
#    rest?
# 2. Where does the dashed interval leave zero out while the honest one holds it?
# 3. In the planted world, does a price that stands still make any difference?

# %%
explore("03")

# %% [markdown]
# If you read *model not found*, run the cell again. Here is the strongest rule of the null world in words.

# %%
reveal("03.b")
explore("03", window="72h", spike=3, quiet="1")

# %% [markdown]
# ## Explain
#
# *In one sentence: why is the best of many readings no evidence?* Write it between quotes, in place of
# `TODO`.

# %%
explain("03", TODO)

# %% [markdown]
# > **You may have thought:** the picture is so clear that it cannot be chance.
# >
# > **But** chance draws clear pictures every week, and you were shown the clearest. What counts is all cases
# > of one rule, which was named before.
#
# ## Exercises
#
# ### Exercise 03.1 · Velocity
#
# Write `velocity_of(oi, w)`. It takes a list of open interest in coins, and a window of `w` bars. It
# gives back a list of the same length with the log change over the window, and `float("nan")` where the
# window is not full. *Hint:* `math.log`*, and each bar looks at one earlier bar.*


# %%
def velocity_of(oi, w):
    return TODO


# solution
def velocity_of(oi, w):  # noqa: F811
    changes = [math.log(oi[t] / oi[t - w]) for t in range(w, len(oi))]
    return [float("nan")] * w + changes


# %% [markdown]
# *Check it.* It is also run on lists whose end was cut off.

# %%
check("03.1", velocity_of)

# %% [markdown]
# ### Exercise 03.2 · How unusual, as known then
#
# Write `score(values, w)`, again one number for each bar. Take the `w` values *before* the bar: their
# median is the middle, and the median of their distances from it, times `1.4826`, is the width. The score
# is the distance of this value from the middle, over the width. *Hint:* `pd.Series(...).median()` *works
# on any stretch.*


# %%
def score(values, w):
    return TODO


# solution
def score(values, w):  # noqa: F811
    scores = [float("nan")] * w
    for t in range(w, len(values)):
        past = pd.Series(values[t - w : t])
        width = 1.4826 * (past - past.median()).abs().median()
        scores.append((values[t] - past.median()) / width)
    return scores


# %% [markdown]
# *Check it.* A full-sample yardstick will be noticed.

# %%
check("03.2", score)

# %% [markdown]
# ### Exercise 03.3 · A whole class looks at the line-up
#
# Of `n` people, `k` pick the right panel out of twenty. Write `chance(k, n)`: how often would as many *or
# more* be right, if all of them pick blindly? *Hint:* `math.comb(n, j)` *counts the ways to choose.*


# %%
def chance(k, n):
    return TODO


# solution
def chance(k, n):  # noqa: F811
    hits = range(k, n + 1)
    return sum(math.comb(n, j) * 0.05**j * 0.95 ** (n - j) for j in hits)


# %% [markdown]
# *Check it.* Then try four and five of thirty: between them lies the usual line of one in twenty.

# %%
check("03.3", chance)

# %% [markdown]
# ### Task 03.4 · The other story
#
# Write the rule for *accumulation*: same picture, opposite outcome. Could one case count for both stories?
# Keep your rule here, with its window, its scores and its horizon.

# %%
explain("03.rule", TODO)

# %% [markdown]
# ## Evidence card
#
# One rule, named before: the one of the worked example. It meets nothing built in, a link planted, and a real
# market if you have stored one. Above the chart stands how the course's ledger weighs four sentences of the
# article, each in a reading of its own.

# %%
worlds, real = {"simulated, no link": world, "simulated, link planted": planted}, learn.real_market()
worlds |= {} if real is None else {"real": real}
rule = {name: divergence(each["close"], each["open_interest"]) == 1 for name, each in worlds.items()}
found = pd.concat(
    learn.by_event({name: rule[name]}, forward(each["close"], "72h"), horizon="72h")
    for name, each in worlds.items()
)
for name in ("C03", "C09", "C27", "C36"):
    say(str(weigh(CLAIMS[name], world)))
learn.draw_intervals(found, title="Three days after a jump in a still market", against="the usual")

# %% [markdown]
# The method stays silent where there is nothing, and finds what was planted: a fall after jumps. Now the
# card, for the world in which nothing was built in.

# %%
rules = {"jump in a still market": speaks, "any jump": robust_zscore(coins) >= 2}
rates = learn.by_event(rules, after, horizon="72h")
learn.evidence_card(
    claim="In the three days after it the price falls more, or rises less, than usual.",
    table=rates,
    method="all effects that a circular shift of the cases would not reject",
    trials=tried("03"),
    data=f"simulated sample bnb-null, {world.index[0]:%Y-%m-%d} to {world.index[-1]:%Y-%m-%d}",
    costs="none charged; the claim is about a direction",
    verdict="supported" if (rates["high"] < 0).any() else "undecided",
)

# %% [markdown]
# The rules tried stand on the card, because the best of many is no surprise. Who sells to whom stays out of
# reach: each new contract has a buyer *and* a seller, so no count of contracts can tell.
#
# ## Quiz
#
# Three questions; each wrong option is something people believe.

# %%
quiz("03.q")

# %% [markdown]
# ## Key points
#
# - Velocity is the log change in coins. In dollars the price moves it.
# - A score may use what was known then, and nothing later. Cut the future off to test it.
# - One sentence holds dozens of rules. Count those you tried.
# - Noise holds beautiful examples for every story. Weigh all cases of one rule.
# - A name that fits any outcome cannot be tested.
#
# **What this notebook does not show.** Who traded, and why. One simulated market without a link tells how
# the method errs. The planted link has a size that we chose, and real ones may be smaller or absent.
