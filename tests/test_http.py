"""The polite client against a venue in a function: what it retries, what it stops at, what it refuses."""

from __future__ import annotations

import builtins
import gzip
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from oikit.data.http import Client, Ledger
from oikit.data.venues.query import Budget, Query
from oikit.errors import BadReply, GeoBlocked, InputError, MissingExtra, RateLimited, Unreachable

Answer = httpx.Response | Exception
BUDGETS = {"fapi": Budget(100, 60.0, "X-USED"), "data": Budget(10, 300.0)}
ASK = Query("/fapi/v1/klines", {"symbol": "BNBUSDT"}, "fapi")


class Clock:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, [0.0]

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def client(
    *answers: Answer | Callable[[httpx.Request], Answer], **more: Any
) -> tuple[Client, list[str], Clock]:
    """A client whose venue gives these answers one after another, the last for ever."""
    asked: list[str] = []
    clock = Clock()

    def venue(request: httpx.Request) -> httpx.Response:
        answer = answers[min(len(asked), len(answers) - 1)]
        asked.append(str(request.url))
        found = answer(request) if callable(answer) and not isinstance(answer, Exception) else answer
        if isinstance(found, Exception):
            raise found
        return found

    options = {
        "wait": 0.0,
        "sleep": clock.sleep,
        "now": clock,
        "ledger": Ledger(),
        "budgets": BUDGETS,
        **more,
    }
    return Client("http://venue.test", transport=httpx.MockTransport(venue), **options), asked, clock


def ok(reply: object = ()) -> Callable[[httpx.Request], httpx.Response]:
    """A proper answer."""
    return lambda request: httpx.Response(200, json=reply)


