"""What the data can and cannot say: the statistics that no light library keeps.

=============================  ====================================================================
did the events matter?         `circular_shift` decides; `shift_statistics` shows what chance does
how large, how sure?           `bootstrap_effect`, `bootstrap_mean`, `bootstrap_sums`, `block_length`
what others would have said    `plain_t`, `newey_west_t`, `newey_west_mean`, `newey_west_lag`
what could have been seen?     `min_detectable_effect`, `events_needed`, `trials_needed`, `power_of`
how often does it happen?      `wilson`, `clopper_pearson`, `zero_failures`, `binomial_p`
numbers without neighbours     `permutation`
many questions at once         `benjamini_hochberg`, `holm`, `any_false_positive`
skill, luck, or many tries?    `sharpe_ratio`, `probabilistic_sharpe`, `deflated_sharpe`,
                               `expected_max_sharpe`, `min_track_record`, `track_record`
was the noise chosen?          `overfitting`, `cpcv_counts`
how good is a probability?     `brier`, `base_rate_scores`, `reliability_table`
=============================  ====================================================================

The one rule: a number comes with its interval and with the n it rests on (`Estimate`, `Comparison`).
Columns may be Series, arrays or lists; NaN is not known, never zero. Nothing here knows about open
interest, and nothing here loads scipy, arch or statsmodels: they check these functions in the tests.
"""

from __future__ import annotations

from oikit.stats.contrast import newey_west_lag, newey_west_mean, newey_west_t, plain_t
from oikit.stats.estimate import SMALLEST_N, Comparison, Estimate
from oikit.stats.forecast import Brier, base_rate_scores, brier, reliability_table
from oikit.stats.intervals import binomial_p, clopper_pearson, wilson, zero_failures
from oikit.stats.multiplicity import any_false_positive, benjamini_hochberg, holm
from oikit.stats.overfit import Overfitting, cpcv_counts, overfitting
from oikit.stats.power import events_needed, min_detectable_effect, power_of, trials_needed
from oikit.stats.resample import block_length, bootstrap_effect, bootstrap_mean, bootstrap_sums, permutation
from oikit.stats.sharpe import (
    TrackRecord,
    deflated_sharpe,
    expected_max_sharpe,
    min_track_record,
    probabilistic_sharpe,
    sharpe_ratio,
    track_record,
)
from oikit.stats.shift import circular_shift, shift_statistics

__all__ = [
    "SMALLEST_N",
    "Brier",
    "Comparison",
    "Estimate",
    "Overfitting",
    "TrackRecord",
    "any_false_positive",
    "base_rate_scores",
    "benjamini_hochberg",
    "binomial_p",
    "block_length",
    "bootstrap_effect",
    "bootstrap_mean",
    "bootstrap_sums",
    "brier",
    "circular_shift",
    "clopper_pearson",
    "cpcv_counts",
    "deflated_sharpe",
    "events_needed",
    "expected_max_sharpe",
    "holm",
    "min_detectable_effect",
    "min_track_record",
    "newey_west_lag",
    "newey_west_mean",
    "newey_west_t",
    "overfitting",
    "permutation",
    "plain_t",
    "power_of",
    "probabilistic_sharpe",
    "reliability_table",
    "sharpe_ratio",
    "shift_statistics",
    "track_record",
    "trials_needed",
    "wilson",
    "zero_failures",
]
