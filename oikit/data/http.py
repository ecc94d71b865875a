"""The only module that opens connections: one polite client for every venue.

It never overloads a venue and never accepts a malformed answer as data. A `Client` counts its
requests per budget and waits before a budget is spent, honours ``Retry-After``, stops at a ban or a
geo-block and reports it once, follows no redirect, limits the size and the time of each request as a
whole (`oikit.data.deadline`), and checks status, content type and shape before it returns anything. It
retries only where a retry can help: no connection, a reset, a time-out, a 5xx, a 429 after its waiting
time, JSON cut short (once).

It knows no venue's fields, writes no file, and does not work around a refusal.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import oikit
from oikit.data.budgets import Ledger, shared
from oikit.data.venues.query import Budget, Query
from oikit.errors import BadReply, GeoBlocked, InputError, MissingExtra, RateLimited, Unreachable, VenueError

if TYPE_CHECKING:
    import httpx

__all__ = ["Ledger"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_STILL_WORKS = "oikit.sample('bnb-null') still works, and so does what has been stored"
_WORDS = 64 * 1024  # of a refusal, this much is read to quote it
_WHOLE = 3  # time-outs that a request may take as a whole; each wait within it has one
_BANNED = re.compile(r"banned until (\d{13})")
_TITLE = re.compile(r"<title[^>]*>(.{1,200}?)</title>", re.IGNORECASE | re.DOTALL)


class _Again(Exception):
    """An error that may heal; `once` means after a single second try."""

    def __init__(self, error: VenueError, *, once: bool = False) -> None:
        super().__init__(str(error))
        self.error, self.once = error, once


class Client:
    """A polite client of one venue.

    Attributes
    ----------
    requests : int
        Requests sent so far, tries included.
    waiting : callable, optional
        Told each second, in words, for how long the client waits before it may ask.
    """

    def __init__(
        self,
        base: str,
        *,
        budgets: Mapping[str, Budget],
        timeout: float = 10.0,
        attempts: int = 5,
        wait: float = 0.2,
        patience: float = 65.0,
        most_bytes: int = 16 * 2**20,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
        now: Callable[[], float] = time.monotonic,
        ledger: Ledger | None = None,
    ) -> None:
        self.host = _host(base)
        self.base = base.rstrip("/")
        httpx, stamina = _import()
        # Its notes on each retry would else reach a reader's terminal as log lines.
        logging.getLogger("stamina").addHandler(logging.NullHandler())
        self.requests = 0
        self._budgets, self._ledger = budgets, ledger or shared()
        self._options: dict[str, Any] = {
            "timeout": timeout,
            "attempts": attempts,
            "wait": wait,
            "patience": patience,
            "transport": transport,
            "sleep": sleep,
            "now": now,
            "ledger": ledger,
        }
        self.waiting: Callable[[str], object] | None = None
        self._timeout, self._patience, self._most_bytes = timeout, patience, most_bytes
        self._sleep, self._now = sleep, now
        self._stopped: VenueError | None = None
        self._ban_ends = ""
        self._retrying = stamina.RetryingCaller(
            attempts=attempts, timeout=None, wait_initial=wait, wait_max=5.0, wait_jitter=wait
        )
        try:
            self._http = httpx.Client(
                base_url=self.base,
                timeout=timeout,
                follow_redirects=False,
                headers={
                    "User-Agent": f"oikit/{oikit.__version__}",
                    "Accept": "application/json, */*;q=0.5",
                    "Accept-Encoding": "gzip",
                },
                transport=transport,
                trust_env=urlsplit(base).hostname
                not in _LOOPBACK,  # a proxy has no business on this computer
            )
        except (ValueError, ImportError, OSError, httpx.InvalidURL) as error:
            raise Unreachable(f"{self.host} cannot be asked: {_surroundings(error)}") from error
        from oikit.data.deadline import Limits, install

        self._limits = Limits(now)
        install(self._http, self._limits)

    def __enter__(self) -> Client:
        """Open for as long as the block lasts."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever happened."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def beside(self, base: str, *, budgets: Mapping[str, Budget], most_bytes: int) -> Client:
        """Make a client with the same manners for another address."""
        client = Client(base, budgets=budgets, most_bytes=most_bytes, **self._options)
        client.waiting = self.waiting
        return client

    def fetch(self, address: str) -> bytes | None:
        """Return the bytes of a file below this client's address, or None if there is no such file.

        Paid from the budget called ``"files"``; errors are those of `get`.
        """
        if not address.startswith(f"{self.base}/"):
            raise InputError(f"{address!r:.80} is not below {self.base}")
        path = address[len(self.base) :]
        return self.get(Query(path, {}, "files", expects=bytes, may_lack=True))

    def seconds(self) -> float:
        """Return the time on this client's own clock, whose zero says nothing."""
        return self._now()

    def get(self, query: Query, clip: Callable[[Query], Query | None] | None = None) -> Any:
        """Send a query, and return the parsed answer.

        `clip` makes of it what can be asked at the moment of sending; if nothing, the answer is empty.
        """
        cut = 0

        def may_heal(error: Exception) -> bool:
            nonlocal cut
            if not isinstance(error, _Again):
                return False
            cut += error.once
            return not (error.once and cut > 1)

        try:
            return self._retrying(may_heal, self._ask, query, clip)
        except _Again as failed:
            raise failed.error from failed.__cause__

    def _ask(self, query: Query, clip: Callable[[Query], Query | None] | None) -> Any:
        if self._stopped is not None:
            raise self._stopped
        self._pace(query)
        now = clip(query) if clip else query
        if now is None:
            return query.expects()
        query = now
        httpx, _ = _import()
        from oikit.data.deadline import TooMuch

        self.requests += 1
        self._limits.begin(_WHOLE * self._timeout, 2 * self._most_bytes + _WORDS)
        try:
            with self._http.stream("GET", query.path, params=dict(query.params)) as reply:
                body = self._body(query, reply)
        except TooMuch as error:
            raise self._too_large(query) from error
        except httpx.TimeoutException as error:
            raise _Again(self._late()) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            reason = _plain(str(error)) or type(error).__name__
            raise _Again(
                Unreachable(f"{self.host} cannot be reached ({reason}); is this computer online?")
            ) from error
        self._hear(query, reply)
        return self._judge(query, reply, body)

    def _pace(self, query: Query) -> None:
        """The one place where we wait before asking: a ``Retry-After``, then the budget."""
        pause, banned = self._ledger.held(self.base, self._now())
        if banned:
            raise self._banned(self._ban_ends or f"for {pause:.0f} s")
        self._rest(pause, f"as {self.host} has asked")
        key, budget = (self.base, query.bucket), self._budgets[query.bucket]
        while (pause := self._ledger.book(key, budget, query.weight, self._now())) > 0:
            self._rest(pause, f"until {self.host} may be asked again")

    def _rest(self, pause: float, why: str) -> None:
        """Sleep, and meanwhile tell whoever watches."""
        while pause > 0:
            piece = pause
            if self.waiting:
                self.waiting(f"waiting {pause:.0f} s {why}")
                piece = min(pause, 1.0)
            self._sleep(piece)
            pause -= piece

    def _hear(self, query: Query, reply: httpx.Response) -> None:
        budget = self._budgets[query.bucket]
        used = reply.headers.get(budget.header, "") if budget.header else ""
        if used.isdecimal() and len(used) < 10:
            self._ledger.heard((self.base, query.bucket), budget, int(used), self._now())

    def _late(self) -> Unreachable:
        if self._limits.over:
            whole = _WHOLE * self._timeout
            return Unreachable(f"{self.host} did not finish its answer within {whole:g} s; try again later")
        return Unreachable(f"{self.host} did not answer within {self._timeout:g} s; try again later")

    def _too_large(self, query: Query) -> BadReply:
        most = self._most_bytes / 2**20
        return BadReply(f"{self.host}{query.path} sent more than {most:g} MiB in one answer; stopped reading")

    def _body(self, query: Query, reply: httpx.Response) -> bytes:
        """Read the answer, but no more and no longer than is reasonable."""
        encoding = reply.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip"):
            raise BadReply(
                f"{self.host}{query.path} packed an answer in a way that was not asked for "
                f"({_plain(encoding, 40)}); it is not unpacked; try again later"
            )
        chunks, size = [], 0
        most = self._most_bytes if reply.status_code == 200 else _WORDS
        for chunk in reply.iter_bytes():
            chunks.append(chunk)
            size += len(chunk)
            if size > most:
                if reply.status_code != 200:
                    break
                raise self._too_large(query)
            if self._limits.over:
                raise _Again(self._late())
        return b"".join(chunks)

    def _judge(self, query: Query, reply: httpx.Response, body: bytes) -> Any:
        status, where = reply.status_code, f"{self.host}{query.path}"
        if status == 200:
            return _parsed(query, where, reply.headers.get("content-type", ""), body)
        said = _venue_words(body)
        if status == 404 and query.may_lack:
            return None
        if status in (403, 451):
            self._stopped = GeoBlocked(
                f"{self.host} does not serve the place this computer is in (HTTP {status}{said}); "
                f"oikit does not go around that; {_STILL_WORKS}"
            )
            raise self._stopped
        if status == 418:
            wait = _retry_after(reply.headers.get("retry-after"))
            banned = _BANNED.search(body.decode("utf-8", "replace"))
            self._ban_ends = f"until {_clock(int(banned[1]))}" if banned else ""
            # All who ask from this computer are banned, and asking on makes it longer.
            self._ledger.hold(self.base, wait, self._now(), banned=True)
            raise self._banned(self._ban_ends or f"for {wait:g} s")
        if status == 429:
            wait = _retry_after(reply.headers.get("retry-after"))
            self._ledger.hold(self.base, wait, self._now())
            error = self._too_many(wait)
            raise _Again(error) if wait <= self._patience else error
        if status == 408 or status >= 500:
            raise _Again(
                Unreachable(f"{where} is out of order (HTTP {status}{said}); try again in a few minutes")
            )
        if 300 <= status < 400:
            raise BadReply(f"{where} points to another address (HTTP {status}); redirects are not followed")
        if status < 300:
            raise BadReply(f"{where} answered HTTP {status} without data; try again later")
        raise BadReply(f"{where} said no (HTTP {status}{said})")

    def _banned(self, end: str) -> RateLimited:
        return RateLimited(
            f"{self.host} has banned this address {end} (HTTP 418); nothing more is asked of it"
        )

    def _too_many(self, wait: float) -> RateLimited:
        return RateLimited(
            f"{self.host} has had too many requests from this address; try again in {wait:.3g} s"
        )


