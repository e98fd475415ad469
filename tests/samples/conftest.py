"""One made bureau for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.samples import Bureau, make_bureau

RULES = Path(__file__).parents[2] / "rules"


@pytest.fixture(scope="session")
def bureau() -> Bureau:
    return make_bureau(1200, 1, RULES)
