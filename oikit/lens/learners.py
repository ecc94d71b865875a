"""Ways to learn a probability, and the plain forecasters that must be beaten.

===================  ========================================================================
``logistic``         penalised logistic regression on all the variables
``tree``             gradient-boosted trees on all the variables
``base rate``        how often it happened so far, and nothing else
``rules``            the article's rules, counted as votes; then how often it happened after such
``yesterday``        logistic on the price change of the last day
``four variables``   logistic on the article's four: ratio, velocity, funding, accounts
===================  ========================================================================

`MODELS` has them. Each takes known variables, outcomes and weights, and gives a function from variables
to log odds; what becomes of those is the affair of `oikit.lens.model`.

Nothing is balanced or drawn again: a rare outcome has a small probability, and a model that was taught
otherwise would say so wrongly. Rows weigh their `oikit.lens.examples.uniqueness`, so a penalty meets as
much evidence as there is. scikit-learn (``pip install 'oikit[lens]'``) is imported inside functions only.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from oikit.errors import InputError, MissingExtra
from oikit.stats.given import Floats

Scorer = Callable[[Floats], Floats]
"""From variables, shape (n, k), to log odds, shape (n,)."""

FOUR = ("oi_to_cap_percentile@1h", "velocity@1h", "funding@1h", "crowd_lean@1h")
"""The article's four: how large, how fast, what it costs, which way accounts lean."""

_RULES = (
    "oi_to_cap_percentile@1h",
    "price_move_long@1h",
    "divergence@1h",
    "funding@1h",
    "funding_percentile@1h",
    "velocity@1h",
    "velocity_score@1h",
    "crowd_lean_percentile@1h",
)
_YESTERDAY = ("price_move@1h",)

# Prior spread of the log odds that all variables together may add, before the data speak.
_SPREAD = 1.0
# Ranks that a tree tells apart.
_RANKS = 32


@dataclass(frozen=True, slots=True)
class Model:
    """A way to learn.

    Attributes
    ----------
    name, says : str
    columns : tuple of str or None
        The variables it reads; None: all there are.
    learn : callable
        ``learn(x, y, weight, seed)``, all known, gives a function from variables to log odds.
    all_or_none : bool
        Whether it cannot do without one of its columns.
    """

    name: str
    says: str
    columns: tuple[str, ...] | None
    learn: Callable[[Floats, Floats, Floats, int], Scorer]
    all_or_none: bool = False


def votes(variables: pd.DataFrame) -> pd.Series:
    """Return the balance of votes of the article's rules, in our reading.

    Notes
    -----
    The article gives directions and few numbers, so percentiles of a month replace its words. Its two
    numbers cannot be used as they are: no figure of BNB comes near 15% of market cap, and on markets
    like it accounts are more than 30% to one side on almost every bar. The rule on squeezes requires
    high funding with short accounts, which the vote of the crowd contains already.
    """
    lacking = [name for name in _RULES if name not in variables.columns]
    if lacking:
        raise InputError(f"the rules read {', '.join(lacking)}, which these variables lack")
    x = variables[list(_RULES)].to_numpy(dtype=np.float64)
    said = _votes(x)
    said[np.isnan(x).any(axis=1)] = np.nan
    return pd.Series(said, variables.index, name="votes")


def _votes(x: Floats) -> Floats:
    ratio, move, standstill, funding, usual, velocity, jump, crowd = x.T
    return np.asarray(
        -np.sign(move) * (ratio >= 0.95)
        - (standstill > 0)
        - 1.0 * ((funding < 0) & (velocity > 0))
        - 1.0 * ((usual >= 0.95) & (jump >= 2.0))
        - 1.0 * (crowd >= 0.95)
        + 1.0 * (crowd <= 0.05),
        dtype=np.float64,
    )


def _logistic(x: Floats, y: Floats, weight: Floats, seed: int) -> Scorer:
    linear = sklearn("linear_model")
    centre = np.average(x, axis=0, weights=weight)
    spread = np.sqrt(np.average((x - centre) ** 2, axis=0, weights=weight))

    # A value far outside what was taught says "far", not how far.
    def z(v: Floats) -> Floats:
        return np.clip((v - centre) / spread, -4.0, 4.0)

    # The penalty is a prior: all variables together move the log odds by `_SPREAD`, however many.
    model = linear.LogisticRegression(C=_SPREAD**2 / x.shape[1], max_iter=1_000)
    with _threads("linear_model").limit(limits=1):
        model.fit(z(x), y, sample_weight=weight)
    return lambda v: np.asarray(model.decision_function(z(v)), dtype=np.float64)


