"""A small store under a small library, made once; tests that change it take a copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.few_rules import use_rules, write_few_rules
from tests.store.nights import SELECT, Nights, small_store


@pytest.fixture(scope="session")
def few_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library with the rules that these tests judge by."""
    return write_few_rules(tmp_path_factory.mktemp("rules") / "library", SELECT)


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory, few_rules: Path) -> Nights:
    """A store after its first night. Leave it as it is."""
    with pytest.MonkeyPatch.context() as patch:
        use_rules(few_rules, patch)
        return small_store(tmp_path_factory.mktemp("first") / "store")


@pytest.fixture(autouse=True)
def under_few_rules(few_rules: Path) -> Iterator[None]:
    """Every test of this folder judges by the small library."""
    with pytest.MonkeyPatch.context() as patch:
        use_rules(few_rules, patch)
        yield


@pytest.fixture
def nights(first_night: Nights, tmp_path: Path) -> Nights:
    """A store of one's own after its first night."""
    return first_night.copy(tmp_path / "store")