def refusal(
    status: int, body: str | dict[str, object] = "", **headers: str
) -> Callable[[httpx.Request], httpx.Response]:
    """Another one."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = {"json": body} if isinstance(body, dict) else {"text": body}
    return lambda request: httpx.Response(status, headers=named, **content)  # type: ignore[arg-type]


def test_an_answer_is_parsed_and_handed_on() -> None:
    """The way it nearly always goes."""
    ask, asked, _ = client(ok([[1, "2"]]))

    with ask:
        assert ask.get(ASK) == [[1, "2"]]
    assert asked == ["http://venue.test/fapi/v1/klines?symbol=BNBUSDT"]
    assert ask.requests == 1


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("cut"),
        httpx.ReadTimeout("late"),
        refusal(500),
        refusal(503, {"code": -1000, "msg": "Unknown error"}),
        refusal(408),
    ],
    ids=["refused", "reset", "cut", "late", "500", "503", "408"],
)
def test_what_may_heal_is_tried_again(trouble: Answer) -> None:
    """A lost connection, a time-out and a broken server pass; the whole question is asked anew."""
    ask, asked, _ = client(trouble, trouble, ok([1]))

    assert ask.get(ASK) == [1]
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("trouble", "error", "says"),
    [
        (httpx.ConnectError("refused"), Unreachable, "venue.test cannot be reached .refused."),
        (httpx.ReadError(""), Unreachable, "ReadError"),
        (httpx.ConnectTimeout("x"), Unreachable, "did not answer within 10 s"),
        (refusal(503, "Service Unavailable."), Unreachable, "HTTP 503, Service Unavailable"),
        (refusal(502, "<html><title>Bad <b>gate</title></html>"), Unreachable, "HTTP 502, Bad b gate"),
        (refusal(502, "<html>oops</html>"), Unreachable, "HTTP 502.; try"),
        (refusal(429, retry_after="1"), RateLimited, "try again in 1 s"),
    ],
)
def test_it_gives_up_loudly(trouble: Answer, error: type[Exception], says: str) -> None:
    """Five tries, then one error in plain words."""
    ask, asked, _ = client(trouble)

    with pytest.raises(error, match=says):
        ask.get(ASK)
    assert len(asked) == ask.requests == 5


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (refusal(202), "HTTP 202 without data"),
        (refusal(302, location="http://elsewhere.test/"), "redirects are not followed"),
        (refusal(400, {"code": -1121, "msg": "Invalid symbol."}), "HTTP 400, -1121: Invalid symbol"),
        (refusal(400, {"odd": 1}), "said no .HTTP 400"),
        (refusal(404, {"code": -5000, "msg": "Path"}), "-5000"),
        (
            refusal(200, "<html><title>Just a moment...</title>", content_type="text/html"),
            "page called 'Just a m",
        ),
        (refusal(200, "hello", content_type="text/plain"), "answered with a page, not with data"),
        (ok({"code": 1}), "sent a dict where a list belongs"),
    ],
)
def test_what_is_not_data_is_refused_at_once(answer: Answer, says: str) -> None:
    """Status, content type and shape are looked at together; asking again would change nothing."""
    ask, asked, _ = client(answer)

    with pytest.raises(BadReply, match=says):
        ask.get(ASK)
    assert len(asked) == 1


def test_json_cut_short_is_tried_once_more() -> None:
    """Half an answer is no answer, and never parsed in part."""
    cut = refusal(200, '[{"symbol": "BNBUS', content_type="application/json")
    ask, asked, _ = client(cut, ok([1]))
    again, twice, _ = client(cut)

    assert ask.get(ASK) == [1]
    with pytest.raises(BadReply, match="18 bytes of broken JSON"):
        again.get(ASK)
    assert (len(asked), len(twice)) == (2, 2)


def test_json_too_deep_to_read_is_broken_json() -> None:
    """A hundred thousand brackets must not bring the reader down."""
    ask, _, _ = client(refusal(200, "[" * 100_000, content_type="application/json"))

    with pytest.raises(BadReply, match="broken JSON"):
        ask.get(ASK)


def test_a_path_that_may_lack_is_no_error() -> None:
    """Not every address offers every series."""
    ask, _, _ = client(refusal(404, {"code": -5000, "msg": "Path is invalid"}))

    assert ask.get(Query("/fapi/v1/premiumIndexKlines", {}, "fapi", may_lack=True)) is None


@pytest.mark.parametrize("status", [451, 403])
def test_a_geo_block_is_said_once_and_never_worked_around(status: int) -> None:
    """One question, one plain sentence with what still works; then nothing more is asked."""
    ask, asked, _ = client(refusal(status, {"code": 0, "msg": "restricted <b>location</b>"}), ok([1]))

    with pytest.raises(GeoBlocked, match="does not serve the place") as first:
        ask.get(ASK)
    with pytest.raises(GeoBlocked):
        ask.get(ASK)

    assert "oikit.sample('bnb-null') still works" in str(first.value)
    assert "restricted b location /b" in str(first.value)
    assert len(asked) == 1


def test_retry_after_is_honoured() -> None:
    """As long as the venue says, then again; nothing is lost."""
    ask, asked, clock = client(refusal(429, retry_after="7"), ok([1]))

    assert ask.get(ASK) == [1]
    assert (clock.slept, len(asked)) == ([0.0, 7.0], 2)


@pytest.mark.parametrize(("header", "waited"), [("", 60.0), ("soon", 60.0), ("-3", 60.0)])
def test_a_retry_after_that_is_none_means_a_minute(header: str, waited: float) -> None:
    """The length of the venue's window; guessing less would end in a ban."""
    ask, _, clock = client(refusal(429, retry_after=header), ok([1]))

    ask.get(ASK)

    assert clock.slept[-1] == waited


def test_a_wait_beyond_patience_is_said_instead() -> None:
    """Five minutes of silence would look like a crash; and whoever asks again still waits."""
    ask, asked, clock = client(refusal(429, retry_after="300"), ok([1]))

    with pytest.raises(RateLimited, match="try again in 300 s"):
        ask.get(ASK)
    assert (len(asked), clock.slept) == (1, [0.0])
    assert ask.get(ASK) == [1]
    assert clock.slept[-1] == 300.0