def rich_tree(*, rounds: int = 40, leaves: int = 15, leaf: int = 5) -> Model:
    """Trees that are free to learn rows by heart: for the leak laboratory, not for use."""

    def learn(x: Floats, y: Floats, weight: Floats, seed: int) -> Scorer:
        return _boost(
            x,
            y,
            weight,
            seed,
            learning_rate=0.2,
            max_iter=rounds,
            max_leaf_nodes=leaves,
            min_samples_leaf=leaf,
        )

    return Model("rich tree", "trees that may learn rows by heart", None, learn)


def _tree(x: Floats, y: Floats, weight: Floats, seed: int) -> Scorer:
    # A leaf must hold some labels of its own, so it asks for more rows the more they overlap.
    leaf = max(20, int(8.0 / max(float(weight.mean()), 1e-9)))
    return _boost(
        x, y, weight, seed, learning_rate=0.05, max_iter=60, max_leaf_nodes=4, min_samples_leaf=leaf
    )


def _boost(x: Floats, y: Floats, weight: Floats, seed: int, **shape: float) -> Scorer:
    ensemble = sklearn("ensemble")
    # Ranks among a few dozen quantiles: a tree sees no more, and weighted binning of its own is slow.
    edges = np.quantile(x, np.linspace(0, 1, _RANKS + 1)[1:-1], axis=0)
    model = ensemble.HistGradientBoostingClassifier(
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
        **shape,
    )

    def rank(v: Floats) -> Floats:
        columns = [np.searchsorted(edges[:, k], v[:, k], side="right") for k in range(v.shape[1])]
        return np.column_stack(columns).astype(np.float64)

    with _threads("ensemble").limit(limits=1):
        model.fit(rank(x), y, sample_weight=weight / weight.mean())

    def score(v: Floats) -> Floats:
        with _threads("ensemble").limit(limits=1):
            return np.asarray(model.decision_function(rank(v)), dtype=np.float64)

    return score


def _nothing(x: Floats, y: Floats, weight: Floats, seed: int) -> Scorer:
    return lambda v: np.zeros(len(v))


def _rules(x: Floats, y: Floats, weight: Floats, seed: int) -> Scorer:
    """Read the log odds after votes for a rise, a fall or neither, each pulled to the base rate."""
    rate = float(np.average(y, weights=weight))
    odds = {}
    for side in (-1.0, 0.0, 1.0):
        on = np.sign(_votes(x)) == side
        # Ten labels' worth of base rate: a side that spoke twice says little.
        share = (float(np.sum((weight * y)[on])) + 10 * rate) / (float(np.sum(weight[on])) + 10)
        odds[side] = float(np.log(share / (1 - share)))

    def score(v: Floats) -> Floats:
        return np.array([odds[side] for side in np.sign(_votes(v)).tolist()])

    return score


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model("logistic", "penalised logistic regression on all the variables", None, _logistic),
        Model("tree", "gradient-boosted trees on all the variables", None, _tree),
        Model("base rate", "how often it happened so far", (), _nothing),
        Model("rules", "the article's rules as votes", _RULES, _rules, all_or_none=True),
        Model("yesterday", "logistic on the price change of the last day", _YESTERDAY, _logistic),
        Model("four variables", "logistic on ratio, velocity, funding and accounts", FOUR, _logistic),
    )
}
"""Every model, by name. The last four are what the first two must beat."""


def sklearn(name: str) -> Any:
    """Import a part of scikit-learn, or say how to install it."""
    try:
        return importlib.import_module(f"sklearn.{name}")
    except ImportError as error:
        raise MissingExtra("scikit-learn", "lens") from error


@functools.cache
def _threads(part: str) -> Any:
    """Control the threads of what this part of scikit-learn has loaded: looking for it takes a while.

    One is as fast for small tables, and leaves the computer quiet.
    """
    sklearn(part)
    return importlib.import_module("threadpoolctl").ThreadpoolController()
