"""The errors of oikit, and what to do about each.

::

    OikitError
    ├── InputError (ValueError)        what was asked cannot be had; the reader retypes
    │   ├── FrameError                 a table breaks the contract of `oikit.frame`
    │   └── ReportError                a report was asked for with a wrong parameter
    ├── StoreError (OSError)           the folder cannot be read or written
    ├── MissingExtra (ImportError)     a part of oikit that is not installed
    └── VenueError                     the exchange did not give what it should
        ├── Unreachable                no answer, or not in time
        ├── GeoBlocked                 the exchange does not serve this place
        ├── RateLimited                too many requests; the message says until when
        └── BadReply                   an answer that is not the data asked for

Every message says what was asked, what was found and what to type next. ``exit_code`` is what
the command line returns: 2 where the reader can mend it, 1 where only the exchange can.
"""

from __future__ import annotations

__all__ = [
    "BadReply",
    "FallbackWarning",
    "FrameError",
    "GeoBlocked",
    "InputError",
    "MissingExtra",
    "OikitError",
    "RateLimited",
    "ReportError",
    "StoreError",
    "Unreachable",
    "VenueError",
]


class OikitError(Exception):
    """The root: catch this to catch all of ours."""

    exit_code = 2


class InputError(OikitError, ValueError):
    """A request that cannot be met; the message says what can."""


class FrameError(InputError):
    """A table breaks the frame contract; all problems are listed at once.

    Parameters
    ----------
    problems : list of str
        One line each, with the line of code that repairs it.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"this table is not a market frame yet:\n{lines}")


class ReportError(InputError):
    """A report was asked for with a parameter that it does not have, or that does not fit."""


class StoreError(OikitError, OSError):
    """The folder of stored data cannot be read or written."""


class MissingExtra(OikitError, ImportError):
    """A part of oikit is not installed.

    Parameters
    ----------
    package : str
        The import that failed.
    extra : str
        The extra that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"this needs {package}, which is not installed; type: pip install 'oikit[{extra}]'")


class VenueError(OikitError):
    """The exchange did not give what it should; nothing of the reader's needs mending."""

    exit_code = 1


class Unreachable(VenueError):
    """No answer, or none in time."""


class GeoBlocked(VenueError):
    """The exchange does not serve the place this computer is in. Said once, never worked around."""


class RateLimited(VenueError):
    """Too many requests; the message says until when the exchange will not answer."""


class BadReply(VenueError):
    """An answer arrived that is not the data asked for."""


class FallbackWarning(UserWarning):
    """Data came from a second choice; the message says which and why."""
