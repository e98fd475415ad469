"""数据 Data: what each run read, file by file, what could not be read in its own words, and what was replaced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts.cards import Card, cards
from analyzer.dashboard.parts.export import MOST_ROWS, csv_bytes, export_button
from analyzer.dashboard.parts.states import empty, section, title
from analyzer.reports.masking import mask_cell, mask_sentence

_PARTS = ("files", "issues", "replaced", "missing")
_NUMBERS = ("rows_read", "loaded", "duplicates", "replaced", "quarantined", "issues")
_PAGE = 200


def render(page: Page) -> None:
    """Show the account of the intake."""
    words, intake = page.words, page.source.figures().intake
    title(words("dashboard.page.data"), words("dashboard.data.lead"))
    if page.source.has("runs"):
        _runs(page)
    shown = {name: getattr(intake, name) for name in _NUMBERS}
    cards(
        [Card(words(f"column.{name}"), number, words(f"dashboard.data.{name}_help")) for name, number in shown.items()]
    )
    st.caption(plain(words("dashboard.data.sum", **shown)))
    parts = _PARTS if page.source.has("history") else tuple(one for one in _PARTS if one != "replaced")
    part = page.filters.part(
        "part", words("dashboard.overview.part"), parts, lambda one: words(f"dashboard.data.part_{one}"),
        label_visibility="collapsed",
    )  # fmt: skip
    {"files": _files, "issues": _issues, "replaced": _replaced, "missing": _missing}[part](page)


def _runs(page: Page) -> None:
    words = page.words
    section(words("dashboard.data.runs"), words("dashboard.data.runs_note"))
    names = ("run_no", "started_at", "as_of", "files", "refused", "loaded", "findings", "new", "reopened", "resolved")
    rows = page.source.rows(f"SELECT {', '.join(names)} FROM runs ORDER BY run_no DESC LIMIT 400")
    head = [words(f"dashboard.data.run_{name}") for name in names]
    frame = pd.DataFrame(rows, columns=head)
    frame[head[1]] = [row[1].strftime("%Y-%m-%d %H:%M") if row[1] else "" for row in rows]
    frame[head[2]] = [row[2].isoformat() if row[2] else "" for row in rows]
    st.dataframe(
        frame, hide_index=True, width="stretch", height=min(36 * len(rows) + 38, 300), column_config=_whole(head[3:])
    )


def _files(page: Page) -> None:
    words, law = page.words, page.source.law
    accounts = page.source.figures().accounts
    refused = sum(1 for one in accounts if one.refused)
    if refused:
        st.warning(plain(words("dashboard.data.refused", n=refused)))
    head = [words(f"column.{name}") for name in ("file", "sheet", "table", *_NUMBERS, "refused", "notes")]
    rows = []
    for one in sorted(accounts, key=lambda account: account.refused is None):
        said = [mask_sentence(text) if text else "" for text in one.said(page.lang)]
        table = words.say(law.table_title(one.table)) if one.table else ""
        counts = [getattr(one, name) for name in _NUMBERS]
        rows.append([mask_sentence(one.file), mask_sentence(one.sheet or ""), table, *counts, *said])
    _table(page, "files", head, rows, head[3:9])


def _issues(page: Page) -> None:
    words = page.words
    total = page.source.one("SELECT count(*) FROM issues")[0]
    if not total:
        empty(words("dashboard.data.no_issues"))
        return
    st.text(words("dashboard.data.issues_count", n=total))
    head = [words(f"column.{name}") for name in ("file", "sheet", "row", "column", "text", "reason")]
    _table(
        page,
        "issues",
        head,
        _issue_rows(page, _at("issues", total), _PAGE),
        head[2:3],
        lambda: _issue_rows(page, 0, MOST_ROWS),
    )


def _issue_rows(page: Page, first: int, most: int) -> list[list[Any]]:
    """Issues in their original words; what may be personal is masked, also where a cell slipped its column."""
    reason = "reason" if page.lang == "zh" else "reason_en"
    found = page.source.rows(
        f'SELECT i."file", i."sheet", i."row", i."column", i.text, i.{reason}, s.table_name, i.column_name FROM issues AS i'
        " LEFT JOIN inputs AS s ON s.source = i.source"
        f' ORDER BY i.source, i."row", i."column", i.text LIMIT {int(most)} OFFSET {int(first)}'
    )
    rows = []
    for file, sheet, row, column, text, why, table, known in found:
        shown = mask_cell(text, page.source.law.personal(table, known)) if text else ""
        header = column if known else mask_cell(column, None) if column else ""  # what stands there may be data
        rows.append(
            [mask_sentence(file or ""), mask_sentence(sheet or ""), row, header, shown, mask_sentence(why or "")]
        )
    return rows


def _replaced(page: Page) -> None:
    """The old versions of replaced rows: where they stood. Their contents stay in the package."""
    words, law = page.words, page.source.law
    total = page.source.one("SELECT count(*) FROM history")[0]
    if not total:
        empty(words("dashboard.data.no_replaced"))
        return
    st.text(words("dashboard.data.replaced_count", n=total))
    st.caption(plain(words("dashboard.data.replaced_note")))
    head = [words(f"column.{name}") for name in ("table", "record_key", "file", "sheet", "row")]

    def rows(first: int, most: int) -> list[list[Any]]:
        found = page.source.rows(
            'SELECT h.table_name, h.record_key, s.file, s.sheet, h."row" FROM history AS h'
            " LEFT JOIN inputs AS s ON s.source = h.source"
            f' ORDER BY h.table_name, h.record_key, h.source, h."row" LIMIT {int(most)} OFFSET {int(first)}'
        )
        return [
            [
                words.say(law.table_title(table)),
                mask_sentence(key or ""),
                mask_sentence(file or ""),
                mask_sentence(sheet or ""),
                row,
            ]
            for table, key, file, sheet, row in found
        ]

    _table(page, "replaced", head, rows(_at("replaced", total), _PAGE), head[4:], lambda: rows(0, MOST_ROWS))


def _missing(page: Page) -> None:
    """The canonical tables that no file held, and columns that no file of a table had."""
    words, law = page.words, page.source.law
    supplied = page.source.summary["columns"]
    section(words("dashboard.data.tables_missing"), words("dashboard.data.tables_missing_note"))
    head = [words("column.table"), words("dashboard.data.supplied"), words("dashboard.data.columns_missing")]
    rows = []
    for name, table in law.library.vocabulary.tables.items():
        had = set(supplied.get(name, ()))
        lacking = (
            []
            if not had
            else [words.say(one.title) for key, one in table.columns.items() if key not in had and not one.further]
        )
        state = words("fact_value.yes" if had else "fact_value.no")
        if lacking or not had:
            rows.append([words.say(table.title), state, words.t("list.comma").join(lacking)])
    if not rows:
        empty(words("dashboard.data.all_there"))
        return
    _table(page, "tables", head, rows, [])
    page.page_link("overview", words("dashboard.data.to_coverage"), part="coverage")


def _at(key: str, total: int) -> int:
    """The first row of the page of a long table that is shown."""
    pages = -(-total // _PAGE)
    if pages < 2:
        return 0
    return (int(st.pagination(pages, key=f"data.{key}.page")) - 1) * _PAGE


def _table(
    page: Page, key: str, head: Sequence[str], rows: list[list[Any]], whole: Sequence[str], every: Any = None
) -> None:
    st.dataframe(pd.DataFrame(rows, columns=list(head)), hide_index=True, width="stretch", column_config=_whole(whole))
    export_button(page, f"data.{key}", key, lambda: csv_bytes(head, every() if every else rows))


def _whole(names: Sequence[str]) -> dict[str, Any]:
    return {name: st.column_config.NumberColumn(format="localized") for name in names}
