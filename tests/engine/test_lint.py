"""Notes of `rules check`: what is no mistake but worth knowing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from analyzer.engine.lint import notes
from analyzer.rulebook.library import load_library


def test_next_years_calendar_is_missed_from_december_on() -> None:
    library = load_library()
    year = library.calendar.last.year
    assert not any("calendar" in note.en for note in notes(library, date(year, 11, 30)))
    assert any(f"{year + 1}.csv" in note.en for note in notes(library, date(year, 12, 1)))


def test_a_parameter_that_no_rule_uses_is_named() -> None:
    library = load_library()
    idle = replace(library, parameters={**library.parameters, "never_used": next(iter(library.parameters.values()))})
    assert any("never_used" in note.en for note in notes(idle, date(2025, 6, 1)))
    assert not any("service_days" in note.en for note in notes(idle, date(2025, 6, 1)))
