"""The law as shipped, and a small made-up one to break."""

from __future__ import annotations

from pathlib import Path

import pytest

from .small_law import CITY, CYCLE, LAW, NATIONAL, RULES, SERVICE, UNIT, Book, Write


@pytest.fixture(scope="session")
def book() -> Book:
    """The law as shipped."""
    return Book.load(RULES)


@pytest.fixture
def small(tmp_path: Path) -> Write:
    """Write a small rules folder; keyword arguments replace the text of a file (`service_days=...`)."""

    def write(**texts: str) -> Path:
        files = {
            "law/laws.yaml": texts.get("law", LAW),
            "parameters/service_days.yaml": texts.get("service_days", SERVICE),
            "parameters/notify_unit.yaml": texts.get("notify_unit", UNIT),
            "parameters/cycle_months.yaml": texts.get("cycle_months", CYCLE),
            "profiles/national.yaml": texts.get("national", NATIONAL),
            "profiles/city.yaml": texts.get("city", CITY),
        }
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write
