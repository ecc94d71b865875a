"""Print every benchmark in one run: ``python benchmarks/run.py [name ...]``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.harness import HEAD  # noqa: E402

NAMES = (
    "indicators",
    "features",
    "lens",
    "stats",
    "accounts",
    "archive",
    "ledger",
    "markets",
    "fetching",
    "explorers",
    "reports",
    "imports",
    "lessons",
)


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
        return 2
    print(HEAD)
    for name in names or NAMES:
        for row in importlib.import_module(f"benchmarks.{name}").rows():
            print(row, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
