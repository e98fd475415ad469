"""What several sheets of a workbook do once they are written: print on two pages, take dates, offer choices."""

from __future__ import annotations

from datetime import date
from typing import Any

from analyzer.reports.wording import Words


def print_on_two_pages(sheet: Any, second: int) -> None:
    """Print a wide list on two pages side by side, number and problem on both; `second` begins the second page."""
    sheet.freeze_panes(1, 2)
    sheet.repeat_columns(0, 1)
    sheet.set_print_scale(62)
    sheet.set_v_pagebreaks([second])


def ask_for_date(words: Words, sheet: Any, last: int, column: int) -> None:
    """Let a column take dates, with a hint."""
    sheet.data_validation(
        1, column, last, column,
        {
            "validate": "date", "criteria": ">=", "value": date(2000, 1, 1), "error_type": "warning",
            "input_title": words.t("progress.due_title"), "input_message": words.t("progress.due_hint"),
        },
    )  # fmt: skip


def offer_choices(words: Words, sheet: Any, last: int, column: int, key: str) -> None:
    """Let a column be chosen from a list; other words are possible."""
    sheet.data_validation(
        1, column, last, column,
        {
            "validate": "list", "source": words.t(f"progress.{key}").split(","), "error_type": "information",
            "input_title": words.t("progress.title"), "input_message": words.t("progress.hint"),
        },
    )  # fmt: skip


__all__ = ["ask_for_date", "offer_choices", "print_on_two_pages"]
