"""``oikit fetch`` against the stand-in of the exchange, whose every answer comes late, as over a long line.

The rival asks for the same one after the other and does nothing else. The floor is the waiting alone:
requests times delay, over the connections that are open at once. The stand-in is a process of its own.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

from benchmarks.harness import Row, seconds, skipped

DELAY = 0.2
AT_ONCE = 6  # files of the archive; of the venue's other services one answer leads to the next request
NOW, SINCE = "2026-03-20T00:10:00Z", "2026-01-05"

# Its answers go out in two pieces, which a careful network stack holds back by 40 ms.
_SERVE = (
    "import sys; from venue import Handler, main; Handler.disable_nagle_algorithm = True; main(sys.argv[1:])"
)


@contextlib.contextmanager
def served(venue: Path, log: Path) -> Iterator[SimpleNamespace]:
    """The stand-in and its address."""
    options = ["--port", "0", "--now", NOW, "--fault", f"slow={DELAY}", "--log", str(log)]
    command = [sys.executable, "-c", _SERVE, *options]
    with subprocess.Popen(command, cwd=venue, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield SimpleNamespace(url=process.stdout.readline().split()[-1])
        finally:
            process.terminate()


def rows() -> list[Row | str]:
    from tests.bulk_files import VENUE
    from tests.stand_in import get

    if not (VENUE / "venue.py").exists():
        return [skipped("oikit fetch, ten weeks of hours", "no stand-in of the exchange in ../shared/venue")]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "requests.jsonl"
        with served(VENUE, log) as venue:

            def ours() -> None:
                get(venue, Path(folder) / "store", since=SINCE, every="1h")

            cold = seconds(ours)
            requests = log.read_text().splitlines()
            again = seconds(ours)
            few = log.read_text().splitlines()[len(requests) :]
    first, second = floor(requests), floor(few)
    rival, work = "one request at a time", f"oikit fetch, ten weeks of hours, {DELAY * 1e3:g} ms away"
    waiting = f"{len(requests)} requests x delay / connections"
    return [
        Row(work, rival, DELAY * len(requests), waiting, first, cold, 1.5),
        Row("   the same again", "the first time", cold, f"{len(few)} requests", second, again, 5.0),
    ]


def floor(requests: list[str]) -> float:
    files = sum(not json.loads(each)["path"].startswith(("/fapi/", "/futures/")) for each in requests)
    return DELAY * (len(requests) - files + files / AT_ONCE)


if __name__ == "__main__":
    for row in rows():
        print(row)