def test_a_ban_stops_everything_until_it_ends() -> None:
    """Each request during a ban makes it longer, so none is sent."""
    text = {"code": -1003, "msg": "Way too many requests; IP(1.2.3.4) banned until 1773965402000."}
    ask, asked, clock = client(refusal(418, text, retry_after="120"), ok([1]))

    for _ in range(3):
        with pytest.raises(RateLimited, match="until 2026-03-20 00:10:02 UTC"):
            ask.get(ASK)
    assert len(asked) == 1
    clock.now += 121
    assert ask.get(ASK) == [1]


def test_a_ban_without_an_end_is_said_with_its_length() -> None:
    """Where the text names no moment, the header names the seconds."""
    ask, _, _ = client(refusal(418, "I'm a teapot", retry_after="120"))

    with pytest.raises(RateLimited, match="for 120 s"):
        ask.get(ASK)


def test_a_body_without_end_is_not_read_to_its_end() -> None:
    """A bound on size, counted while reading: a length in a header could be missing or false."""
    sent = []

    def endless() -> Iterator[bytes]:
        while len(sent) < 1000:
            sent.append(1)
            yield b"[1]," * 256

    ask, asked, _ = client(
        lambda request: httpx.Response(200, headers={"content-type": "application/json"}, content=endless()),
        most_bytes=4096,
    )

    with pytest.raises(BadReply, match=r"klines sent more than 0\.00390625 MiB"):
        ask.get(ASK)
    assert len(sent) < 10
    assert len(asked) == 1


def test_a_refusal_without_end_is_quoted_from_its_beginning() -> None:
    """Sixty-four KiB are enough to hear why."""
    ask, _, _ = client(refusal(400, "no " * 200_000))

    with pytest.raises(BadReply, match=r"HTTP 400, (no ){20,60}") as refused:
        ask.get(ASK)
    assert len(str(refused.value)) < 250


def test_an_answer_that_drips_is_late() -> None:
    """The same with any transport: the clock is looked at between two pieces."""
    late: list[Clock] = []

    def dripping(request: httpx.Request) -> httpx.Response:
        def body() -> Iterator[bytes]:
            for _ in range(100):
                late[0].now += 9
                yield b" "

        return httpx.Response(200, headers={"content-type": "application/json"}, content=body())

    ask, asked, clock = client(dripping, attempts=2)
    late.append(clock)

    with pytest.raises(Unreachable, match="did not finish its answer within 30 s"):
        ask.get(ASK)
    assert len(asked) == 2
    assert clock.now < 1100


@contextmanager
def server(first: bytes, piece: bytes, pieces: int, every: float) -> Iterator[str]:
    """A server that answers everybody with these bytes, then with a piece at a time, then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(caller: socket.socket) -> None:
        with caller:
            try:
                caller.recv(65536)
                caller.sendall(first)
                for _ in range(pieces):
                    caller.sendall(piece)
                    time.sleep(every)
            except OSError:
                return

    def listen() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(caller,), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
EMPTY_BLOCKS = b"\0\0\0\xff\xff"
"""A block of deflate that unpacks to nothing."""
GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


@pytest.mark.parametrize("proxied", [False, True], ids=["direct", "through a proxy"])
@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-A: a\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
        (OK + b"Content-Length: 1000000\r\n\r\n", b"1"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5;", b"a"),
        (OK + b"Content-Encoding: gzip\r\n\r\n" + GZIP_HEAD, EMPTY_BLOCKS),
    ],
    ids=["headers", "a header", "early hints", "a body", "a chunk's size", "gzip of nothing"],
)
def test_a_server_that_drips_is_left_when_the_whole_request_is_late(
    first: bytes, piece: bytes, proxied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes in time, the answer never would: one clock runs over all of it."""
    with server(first, piece, 100, 0.05) as address:
        if proxied:
            for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
                monkeypatch.delenv(name, raising=False)
            monkeypatch.setenv("http_proxy", address)
        with (
            Client(
                "http://venue.test" if proxied else address,
                budgets=BUDGETS,
                timeout=0.2,
                attempts=2,
                wait=0.0,
                ledger=Ledger(),
            ) as ask,
            pytest.raises(Unreachable, match=r"did not finish its answer within 0\.6 s"),
        ):
            ask.get(ASK)

    assert ask.requests == 2


