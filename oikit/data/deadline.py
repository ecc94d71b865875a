"""Limits on one whole request: a deadline, and a number of bytes.

httpx limits each wait for the network, but not their sum: a server that sends one byte now and then is
never late. `install` puts a stream of ours below every connection of an httpx client. The thread that
sends a request sets its `Limits` before, and each read from the network keeps to them.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

_PIECE = 16 * 1024  # bytes a read; as little as this may unpack to 16 MiB before anybody can count


class TooMuch(Exception):
    """An answer of more bytes than were allowed."""


class Limits(threading.local):
    """The deadline of the request that this thread has sent, and the bytes that may still come."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now, self.until, self.left = now, math.inf, math.inf

    def begin(self, seconds: float, most: int) -> None:
        """Start a request that may take so long, and so many bytes as they come over the network."""
        self.until, self.left = self.now() + seconds, most

    @property
    def over(self) -> bool:
        """Return whether the deadline has passed."""
        return self.now() >= self.until

    def wait(self, timeout: float | None, late: type[Exception]) -> float | None:
        """Return the time-out of the next wait, which the deadline may shorten."""
        if self.over:
            raise late("the deadline of the whole request has passed")
        left = self.until - self.now()
        return timeout if math.isinf(left) else left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, limits: Limits) -> None:
        self._stream, self._limits = stream, limits

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        timeout = self._limits.wait(timeout, httpcore.ReadTimeout)
        data = self._stream.read(min(max_bytes, _PIECE), timeout)
        self._limits.left -= len(data)
        if self._limits.left < 0:
            raise TooMuch
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._limits.wait(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        timeout = self._limits.wait(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._limits)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, backend: httpcore.NetworkBackend, limits: Limits) -> None:
        self._backend, self._limits = backend, limits

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        timeout = self._limits.wait(timeout, httpcore.ConnectTimeout)
        stream = self._backend.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self._limits)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


def install(client: httpx.Client, limits: Limits) -> None:
    """Make every connection of a client keep to these limits, those through a proxy too."""
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.HTTPTransport):
            transport._pool._network_backend = _Backend(transport._pool._network_backend, limits)
