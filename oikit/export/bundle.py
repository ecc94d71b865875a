"""The chart library as one piece of JavaScript, made once per machine.

Vega, Vega-Lite and Vega-Embed come with vl-convert, which needs seconds of work and a hundred
megabytes of memory to put them into one script. That happens once, in a process of its own; the
result is kept in a folder that may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import subprocess
import sys
from importlib import metadata, util
from pathlib import Path

from oikit.errors import MissingExtra, OikitError
from oikit.files import cache_folder, write_atomic

__all__ = ["bundle"]

_MAKE = """
import sys, vl_convert
newest = max(vl_convert.get_vegalite_versions(), key=lambda each: [int(part) for part in each.split(".")])
sys.stdin.reconfigure(encoding="utf-8")
sys.stdout.reconfigure(encoding="utf-8", newline="")
sys.stdout.write(vl_convert.javascript_bundle(sys.stdin.read(), vl_version=newest))
"""


@functools.cache
def bundle(code: str) -> str:
    """Put the chart library and some code that uses it into one script.

    Parameters
    ----------
    code : str
        JavaScript that may use ``vegaEmbed``, ``vega`` and ``vegaLite``.

    Returns
    -------
    str
        A script that fetches nothing. The same code and the same vl-convert give the same bytes.

    Raises
    ------
    MissingExtra
        If vl-convert-python is not installed.
    OikitError
        If it cannot make the bundle.
    """
    if util.find_spec("vl_convert") is None:
        raise MissingExtra("vl-convert-python", "charts")
    version = metadata.version("vl-convert-python")
    asked = hashlib.sha256(f"{version}\n{code}".encode()).hexdigest()[:16]
    path = cache_folder() / f"vega-{version}-{asked}.js"
    kept = _read(path)
    if kept is None:
        kept = _made(code)
        _keep(path, kept)
    return kept


def _made(code: str) -> str:
    # In this process it would leave its JavaScript engine behind in memory.
    done = subprocess.run(
        [sys.executable, "-c", _MAKE], input=code.encode(), capture_output=True, check=False
    )
    if done.returncode:
        why = (done.stderr.decode(errors="replace").strip() or "no reason given").splitlines()[-1]
        raise OikitError(f"the chart library could not be put into one script: {why}")
    return done.stdout.decode()


def _read(path: Path) -> str | None:
    """Return the stored text, or None if it is missing or does not match its digest."""
    try:
        digest, _, text = path.read_bytes().decode().partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return text if digest == _digest(text) else None


def _keep(path: Path, text: str) -> None:
    """Keep it where that is possible; where it is not, the next process makes it again."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic({path: f"{_digest(text)}\n{text}".encode()})


def _digest(text: str) -> str:
    return f"// sha256 {hashlib.sha256(text.encode()).hexdigest()}"
