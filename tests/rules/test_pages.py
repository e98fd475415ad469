"""The committed catalogue is what the rule files say today."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from analyzer.reports.rule_pages import rule_pages
from tests.rules.proof import library

DOCS = Path(__file__).resolve().parents[2] / "docs" / "rules"


@cache
def pages() -> dict[str, str]:
    return rule_pages(library())


def test_the_catalogue_is_not_stale() -> None:
    made = pages()
    committed = {path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md")}
    stale = sorted(name for name in made.keys() | committed.keys() if made.get(name) != committed.get(name))
    assert stale == [], "run: analyzer rules docs --out docs/rules"


def test_every_rule_has_its_place_in_both_languages() -> None:
    for one in library().rules.values():
        family = one.rule.id.split(".")[0]
        for language in ("zh", "en"):
            page = pages()[f"{language}/{family}.md"]
            assert f"## {one.rule.code} " in page
            assert getattr(one.rule.requirement, language) in page


def test_the_pages_are_the_same_every_time() -> None:
    assert rule_pages(library()) == pages()
