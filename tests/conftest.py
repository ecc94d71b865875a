"""What every test shares: small makers of frames, a closed network, one browser, and an order to run in."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

# A law is about values, never about how busy this computer is; and what CI finds, anyone can find again.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

LESSON = re.compile(r"\[(\d\d)_[a-z_]+\]$")
"""How a test ends whose parameter is a lesson."""

SHARED = Path(__file__).resolve().parents[2] / "shared"


def series(values: object, every: str = "1h", since: str = "2026-03-02 01:00") -> pd.Series:
    """A Series on a regular UTC grid, stamped at bar ends."""
    values = np.asarray(values, dtype=float)
    index = pd.date_range(since, periods=len(values), freq=every, tz="UTC", name="time")
    return pd.Series(values, index)


def frame(every: str = "1h", since: str = "2026-03-02 01:00", **columns: object) -> pd.DataFrame:
    """A frame made of the columns given, on a regular UTC grid."""
    return pd.DataFrame({name: series(values, every, since) for name, values in columns.items()})


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test may talk to this computer only."""
    connect: Callable[..., object] = socket.socket.connect

    def loopback_only(self: socket.socket, address: object) -> object:
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {host}; tests stay on this computer")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", loopback_only)


@pytest.fixture(scope="session", autouse=True)
def own_budgets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Count requests apart from whoever else runs tests on this computer, so that none waits for another."""
    from oikit.data.budgets import shared

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OIKIT_BUDGETS", str(tmp_path_factory.mktemp("budgets")))
        shared.cache_clear()
        yield
    shared.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def one_browser() -> Iterator[None]:
    """The Chromium that tests share ends with them."""
    from tests.browser import close_engine

    yield
    close_engine()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of the one JupyterLab that tests share, and its folder."""
    from tests.browser import lab_server, needs_browser

    needs_browser()
    root = tmp_path_factory.mktemp("lab")
    with lab_server(root) as url:
        yield url, root


# --- which test runs where, and when ---


def work_unit(nodeid: str) -> str:
    """Return what stays on one worker: all tests of a lesson, which share its runs; else those of a file."""
    lesson = LESSON.search(nodeid)
    return f"lesson {lesson[1]}" if lesson else nodeid.split("::", 1)[0]


LONGEST = (
    "test_claims_size.py",
    "test_lens_honesty.py",
    "test_report_batch.py",
    "test_combinations.py",
    "test_store_crash.py",
    "test_report_run.py",
    "test_browser.py",
    "test_indicators.py",
    "test_past.py",
    "test_report_scorecard.py",
    "test_explore_worlds.py",
    "test_lens_model.py",
    "test_report_facts.py",
    "test_lesson_07.py",
    "test_lesson_08.py",
)
"""Files that take longest, in that order: begun last, one of them would keep one worker waiting."""


def turn(nodeid: str) -> tuple[int, str]:
    """Return when a test is run: lessons first, then the longest files, then all others as they come."""
    unit = work_unit(nodeid)
    if unit.startswith("lesson"):
        return 0, unit
    name = Path(unit).name
    return (1 + LONGEST.index(name), "") if name in LONGEST else (1 + len(LONGEST), "")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests into their order; those of a lesson as they stand in their file, since a visit goes on."""
    items.sort(key=lambda item: (turn(item.nodeid), item.location[:2] if LESSON.search(item.nodeid) else ()))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal out work units in the order of the tests."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByLesson(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return work_unit(nodeid)

    config.option.loadscopereorder = False
    return ByLesson(config, log)
