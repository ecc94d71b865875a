"""The article's 38 statements, by topic; those that no table of one market decides stand apart."""

from __future__ import annotations

from collections.abc import Iterable

from oikit.claims.article import funding, leverage, positioning, unverifiable
from oikit.claims.claim import Claim

__all__ = ["CLAIMS", "readings"]

_LESSONS = {
    "00": "C01 C08 C19 C34",
    "01": "C12 C33",
    "02": "C04 C05 C06 C07",
    "03": "C03 C09 C27 C36",
    "04": "C10 C11 C38",
    "05": "C13 C14 C15 C16",
    "06": "C02 C22 C23 C26 C32 C37",
    "07": "C17 C18 C30",
    "08": "C20 C28 C29",
    "09": "C21 C24 C25 C31 C35",
}
_TREATED = {id: lesson for lesson, ids in _LESSONS.items() for id in ids.split()}

CLAIMS: dict[str, Claim] = {
    id: claim.with_lesson(_TREATED[id])
    for id, claim in sorted(
        (claim.id, claim)
        for module in (funding, leverage, positioning, unverifiable)
        for claim in vars(module).values()
        if isinstance(claim, Claim)
    )
}
"""By id, C01 to C38. `readings` adds the other readings of the ambiguous ones."""


def readings(claims: Iterable[Claim]) -> list[Claim]:
    """Return each claim, followed by the other readings of the same statement."""
    return [each for claim in claims for each in (claim, *claim.beside)]
