"""Every shared reference value, through our functions."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.conftest import SHARED
from tests.reference import FUNCTIONS

VALUES = SHARED / "cases" / "reference-values.json"


def cases() -> list[Any]:
    """All of them: a name that `FUNCTIONS` lacks is a failure, not an omission."""
    if not VALUES.exists():
        reason = "the shared table of reference values is not beside this checkout"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(row, id=row["id"]) for row in json.loads(VALUES.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", cases())
def test_a_published_number_is_ours_too(case: dict[str, Any]) -> None:
    """Each was printed by a source or computed by an independent formula."""
    found = np.asarray(FUNCTIONS[case["function"]](**case["inputs"]), dtype=float)

    assert found.shape == np.shape(case["expected"])
    np.testing.assert_allclose(found, case["expected"], rtol=0, atol=case["abs_tol"] or 1e-12)
