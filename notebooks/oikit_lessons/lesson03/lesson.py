# %% [markdown]
# # 03 · Which picture is real?
#
# Open interest jumps while the price stands still. The article behind this course calls that *distribution*: those
# who know are selling to those who don't, and a fall comes next.
#
# Below are twenty pictures from a **simulated** market. One shows what happened after such jumps, and nineteen start at
# equally quiet moments without a jump. Can you find the real one?

# %%
import math

import pandas as pd

import oikit
from oikit import charts
from oikit.claims import Claim, sweep, weigh
from oikit.claims.events import first_in_cluster, forward
from oikit.indicators import divergence, robust_zscore, velocity
from oikit.learn import *

charts.use_theme()
explore("03")

# %% [markdown]
# One picture can't show a link even where one is built in, but the average of 60 can. So let's do it properly: say what
# a jump is, find all of them, and look at everything that followed.
#
# There is a catch in the sentence itself: when the price rises afterwards, the same picture is called *accumulation*.
# With both names at hand no outcome can be wrong, so we name one side before we look: **within three days, the price
# falls, or rises less than usual.**
#
# Before that, here are two questions from the last lesson.

# %%
quiz("03.w")

# %% [markdown]
# ## How fast does it move?
#
# **Velocity** is the log change over a window. Does it matter whether you take it in coins or in dollars?

# %%
predict("03.a")

# %% tags=["solution"]
predict("03.a", choice="a", confidence=0.9)

# %%
market = oikit.sample("bnb-null")
coins = market["open_interest"]
change = (coins / coins.shift(24)).map(math.log)
assert ((change - velocity(coins, "24h")).abs().max()) < 1e-12
table = pd.DataFrame({"coins": velocity(coins, "24h"), "price": velocity(market["close"], "24h")})
table["dollars"] = velocity(market["open_interest_value"], "24h")
reveal("03.a")
after("03.a", table.loc[table["price"].abs().nlargest(300).index[::60]].map("{:+.1%}".format))

# %% [markdown]
# Log changes add up, so in each row dollars are coins plus price. Velocity in dollars sees the *price* move and calls it
# a crowd, so use coins. On real markets the mix-up is just as large:

# %%
say(real_fact("oi-price-correlation-median"))

# %% [markdown]
# **Your turn.** Write `velocity_of(oi, w)` for a list of open interest and a window of `w` bars. It returns a list with
# the log change over the window at each bar, and `float("nan")` where the window isn't full.


# %%
def velocity_of(oi, w):
    return TODO


# solution
def velocity_of(oi, w):  # noqa: F811
    changes = [math.log(oi[t] / oi[t - w]) for t in range(w, len(oi))]
    return [float("nan")] * w + changes


# %%
check("03.1", velocity_of)

# %% [markdown]
# ## What is unusual, and when could you know it?
#
# A jump is a velocity that is unusual. It is tempting to subtract the mean of all hours and divide by their standard
# deviation. But when did anyone know the mean of all hours?

# %%
jumps = table["coins"]
known_then = jumps[:"2023-12-31"]
score_then = (known_then - known_then.mean()) / known_then.std()
score_later = (known_then - jumps.mean()) / jumps.std()
renamed = ((score_then > 2) != (score_later > 2)).sum()
say("03.renamed", then=(score_then > 2).sum(), later=(score_later > 2).sum(), renamed=renamed)

# %% [markdown]
# A score that rewrites its own past can't be traded, tested or trusted, so an honest one compares each hour with the
# month *before* it.
#
# **Your turn.** Write `score(values, w)` from the `w` values before each bar. Their median is the middle, and the median
# of their distances from it, times `1.4826`, is the width. The score is the distance of this value from the middle,
# divided by the width. `pd.Series(...).median()` works on any stretch.


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


# %%
check("03.2", score)

# %% [markdown]
# In the library this is `robust_zscore`, and a **divergence** asks it twice: open interest has a score of at least 2,
# and the price a score of at most 0.5 either way.

# %%
jumped = robust_zscore(velocity(coins, "24h"), "30d") >= 2
quiet = robust_zscore(velocity(market["close"], "24h"), "30d").abs() <= 0.5
assert (jumped & quiet).equals(divergence(market["close"], coins, "24h", "30d", spike=2, quiet=0.5) == 1)
cases = first_in_cluster(jumped & quiet, "72h")
what_followed = forward(market["close"], "72h")
say("03.cases", hours=int((jumped & quiet).sum()), cases=int(cases.sum()))

# %% [markdown]
# Here is one of these cases, with the day of the jump shaded. Would this picture convince you?

# %%
worst = what_followed[cases].idxmin()
charts.price_and_open_interest(
    market,
    since=worst - pd.Timedelta("240h"),
    until=worst + pd.Timedelta("144h"),
    shade=(worst - pd.Timedelta("24h"), worst),
    source="simulated market bnb-null, no link built in",
)