def test_bytes_that_unpack_to_nothing_are_counted_too() -> None:
    """A flood of empty blocks of gzip never makes a byte of an answer."""
    flood = OK + b"Content-Encoding: gzip\r\n\r\n" + GZIP_HEAD
    with (
        server(flood, EMPTY_BLOCKS * 13_000, 1000, 0.0) as address,
        Client(address, budgets=BUDGETS, most_bytes=2**20, wait=0.0, ledger=Ledger()) as ask,
        pytest.raises(BadReply, match=r"/fapi/v1/klines sent more than 1 MiB in one answer"),
    ):
        ask.get(ASK)

    assert ask.requests == 1


def test_a_small_answer_that_unpacks_to_a_large_one_is_counted_as_it_unpacks() -> None:
    """Each read is small, so that no read makes more than 16 MiB before it is counted."""
    packed = gzip.compress(bytes(200 * 2**20), 9)
    whole = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed
    with (
        server(whole, b"", 0, 0.0) as address,
        Client(address, budgets=BUDGETS, most_bytes=2**20, wait=0.0, ledger=Ledger()) as ask,
        pytest.raises(BadReply, match="sent more than 1 MiB in one answer"),
    ):
        ask.get(ASK)


def test_who_watches_hears_how_long_it_waits() -> None:
    """Five minutes of a bar that stands still look like a crash."""
    heard: list[str] = []
    ask, _, clock = client(ok([1]))
    ask.waiting = heard.append
    for _ in range(9):
        ask.get(Query("/x", {}, "data"))

    assert sum(clock.slept) == 300.0
    assert heard[0] == "waiting 300 s until venue.test may be asked again"
    assert len(heard) == 300


def test_a_broken_encoding_is_a_lost_answer() -> None:
    """What calls itself gzip and is none cannot be read; another try may be whole."""
    broken = httpx.Response
    ask, _, _ = client(
        lambda request: broken(200, headers={"content-encoding": "gzip"}, content=iter([b"not gzip"])),
        ok([1]),
    )

    assert ask.get(ASK) == [1]


def test_budgets_are_counted_before_they_are_spent() -> None:
    """Four fifths of ten requests, then a wait until the window has passed; the other budget is apart."""
    ask, asked, clock = client(ok([1]))
    for _ in range(8):
        ask.get(Query("/futures/data/x", {}, "data"))
    assert clock.slept == [0.0]

    ask.get(ASK)
    ask.get(Query("/futures/data/x", {}, "data"))

    assert clock.slept == [0.0, 300.0]
    assert len(asked) == 10


def test_weights_are_counted_too() -> None:
    """A page of 1500 bars costs ten times one of 99."""
    ask, _, clock = client(ok([1]))
    heavy = Query("/fapi/v1/klines", {}, "fapi", weight=40)

    for _ in range(3):
        ask.get(heavy)

    assert clock.slept == [0.0, 60.0]


def test_a_request_heavier_than_the_budget_still_goes_out_alone() -> None:
    """Else it would wait for ever."""
    ask, _, clock = client(ok([1]))

    ask.get(Query("/x", {}, "fapi", weight=1000))

    assert clock.slept == [0.0]


def test_the_venues_own_count_is_believed_where_it_is_higher() -> None:
    """A whole classroom behind one address shares its budget; the header tells."""

    def told(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[1], headers={"X-USED": "80"})

    ask, _, clock = client(told, ok([1]))

    ask.get(ASK)
    ask.get(ASK)

    assert clock.slept == [0.0, 60.0]


