"""The lens: many variables of one frame, what a model makes of them, and what that is worth.

==========================  ===================================================================
what is known at each bar?  `oikit.lens.features`: the variables, on three clocks, as one table
and when a bar comes in?    `oikit.lens.streaming`: the same numbers, without the history
what are they made of?      `oikit.lens.catalogue` (each formula) and `oikit.lens.operators`
how are they computed?      `oikit.lens.graph`: one definition, over a history or bar by bar
what is asked of them?      `oikit.lens.labels` and `oikit.lens.examples`, split by `oikit.lens.folds`
what does a model say?      `oikit.lens.model`: walked forward, calibrated, beside what must be beaten
what is that worth?         `oikit.lens.calibration`, `oikit.lens.ablation`, `oikit.lens.conformal`
could it have cheated?      `oikit.lens.leaks`: four ways to, and what catches each
and after many tries?       `oikit.lens.sweep`: the raw best beside its deflated self
what do few choices make?   `oikit.lens.garden`: the rules that they allow, and the best of those
==========================  ===================================================================

A lens may not fetch, draw, print, or look ahead.
"""