# %% [markdown]
# It is as beautiful as any example in any article, and it is noise, because nothing leads the price in this market. We
# picked the best of all cases, and the opposite story has its best case, too:

# %%
moved = what_followed[cases]
lowest, mean, highest = (math.expm1(move) for move in (moved.min(), moved.mean(), moved.max()))
say("03.extremes", lowest=lowest, highest=highest, mean=mean, n=len(moved))

# %% [markdown]
# ## A whole class looks
#
# Back to the twenty pictures: if `n` people each pick one blindly, how often would `k` *or more* of them be right?
#
# $$P(\text{at least } k) = \sum_{j=k}^{n} \binom{n}{j}\, 0.05^{\,j}\, 0.95^{\,n-j}$$
#
# **Your turn.** Write `chance(k, n)`, where `math.comb(n, j)` counts the ways to choose `j` of `n`.


# %%
def chance(k, n):
    return TODO


# solution
def chance(k, n):  # noqa: F811
    hits = range(k, n + 1)
    return sum(math.comb(n, j) * 0.05**j * 0.95 ** (n - j) for j in hits)


# %%
check("03.3", chance)

# %% [markdown]
# ## One sentence, many rules
#
# "Open interest jumps in a quiet price" leaves open how long, how far, and how quiet. Suppose you try three of each:
# how good does the best of all these rules look in a market with nothing in it?

# %%
predict("03.b")

# %% tags=["solution"]
predict("03.b", choice="b", confidence=0.9)


# %%
def rule(window, spike, still):
    def speaks(f):
        return divergence(f["close"], f["open_interest"], window, "30d", spike=spike, quiet=still) == 1

    says, needs = "A jump in a quiet price comes before a fall.", ("close", "open_interest")
    return Claim("my-jump", says, says, needs=needs, speaks=speaks, horizon="72h", expect="lower")


tried = sweep(rule, market, window=["12h", "24h", "72h"], spike=[1.5, 2, 3], still=[0.25, 0.5, 1])
after("03.b", tried.table.sort_values("effect").head(3))

# %%
reveal("03.b")
say("03.best", after="03.b", tried=len(tried.table), alone=tried.deflated.naive_p, among=tried.deflated.p)

# %% [markdown]
# The best of many looks good by luck alone, and that's why this course counts what you try.
#
# ## What the data say about the claim
#
# We take one rule that was named before, the divergence above, to a simulated market with nothing built in, to one with
# a planted fall, and to a real market if you have stored one.

# %%
real = real_market()
worlds = {"bnb-null, simulated": market, "bnb-planted, simulated": oikit.sample("bnb-planted")}
worlds |= {} if real is None else {f"{real.attrs['symbol']}, real": real}
found = pd.concat(
    by_event(
        {name: divergence(f["close"], f["open_interest"]) == 1}, forward(f["close"], "72h"), horizon="72h"
    )
    for name, f in worlds.items()
)
draw_intervals(found, title="Three days after a jump in a quiet price", against="the usual")

# %% [markdown]
# The method finds nothing where nothing is, and finds what was planted. These are the ledger's verdicts on the four
# sentences of this lesson, each in a reading that is written down:

# %%
for claim in ("C03", "C09", "C27", "C36"):
    say(f"**{claim}**", weigh(claim, market, market="bnb-null"))

# %% [markdown]
# And what about real markets? Here is one published count, which rests on too few cases to decide anything.

# %%
say(real_fact("quiet-jump-cases"))
say(real_fact("quiet-jump-fell"))
say(real_fact("quiet-jump-fell-10"))

# %% [markdown]
# Who sells to whom stays out of reach, because each new contract has a buyer *and* a seller.
#
# Now tell the other story: write the rule for *accumulation*, with the same picture and the opposite outcome. Could one
# case count for both?

# %%
explain("03.rule", TODO)

# %% [markdown]
# ## In your own words
#
# In one sentence: why is the best of many readings no evidence?

# %%
explain("03", TODO)

# %% [markdown]
# ## Three questions
#
# Each wrong option is something that people really believe.

# %%
quiz("03.q")

# %% [markdown]
# ## Key points
#
# - Velocity is the log change in coins. In dollars, the price moves it.
# - A score may use what was known then, and nothing later. Cut off the future to test it.
# - Noise has beautiful examples for every story. Weigh all cases of one rule.
# - One sentence holds dozens of rules. Count those you tried.
# - A name that fits any outcome can't be tested.
#
# **What this lesson does not show** is who traded, and why. The planted fall has a size that we chose, and real ones may
# be smaller or absent.
#
# **Next:** [04 · Funding and correlation](04_funding_correlation.ipynb). You test whether expensive funding comes
# before a crash "every single time".