def _surroundings(error: Exception) -> str:
    """Say which setting of this computer is of no use, by name: its value may hold a password."""
    names, what = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"], "a proxy"
    mend = "write it like http://127.0.0.1:3128"
    if isinstance(error, OSError):
        names, what, mend = ["SSL_CERT_FILE", "SSL_CERT_DIR"], "certificates", "name a file that holds some"
    elif isinstance(error, ImportError):
        mend = "type: pip install 'httpx[socks]'"
    there = sorted(name for name, value in os.environ.items() if value and name.upper() in names)
    return f"{' or '.join(there) or 'a setting'} names {what} that cannot be used; unset it, or {mend}"


def _plain(text: str, most: int = 120) -> str:
    """Words from outside, made fit to print: one line, ASCII, no markup, not too long."""
    kept = "".join(c if " " <= c <= "~" and c not in "<>" else " " for c in text)
    kept = " ".join(kept.split())
    return kept if len(kept) <= most else kept[: most - 1] + "…"


def _import() -> tuple[Any, Any]:
    try:
        import httpx
    except ImportError as error:
        raise MissingExtra("httpx", "data") from error
    try:
        import stamina
    except ImportError as error:
        raise MissingExtra("stamina", "data") from error
    return httpx, stamina


def _host(base: str) -> str:
    parts = urlsplit(base if isinstance(base, str) else "")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise InputError(f"address {base!r} is no web address; type it like https://fapi.binance.com")
    if "@" in parts.netloc:
        raise InputError("the address holds a user name or password; none is needed for public data")
    return parts.netloc


