"""P8: what does ``import oikit`` cost beside ``import pandas``, and how soon is there something to look at?

Each is a process of its own, and counted in processor seconds: what a neighbour does is not in them.
"""

from __future__ import annotations

from benchmarks.harness import Row, cpu, fresh, in_turns, oikit

_CHART = "import oikit; from oikit import charts; charts.use_theme('spec')\n"
_CHART += "charts.ratio(oikit.sample('bnb-null'))._repr_mimebundle_()"
_EXPLORER = "from oikit import charts; from oikit.explore import explore; charts.use_theme('spec')\n"
_EXPLORER += "explore('06')._repr_mimebundle_()"
_HERO = "from oikit.explore import explore\nexplore('02')._repr_mimebundle_()"


def rows(rounds: int = 5) -> list[Row]:
    imports = ("pass", "import pandas", "import oikit", "import altair")
    each = (*imports, _CHART, _EXPLORER, _HERO, oikit("claims"))
    for code in each:
        fresh(code)  # compiled once, as after any install
    nothing, pandas, ours, altair, chart, explorer, hero, claims = in_turns(
        *(lambda code=code: fresh(code) for code in each), rounds=rounds, of=cpu
    )
    both = ("pandas and altair", pandas + altair - nothing)
    return [
        # The goal is a ceiling of 1.15 times pandas: at least 0.87 of its speed.
        Row("P8 import oikit, CPU", "import pandas", pandas, "empty Python", nothing, ours, 1 / 1.15),
        # 1.5 times pandas is enough without the grammar that newer jsonschema builds, and not with it.
        Row("P8 import altair, CPU", "import pandas", pandas, "empty Python", nothing, altair, 1 / 1.5),
        Row("P8 first chart, cold, CPU", "the budget", 2.0, *both, chart, 1.0),
        Row("P8 first explorer shown, cold, CPU", "the budget", 3.0, *both, explorer, 1.0),
        Row("P8 first hero picture shown, cold, CPU", "the budget", 2.0, "import pandas", pandas, hero, 1.0),
        Row("P8 oikit claims, whole process, CPU", "the budget", 2.5, "import pandas", pandas, claims, 1.0),
    ]


if __name__ == "__main__":
    for row in rows():
        print(row)