def test_an_odd_count_is_ignored() -> None:
    """A header is text from outside like any other."""
    ask, _, clock = client(lambda request: httpx.Response(200, json=[1], headers={"X-USED": "-5e9"}), ok([1]))

    ask.get(ASK)
    ask.get(ASK)

    assert clock.slept == [0.0]


def test_two_clients_of_one_address_share_a_budget() -> None:
    """The venue counts addresses, not objects."""
    ledger = Ledger()
    first, _, _ = client(ok([1]), ledger=ledger)
    second, _, clock = client(ok([1]), ledger=ledger)
    for _ in range(8):
        first.get(Query("/x", {}, "data"))

    second.get(Query("/x", {}, "data"))

    assert clock.slept == [0.0, 300.0]


@pytest.mark.parametrize(
    "base",
    [
        "",
        "fapi.binance.com",
        "ftp://x",
        "http://",
        "file:///etc/passwd",
        "https://x?y=1",
        "https://x#y",
        None,
    ],
)
def test_an_address_that_is_none_is_refused(base: Any) -> None:
    """Before a connection is opened."""
    with pytest.raises(InputError, match=r"type it like https://fapi\.binance\.com"):
        Client(base, budgets=BUDGETS)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        (
            "all_proxy",
            "socks://127.0.0.1:9/",
            "all_proxy names a proxy .*write it like http://127.0.0.1:3128",
        ),
        ("ALL_PROXY", "socks5://127.0.0.1:9", r"ALL_PROXY names a proxy .*pip install 'httpx\[socks\]'"),
        ("HTTPS_PROXY", "http://[::1", "HTTPS_PROXY names a proxy that cannot be used"),
        ("https_proxy", "http://me:secret@host:port", "https_proxy names a proxy that cannot be used"),
        (
            "SSL_CERT_FILE",
            __file__,
            "SSL_CERT_FILE names certificates .*name a file that holds some",
        ),
    ],
)
def test_a_setting_of_this_computer_that_is_of_no_use_is_named(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A desktop, a school or a typing error sets it; its value may hold a password and is not repeated."""
    for other in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(other, raising=False)
        monkeypatch.delenv(other.lower(), raising=False)
    monkeypatch.setenv(name, value)
    monkeypatch.setitem(sys.modules, "socksio", None)

    with pytest.raises(Unreachable, match=f"fapi.binance.com cannot be asked: {says}") as refused:
        Client("https://fapi.binance.com", budgets={})

    assert "secret" not in str(refused.value)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    """None is needed, and an error message is no place for one."""
    with pytest.raises(InputError) as refused:
        Client("https://me:secret@fapi.binance.com", budgets=BUDGETS)

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("package", ["httpx", "stamina"])
def test_a_missing_package_is_named_with_its_extra(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain install has no network part; what to type is said."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == package:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(MissingExtra, match=rf"needs {package}.*oikit\[data\]"):
        Client("http://venue.test", budgets=BUDGETS)


def test_a_retry_writes_nothing_on_the_readers_screen(capfd: pytest.CaptureFixture[str]) -> None:
    """Retries are noted in a log for those who listen, and never printed."""
    logging.getLogger("stamina").handlers.clear()
    ask, _, _ = client(httpx.ReadError("reset"), ok([1]))

    ask.get(ASK)

    assert capfd.readouterr().err == ""


def test_it_says_who_asks() -> None:
    """A name and a version, no cookie and no key."""
    seen: list[httpx.Headers] = []

    def look(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200, json=json.loads("[]"))

    ask, _, _ = client(look)
    ask.get(ASK)

    assert seen[0]["user-agent"].startswith("oikit/")
    assert not {"cookie", "authorization", "x-mbx-apikey"} & set(seen[0])
