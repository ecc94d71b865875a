"""Where reports are put: a folder of this computer, or a place that fsspec reaches.

The one rule: **a name is a name**. Nothing that was asked for can point out of the folder, and a reader
sees the old file or the new one: here a file is put in place in one step; elsewhere it is sent in one
piece, which an object store (``s3://``, ``gs://``, ``abfs://``) puts in place in one step too.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from oikit.errors import InputError, MissingExtra, ReportError, StoreError
from oikit.files import cache_folder, is_address, locked, reached

__all__ = ["Folder", "folder", "read"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,200}")


class Folder:
    """A folder of this computer.

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
            raise self._cannot("write to", root, error) from error

    def at(self, name: str) -> Path | str:
        """Where a file of this name is."""
        return self.root / _one_name(name)

    def put(self, files: Mapping[str, bytes]) -> None:
        """Write all aside, then put each in place in one step."""
        paths = {self.root / _one_name(name): content for name, content in files.items()}
        parts = {path: path.with_name(f".{path.name}.{secrets.token_hex(6)}.part") for path in paths}
        try:
            for path, part in parts.items():
                part.write_bytes(paths[path])
            for path, part in parts.items():
                os.replace(part, path)
        except OSError as error:
            raise self._cannot("write", error.filename, error) from error
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)

    def read(self, name: str) -> bytes | None:
        """What a file of this name holds; None if there is none."""
        try:
            return (self.root / _one_name(name)).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._cannot("read", self.at(name), error) from error

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only run of this person that writes here; an address has no such lock."""
        asked = hashlib.sha256(str(self.root.resolve()).encode()).hexdigest()[:16]
        with contextlib.ExitStack() as stack:
            # Not in the folder itself, which may be published. Without a home to write to, no lock.
            with contextlib.suppress(OSError):
                (cache_folder() / "locks").mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(cache_folder() / "locks" / asked))
            yield

    def remove(self, name: str) -> None:
        """Take a file away, if there is one."""
        (self.root / _one_name(name)).unlink(missing_ok=True)

    @staticmethod
    def _cannot(verb: str, what: object, error: Exception) -> StoreError:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return StoreError(f"cannot {verb} {what} ({why}); choose another with --out")


class _Elsewhere(Folder):
    """A folder that fsspec reaches."""

    def __init__(self, url: str, files: Any, root: str, *, make: bool) -> None:
        self.url, self._files, self._root = url.rstrip("/"), files, root.rstrip("/")
        try:
            if make:
                files.makedirs(self._root, exist_ok=True)
        except Exception as error:  # each file system has errors of its own
            raise self._cannot("write to", url, error) from error

    def at(self, name: str) -> str:
        return f"{self.url}/{_one_name(name)}"

    def put(self, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            try:
                self._files.pipe_file(f"{self._root}/{_one_name(name)}", content)
            except Exception as error:
                raise self._cannot("write", self.at(name), error) from error

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        yield

    def read(self, name: str) -> bytes | None:
        try:
            found: bytes = self._files.cat_file(f"{self._root}/{_one_name(name)}")
        except FileNotFoundError:
            return None
        except Exception as error:
            raise self._cannot("read", self.at(name), error) from error
        return found

    def remove(self, name: str) -> None:
        path = f"{self._root}/{_one_name(name)}"
        try:
            if self._files.exists(path):
                self._files.rm_file(path)
        except Exception as error:
            raise self._cannot("take away", self.at(name), error) from error


def folder(out: str | Path, *, make: bool = True) -> Folder:
    """The folder of this name or address.

    Parameters
    ----------
    out : path or str
        A folder, or an address that fsspec knows, like ``"s3://bucket/reports"``.
    make : bool
        Make it if it is missing.

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
        return Folder(Path(out), make=make)
    files, root = reached(str(out), "report")
    if "file" in (files.protocol if isinstance(files.protocol, tuple) else (files.protocol,)):
        return Folder(Path(root), make=make)  # puts in place in one step
    return _Elsewhere(str(out), files, root, make=make)


def read(where: str | Path) -> bytes:
    """One file by its path or address.

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
            return Path(where).read_bytes()
        files, path = reached(str(where), "report")
        found: bytes = files.cat_file(path)
    except (MissingExtra, InputError):
        raise
    except Exception as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise StoreError(f"cannot read {where} ({why})") from error
    return found


def _one_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ReportError(f"{name!r} cannot be the name of a file of the report")
    return name