def _parsed(query: Query, where: str, kind: str, body: bytes) -> Any:
    """The answer as Python objects, once everything says that it is one."""
    if "html" in kind.lower() or (kind and "json" not in kind.lower() and query.expects is not bytes):
        title = _TITLE.search(body[:_WORDS].decode("utf-8", "replace"))
        called = f" called '{_plain(title[1], 60)}'" if title else ""
        raise BadReply(
            f"{where} answered with a page{called}, not with data ({_plain(kind, 40)}); try again later"
        )
    if query.expects is bytes:
        return body
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError) as error:
        broken = BadReply(f"{where} sent {len(body)} bytes of broken JSON; none of it is used")
        raise _Again(broken, once=True) from error
    if not isinstance(reply, query.expects):
        raise BadReply(f"{where} sent a {type(reply).__name__} where a {query.expects.__name__} belongs")
    return reply


def _venue_words(body: bytes) -> str:
    """Return the venue's message in a refusal, ready to follow a status."""
    text = body.decode("utf-8", "replace")
    if body[:1] == b"{":
        try:
            reply = json.loads(text)
            text = f"{reply['code']}: {reply['msg']}"
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
    elif "<" in text[:100]:
        title = _TITLE.search(text)
        text = title[1] if title else ""
    text = _plain(text)
    return f", {text}" if text else ""


def _retry_after(text: str | None) -> float:
    """Seconds to wait; a minute, the longest window of weights, where none are given."""
    return float(text) if text and text.isdecimal() and len(text) < 8 else 60.0


def _clock(ms: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(ms / 1000))
