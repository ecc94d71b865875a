"""The article's 38 statements, by topic; those that no table of one market decides stand apart."""

from __future__ import annotations

from collections.abc import Iterable

from oikit.claims.article.funding import FUNDING
from oikit.claims.article.leverage import LEVERAGE
from oikit.claims.article.positioning import POSITIONING
from oikit.claims.article.unverifiable import UNVERIFIABLE
from oikit.claims.claim import Claim

__all__ = ["CLAIMS", "readings"]

CLAIMS: dict[str, Claim] = {
    claim.id: claim
    for claim in sorted((*POSITIONING, *FUNDING, *LEVERAGE, *UNVERIFIABLE), key=lambda claim: claim.id)
}
"""By id, C01 to C38. `readings` adds the other readings of the ambiguous ones."""


def readings(claims: Iterable[Claim]) -> list[Claim]:
    """Each claim, followed by the other readings of the same statement.

    Parameters
    ----------
    claims : iterable of Claim
    """
    return [each for claim in claims for each in (claim, *claim.beside)]
