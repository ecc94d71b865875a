"""What every test shares: small makers of frames, and a closed network."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

# A law is about values, never about how busy this computer is; and what CI finds, anyone can find again.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

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
