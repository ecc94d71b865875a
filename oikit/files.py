"""Files on this computer and at an address: written whole or not at all, by one process at a time.

A process may be killed anywhere. A lock is held by the operating system, not by a file's being there, so it
goes with its owner; a file is put in place in one step, here and on an object store. Whatever is not on
this computer is reached through fsspec.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from oikit.errors import InputError, MissingExtra, OikitError, ReportError, StoreError

__all__ = [
    "Folder",
    "cache_folder",
    "filesystem",
    "folder",
    "is_address",
    "locked",
    "read",
    "store_address",
    "store_root",
    "storing",
    "write_atomic",
]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,200}")


def cache_folder() -> Path:
    """Return where things are kept that can be had again: OIKIT_CACHE, else ``.oikit/cache`` at home."""
    return Path(os.environ.get("OIKIT_CACHE") or Path.home() / ".oikit" / "cache").expanduser()


def store_address() -> str:
    """Return where the store is by default: OIKIT_STORE, else ``.oikit/store`` at home."""
    return os.environ.get("OIKIT_STORE") or str(Path.home() / ".oikit" / "store")


def store_root(store: str | Path | None = None) -> Path:
    """Return the folder of a store on this computer.

    Raises
    ------
    InputError
        If it is an address: such a store can be read (`oikit.data.mirror`), but not fetched into.
    """
    where = store or store_address()
    if is_address(where):
        raise InputError(
            f"the store {where} is an address; bars are fetched into a folder of this computer, "
            "so choose one with --store or OIKIT_STORE"
        )
    return Path(where).expanduser()


def is_address(where: object) -> bool:
    """Return whether this names a place by an address, like ``s3://bucket/store``, and not by a path."""
    return "://" in str(where)


def filesystem(address: str, extra: str) -> tuple[Any, str]:
    """Return the fsspec file system of an address and the path on it.

    Raises
    ------
    InputError
        If fsspec does not know such an address.
    MissingExtra
        If fsspec is not installed; `extra` is the part of oikit that brings it.
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


def read(where: str | Path) -> bytes:
    """Read one file by its path or address.

    Raises
    ------
    StoreError
        If it cannot be read.
    InputError
        If fsspec does not know such an address.
    MissingExtra
        If it is an address and fsspec is not installed.
    """
    try:
        if not is_address(where):
            return Path(where).expanduser().read_bytes()
        files, path = filesystem(str(where), "report")
        content: bytes = files.cat_file(path)
    except (MissingExtra, InputError):
        raise
    except Exception as error:  # each file system has errors of its own
        raise StoreError(f"cannot read {where} ({_why(error)})") from error
    return content


def read_regular(path: Path) -> bytes:
    """Read a file of this computer; a pipe or a device in its place is an error, and never waited for.

    Raises
    ------
    OSError
        If it is no file, or cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no file", str(path))
    with open(handle, "rb") as file:
        return file.read()


def write_atomic(files: Mapping[Path, bytes], *, durable: bool = False) -> None:
    """Write files aside, then put each in place in one step: a reader sees the old file or the new one.

    Parameters
    ----------
    files : mapping of Path to bytes
        None is put in place before all are written.
    durable : bool
        Wait until the disk has them, so that even a power cut leaves no half.

    Raises
    ------
    OSError
        If a folder is missing or cannot be written; nothing is left aside.
    """
    aside = {path: path.with_name(f".{path.name}.{secrets.token_hex(6)}.part") for path in files}
    try:
        for path, part in aside.items():
            with part.open("xb") as file:
                file.write(files[path])
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
        for path, part in aside.items():
            os.replace(part, path)
    finally:
        for part in aside.values():
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path, *, patience: float = 60.0, optional: bool = False) -> Iterator[None]:
    """Hold a lock for as long as the block lasts.

    Parameters
    ----------
    path : Path
        A file for nothing else; made if it is not there, and left there.
    patience : float, seconds
        How long to wait for another process, or another thread of this one.
    optional : bool
        Go on without a lock where filelock is not installed.

    Raises
    ------
    TimeoutError
        If another holds it for longer.
    OSError
        If the file cannot be opened for writing.
    MissingExtra
        If filelock is not installed, unless the lock is optional.
    """
    try:
        from filelock import FileLock, Timeout
    except ImportError as error:
        if not optional:
            raise MissingExtra("filelock", "data") from error
        yield
        return
    lock = FileLock(path)
    try:
        lock.acquire(timeout=patience, poll_interval=0.01)
    except Timeout as error:
        raise TimeoutError(11, f"another process has held it for {patience:g} s", str(path)) from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def storing(path: Path, verb: str) -> Iterator[None]:
    """Turn any error of the disk within the block into a `StoreError`."""
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


