"""The lens: many variables of one frame, what a model makes of them, and what that is worth.

==========================  ===================================================================
what is known at each bar?  `oikit.lens.features`: the variables, on three clocks, as one table
and when a bar comes in?    `oikit.lens.streaming`: the same numbers, without the history
what are they made of?      `oikit.lens.catalogue` (each formula) and `oikit.lens.operators`
how are they computed?      `oikit.lens.graph`: one definition, over a history or bar by bar
==========================  ===================================================================

A lens may not fetch, draw, print, or look ahead.
"""
