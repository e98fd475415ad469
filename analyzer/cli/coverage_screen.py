"""`analyzer rules list --coverage`: every item of the two source documents with what answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from analyzer.cli import console
from analyzer.cli.language import LANGUAGE, say

if TYPE_CHECKING:
    from analyzer.rulebook.coverage import Coverage, Item
    from analyzer.rulebook.library import Library


def print_coverage(library: Library, as_json: bool) -> None:
    """Print the documents item by item; the last line says that none is left out."""
    from analyzer.rulebook.coverage import load_coverage

    coverage = load_coverage(library.folders[0], library.laws, library.rules)
    if as_json:
        console.print_json(as_data(coverage))
        return
    for document, sections in coverage.documents.items():
        console.out.print(f"[bold]{document}[/] {library.laws[document].title.say(LANGUAGE)}")
        for section in sections:
            table = Table(box=None, pad_edge=False, show_header=False)
            table.add_column(ratio=5, overflow="fold")
            table.add_column(ratio=6, overflow="fold")
            for item in section.items:
                table.add_row("  " + item.title.say(LANGUAGE), answer_in_words(library, coverage, item))
            console.out.print(f"[dim]{section.title.say(LANGUAGE)}[/]")
            console.out.print(table)
    count = len(coverage.items)
    by_rules = sum(bool(item.answered_by) for item in coverage.items)
    console.out.print(
        say(
            f"共 {count} 项，全部有回应：{by_rules} 项有规则或线索指标，其余为线索类别或整治台账。",
            f"{count} items, all answered: {by_rules} by rules or indicators, the rest by clues or the ledger.",
        )
    )


def answer_in_words(library: Library, coverage: Coverage, item: Item) -> str:
    """Return what answers an item: rules, indicators, clue categories, the ledger."""
    forces = {code: str(library.rules[code].rule.force) for code in item.answered_by}
    rules = [code for code, force in forces.items() if force != "indicator"]
    indicators = [code for code, force in forces.items() if force == "indicator"]
    clues = [coverage.clues[name].title.say(LANGUAGE) for name in item.clues]
    parts = [
        (say("规则", "rules"), ", ".join(rules)),
        (say("指标", "indicators"), ", ".join(indicators)),
        (say("线索", "clues"), say("、", "; ").join(clues)),
    ]
    words = [f"{name} {text}" for name, text in parts if text]
    return say("；", "; ").join([*words, *([say("整治台账", "ledger")] if item.ledger else [])])


def as_data(coverage: Coverage) -> list[dict[str, Any]]:
    """Return the coverage as plain data."""
    return [
        {
            "document": document,
            "section": section.title._asdict(),
            "item": item.title._asdict(),
            "answered_by": list(item.answered_by),
            "clues": list(item.clues),
            "ledger": item.ledger,
        }
        for document, sections in coverage.documents.items()
        for section in sections
        for item in section.items
    ]