class Folder:
    """A folder of this computer that reports are written to.

    A name is a name: nothing that was asked for can point out of the folder.

    Parameters
    ----------
    root : Path
    make : bool
        Make it if it is missing.

    Raises
    ------
    StoreError
        If it cannot be made.
    """

    def __init__(self, root: Path, *, make: bool = True) -> None:
        self.root = root
        try:
            if make:
                root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot("write to", root, error) from error

    def at(self, name: str) -> Path | str:
        """Return where a file of this name is."""
        return self.root / _one_name(name)

    def put(self, files: Mapping[str, bytes]) -> None:
        """Write all aside, then put each in place."""
        try:
            write_atomic({self.root / _one_name(name): content for name, content in files.items()})
        except OSError as error:
            raise _cannot("write", error.filename, error) from error

    def read(self, name: str) -> bytes | None:
        """Return the content of a file; None if there is none."""
        try:
            return (self.root / _one_name(name)).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _cannot("read", self.at(name), error) from error

    def names(self) -> set[str]:
        """Return the names of what is there."""
        return {path.name for path in self.root.iterdir()} if self.root.is_dir() else set()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold this user's lock on the folder for the block; an address has no such lock."""
        digest = hashlib.sha256(str(self.root.resolve()).encode()).hexdigest()[:16]
        with contextlib.ExitStack() as stack:
            # Not in the folder itself, which may be published. Without a home to write to, no lock.
            with contextlib.suppress(OSError):
                (cache_folder() / "locks").mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(cache_folder() / "locks" / digest))
            yield

    def remove(self, name: str) -> None:
        """Take a file away, if there is one."""
        (self.root / _one_name(name)).unlink(missing_ok=True)


class _RemoteFolder(Folder):
    """A folder that fsspec reaches."""

    def __init__(self, url: str, files: Any, root: str, *, make: bool) -> None:
        self.url, self._files, self._root = url.rstrip("/"), files, root.rstrip("/")
        try:
            if make:
                files.makedirs(self._root, exist_ok=True)
        except Exception as error:  # each file system has errors of its own
            raise _cannot("write to", url, error) from error

    def at(self, name: str) -> str:
        return f"{self.url}/{_one_name(name)}"

    def put(self, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            try:
                self._files.pipe_file(f"{self._root}/{_one_name(name)}", content)
            except Exception as error:
                raise _cannot("write", self.at(name), error) from error

    def names(self) -> set[str]:
        try:
            return {str(path).rsplit("/", 1)[-1] for path in self._files.ls(self._root, detail=False)}
        except Exception as error:
            raise _cannot("list", self.url, error) from error

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        yield

    def read(self, name: str) -> bytes | None:
        try:
            content: bytes = self._files.cat_file(f"{self._root}/{_one_name(name)}")
        except FileNotFoundError:
            return None
        except Exception as error:
            raise _cannot("read", self.at(name), error) from error
        return content

    def remove(self, name: str) -> None:
        path = f"{self._root}/{_one_name(name)}"
        try:
            if self._files.exists(path):
                self._files.rm_file(path)
        except Exception as error:
            raise _cannot("take away", self.at(name), error) from error


def folder(out: str | Path, *, make: bool = True) -> Folder:
    """Return the folder of this path, or of an address that fsspec knows, like ``"s3://bucket/reports"``.

    Raises
    ------
    StoreError
        If it cannot be written to.
    InputError
        If fsspec does not know such an address.
    MissingExtra
        If it is an address and fsspec is not installed.
    """
    if not is_address(out):
        return Folder(Path(out).expanduser(), make=make)
    files, root = filesystem(str(out), "report")
    if "file" in (files.protocol if isinstance(files.protocol, tuple) else (files.protocol,)):
        return Folder(Path(root), make=make)  # puts in place in one step
    return _RemoteFolder(str(out), files, root, make=make)


def _one_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ReportError(f"{name!r} cannot be the name of a file of the report")
    return name


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _cannot(verb: str, what: object, error: Exception) -> StoreError:
    return StoreError(f"cannot {verb} {what} ({_why(error)}); choose another with --out")
