"""The test of a forecast: slide the events round the sample, and see how often chance does as well.

Neighbouring bars are alike twice over: outcomes overlap when they look several bars ahead, and a
state of the market lasts. A plain t-test counts every bar as new evidence. Sliding the whole
pattern of events keeps both kinds of likeness and breaks only the link that is in question.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.errors import InputError
from oikit.stats.estimate import Comparison, Estimate, Expect, expected
from oikit.stats.given import Events, Floats, Values, fraction, horizon_bars, pair_events, whole

__all__ = ["circular_shift", "shift_statistics"]

# Sums come out of a Fourier transform with dust in the last digits; equal statistics stay equal.
_DUST = 1e-9


def circular_shift(
    events: Values,
    outcome: Values,
    *,
    horizon: int | str | pd.Timedelta,
    base: Values | float | None = None,
    expect: Expect = "different",
    shortest: int | None = None,
    confidence: float = 0.95,
) -> Comparison:
    r"""Was what followed the events unlike what followed elsewhere?

    Every way of sliding the events round the sample is tried, none is drawn at random, so there
    is no seed and the same data give the same p-value.

    Parameters
    ----------
    events : Series, array or list, shape (n,), bool or 0/1, on consecutive bars
        NaN: not known; such a bar is neither an event nor part of the rest.
    outcome : Series, array or list, shape (n,), any unit
        What followed each bar; NaN where not known (the last `horizon` bars, at least).
    horizon : int or str
        How far an outcome looks ahead, in bars (``72``) or, with a Series of times, as ``"72h"``.
    base : float or column of shape (n,), optional
        What to expect without the event, bar by bar (such as the mean outcome of the same
        volatility tercile). Without it, events are compared with all other bars.
    expect : {"different", "higher", "lower"}
        Name a side only if it was named before looking.
    shortest : int, optional
        The shortest slide that counts, in bars; `horizon` by default, because a shorter one still
        looks at the same outcomes. 1 counts all: see the Notes.
    confidence : float
        Of the interval.

    Returns
    -------
    Comparison
        ``effect`` in the unit of the outcome, with the interval of all effects that this test
        would not reject: it excludes 0 exactly when the two-sided p is at most 1 - confidence.
        An end is infinite where there are too few slides, or the events' outcomes do not vary.

    Raises
    ------
    InputError
        If the event never or always happened, fewer than two events have a known outcome, the
        columns do not stand on the same rows, or no slide is long enough.

    Notes
    -----
    .. math:: t_s = \frac{\bar y_{E+s} - \bar y_{\text{rest}}}{\mathrm{sd}(y_{E+s}) / \sqrt{n_s}},
        \qquad p = \frac{1 + \#\{s : |t_s| \ge |t_0|\}}{1 + \#\{s\}}

    Dividing by the events' **own** spread is what makes it honest when the events come in wild
    markets: without it, a signal that only marks volatility is found "significant" several times
    too often. If the outcome has two values only, its spread follows from its mean and that
    division would reward luck (six of six has no spread at all); then the spread of the whole
    sample is used.

    Leaving out slides shorter than the horizon finds real effects more often and errs a little on
    the wrong side with short samples and long horizons; ``shortest=1`` errs on neither
    (`tests/test_stats_size.py` measures both).

    All n slides cost a few Fourier transforms: sums over the events at every slide are circular
    cross-correlations of the event indicator with the outcome and its square.

    Examples
    --------
    >>> events = [True, True] + [False] * 18
    >>> outcome = [4.0, 6.0] + [0.0, 1.0] * 9
    >>> answer = circular_shift(events, outcome, horizon=1)
    >>> answer.effect.value, round(answer.statistic, 3), answer.draws
    (4.5, 4.5, 19)
    """
    given = pair_events(events, outcome, base)
    expect = expected(expect)
    alpha = 1 - fraction(confidence, "confidence", open_ends=True)
    ahead = horizon_bars(horizon, outcome if isinstance(outcome, pd.Series) else events)
    least = ahead if shortest is None else whole(shortest, "shortest")
    n = len(given.on)
    if 2 * least > n:
        raise InputError(
            f"no slide of {least:,} bars or more fits into {n:,} bars; a longer history is needed"
        )
    statistics, errors = _statistics(given)
    reachable = statistics[least : n - least + 1]
    null = reachable[~np.isnan(reachable)]
    value, observed = given.effect, float(statistics[0])
    p, reach = compare_with_null(observed, null, expect, alpha)
    error = float(errors[0])
    width = reach * error if error > 0 else math.inf
    spread = "of the sample" if given.yes_no else "of the events"
    effect = Estimate(
        value,
        value - width,
        value + width,
        len(given.hits),
        f"circular shift, spread {spread}",
        confidence,
    )
    skipped = len(reachable) - len(null)
    return Comparison(effect, p, observed, len(null), expect, skipped, error, reach)


def shift_statistics(events: Values, outcome: Values, *, base: Values | float | None = None) -> Floats:
    """What would the statistic be at every slide?

    Parameters
    ----------
    events, outcome, base
        As in `circular_shift`.

    Returns
    -------
    array, shape (n,)
        Entry s: events moved s bars later, round the end of the sample; entry 0 is what happened.
        NaN where fewer than two events fall on known outcomes.

    Raises
    ------
    InputError
        As `circular_shift`.

    Examples
    --------
    >>> shift_statistics([1, 1, 0, 0], [3.0, 5.0, 1.0, 3.0]).round(3).tolist()
    [2.0, 0.0, -2.0, 0.0]
    """
    return _statistics(pair_events(events, outcome, base))[0]


def compare_with_null(observed: float, null: Floats, expect: Expect, alpha: float) -> tuple[float, float]:
    """How often did chance do as well, and what is the least statistic that would have stood out?"""
    sides = {"different": np.abs, "higher": np.positive, "lower": np.negative}
    extreme, here = sides[expect](null), float(sides[expect](observed))
    dust = _DUST * abs(here) if math.isfinite(here) else 0.0
    p = (1 + int(np.count_nonzero(extreme >= here - dust))) / (1 + len(null))
    # At most k of the null may stand as high as what is observed, so the next one must not. The
    # tiny share keeps 0.05 x 20 from being 0.9999 of a draw.
    k = math.floor(alpha * (1 + len(null)) * (1 + 1e-12)) - 1
    if not 0 <= k < len(null):
        return p, math.inf
    reach = float(np.partition(np.abs(null), len(null) - 1 - k)[len(null) - 1 - k])
    # A tie is no excess, whichever way its last digit fell.
    tie = math.isclose(reach, abs(observed), rel_tol=_DUST)
    return p, max(reach, abs(observed) * (1 + _DUST)) if tie else reach


def _statistics(given: Events) -> tuple[Floats, Floats]:
    """The statistic and the standard error at every slide."""
    known = given.known
    everywhere = bool(known.all())
    centre = float(given.outcome[known].mean())
    scale = float(given.outcome[known].std()) or 1.0
    # Centred and scaled, squares do not cancel and the dust is of one known size.
    centred = np.where(known, (given.outcome - centre) / scale, 0.0)
    slide = _Slides(given.on)
    count = np.full(len(known), float(given.on.sum())) if everywhere else slide.count(known)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = slide.sum(centred)
        mean = total / count
        yardstick = _rest(given, centred, total, count) if given.against_rest else -centre / scale
        effect = mean - yardstick
        if given.yes_no:
            variance = np.full(len(known), float(np.mean(centred[known] ** 2)))
        else:
            variance = (slide.sum(centred**2) - count * mean**2) / (count - 1)
        variance[variance < _DUST] = 0.0
        error = np.sqrt(variance / count)
        effect[np.abs(effect) < _DUST] = 0.0
        statistic = np.where(effect == 0, 0.0, effect / error)
    statistic[(count < 2) | np.isnan(effect)] = np.nan
    return statistic, error * scale


def _rest(given: Events, centred: Floats, total: Floats, count: Floats) -> Floats:
    """Mean outcome, at every slide, of the bars that are known to be no events."""
    known = given.known
    if (given.on | given.off).all():
        rest = known.sum() - count
        return np.where(rest > 0, (centred.sum() - total) / rest, np.nan)
    slide = _Slides(given.off)
    rest = slide.count(known)
    return np.where(rest > 0, slide.sum(centred) / rest, np.nan)


class _Slides:
    """Sums over the marked bars, at every slide of the marks."""

    def __init__(self, marks: npt.NDArray[np.bool_]) -> None:
        self._n = len(marks)
        self._size = _transform_size(self._n)
        self._marks = np.conj(np.fft.rfft(marks.astype(np.float64), self._size))

    def sum(self, values: Floats) -> Floats:
        sums = np.fft.irfft(self._marks * np.fft.rfft(values, self._size), self._size)
        if self._size == self._n:
            return sums
        # Slides to the left stand at the end; round the sample, they are slides to the right.
        return sums[: self._n] + sums[-self._n :]

    def count(self, what: npt.NDArray[np.bool_]) -> Floats:
        return np.rint(self.sum(what.astype(np.float64)))


def _transform_size(n: int) -> int:
    """The sample's own length, or twice that and a little if it has a large prime factor.

    A Fourier transform of a prime length takes up to twenty times as long as one of a length made
    of small primes; a year of 5-minute bars (with its 73) is still cheaper as it is.
    """
    rest = n
    for prime in range(2, 128):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        return n
    return min(m << (-(-2 * n // m) - 1).bit_length() for m in (1, 3, 5, 9, 15, 25, 27))
