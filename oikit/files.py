"""Safe on disk: one writer at a time, a file old or new and never half, and refusals in plain words.

The one rule: **a process may be killed anywhere**. A lock is held by the system, not by a file's being
there, so it goes with its owner; a file is put in place in one step. Where the store and the cache are is
said here, too; what is not on this computer is reached by its address, through fsspec.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oikit.errors import InputError, MissingExtra, OikitError, StoreError

__all__ = ["cache_folder", "is_address", "locked", "put", "reached", "root_of", "storing", "usual"]

_PAUSE = 0.01  # s between two looks


def cache_folder() -> Path:
    """Where is kept what can be had again: OIKIT_CACHE, or ``.oikit/cache`` in the home folder."""
    return Path(os.environ.get("OIKIT_CACHE") or Path.home() / ".oikit" / "cache").expanduser()


def usual() -> str:
    """Where the store is, unless an option says otherwise: a folder, or an address."""
    return os.environ.get("OIKIT_STORE") or str(Path.home() / ".oikit" / "store")


def root_of(store: str | Path | None = None) -> Path:
    """The folder of a store on this computer; by default the usual one.

    Raises
    ------
    InputError
        If it is an address: such a store can be read (`oikit.data.mirror`), but not fetched into.
    """
    where = store or usual()
    if is_address(where):
        raise InputError(
            f"the store {where} is an address; bars are fetched into a folder of this computer, "
            "so choose one with --store or OIKIT_STORE"
        )
    return Path(where).expanduser()


def is_address(where: object) -> bool:
    """Whether this names a place by an address, like ``s3://bucket/store``, and not by a path."""
    return "://" in str(where)


def reached(address: str, extra: str) -> tuple[Any, str]:
    """The file system of an address, and the path on it.

    Parameters
    ----------
    address : str
    extra : str
        The part of oikit that brings fsspec along.

    Raises
    ------
    InputError
        If fsspec does not know such an address.
    MissingExtra
        If fsspec is not installed.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise MissingExtra("fsspec", extra) from error
    try:
        files, path = url_to_fs(address)
    except (ValueError, ImportError) as error:
        raise InputError(f"the address {address} cannot be used: {error}") from error
    return files, path


@contextlib.contextmanager
def locked(path: Path, *, patience: float = 60.0) -> Iterator[None]:
    """Hold the lock for as long as the block lasts.

    Parameters
    ----------
    path : Path
        A file for nothing else; made if it is not there, and left there.
    patience : float, seconds
        How long to wait for another process, or another thread of this one.

    Raises
    ------
    TimeoutError
        If another holds it for longer.
    OSError
        If the file cannot be opened for writing.
    """
    try:
        from filelock import FileLock, Timeout
    except ImportError as error:
        raise MissingExtra("filelock", "data") from error
    lock = FileLock(path)
    try:
        lock.acquire(timeout=patience, poll_interval=_PAUSE)
    except Timeout as error:
        raise TimeoutError(11, f"another process has held it for {patience:g} s", str(path)) from error
    try:
        yield
    finally:
        lock.release()


def put(path: Path, content: bytes) -> None:
    """Write so that a reader sees the old file or the new one, and never half of one."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    with storing(path, "write"):
        try:
            with part.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def storing(path: Path, verb: str) -> Iterator[None]:
    """Say in one line what the folder would not let us do."""
    try:
        yield
    except OikitError:
        raise
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise StoreError(
            f"cannot {verb} {path} ({why}); choose another folder with --store or OIKIT_STORE"
        ) from error
    except ValueError as error:  # of pyarrow and json: a file that is none of theirs
        raise StoreError(f"cannot {verb} {path}: it is damaged; move it away and fetch again") from error
