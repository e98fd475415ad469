"""The sheets of findings: the list for rectification, and the records behind each finding."""

from __future__ import annotations

from datetime import date
from typing import Any

from analyzer.model import Verdict
from analyzer.reports.entries import Entries
from analyzer.reports.material import SEVERITY_FILLS, VERDICT_FILLS, Material

_BATCH = 20_000


def write_findings(made: Material) -> None:
    """One row a finding, with the columns that the rectifying unit fills in."""
    words = made.words
    table = made.table(
        "findings",
        [
            ("number", 6, "center"), ("problem", 22, "wrap"), ("rule", 8.5, "center"), ("verdict", 7, "center"),
            ("severity", 8.5, "center"), ("subject_kind", 9, "center"), ("subject", 16, "wrap"),
            ("agency", 18, "wrap"), ("station", 14, "wrap"), ("started_on", 11, "date"), ("ended_on", 11, "date"),
            ("record_count", 8, "whole"), ("amount_yuan", 12, "money"), ("explanation", 42, "wrap"),
            ("basis", 34, "wrap"), ("parameters", 30, "wrap"), ("remedy", 30, "wrap"), ("leader", 9, "fill"),
            ("officer", 9, "fill"), ("plan", 24, "fill"), ("due", 12, "due"), ("progress", 16, "fill"),
        ],
    )  # fmt: skip
    table.on_finish(lambda sheet, last: _to_fill_in(sheet, last, made))
    for one in Entries(made.con, made.law, words, made.show_personal):
        fills = {3: VERDICT_FILLS[one.verdict]}
        if one.severity in SEVERITY_FILLS:
            fills[4] = SEVERITY_FILLS[one.severity]
        row = (
            one.number, one.problem, one.rule, words.t(f"verdict.{one.verdict}"), words.t(f"severity.{one.severity}"),
            one.subject_kind, one.subject, one.agency, one.station, one.started_on, one.ended_on, one.record_count,
            one.amount_yuan, one.explanation, one.basis, one.parameters, one.remedy, None, None, None, None, None,
        )  # fmt: skip
        table.write(row, fills)
    table.close()


def _to_fill_in(sheet: Any, last: int, made: Material) -> None:
    """Help with filling in, and print the list on two pages side by side, number and problem on both."""
    words = made.words
    sheet.freeze_panes(1, 2)
    sheet.repeat_columns(0, 1)
    sheet.set_print_scale(66)
    sheet.set_v_pagebreaks([14])
    due, progress = 20, 21
    sheet.data_validation(
        1, due, last, due,
        {
            "validate": "date", "criteria": ">=", "value": date(2000, 1, 1), "error_type": "warning",
            "input_title": words.t("progress.due_title"), "input_message": words.t("progress.due_hint"),
        },
    )  # fmt: skip
    sheet.data_validation(
        1, progress, last, progress,
        {
            "validate": "list", "source": words.t("progress.choices").split(","), "error_type": "information",
            "input_title": words.t("progress.title"), "input_message": words.t("progress.hint"),
        },
    )  # fmt: skip


def write_records(made: Material) -> None:
    """The records of every finding, under its number."""
    words, law = made.words, made.law
    table = made.table(
        "records",
        [("number", 8, "center"), ("rule", 10, "center"), ("table", 16, "text"), ("record_key", 34, "text"), ("verdict", 9, "center")],
    )  # fmt: skip
    verdicts = {one.value: words.t(f"verdict.{one}") for one in Verdict}
    titles = {name: words.say(law.table_title(name)) for name in law.library.vocabulary.tables}
    cursor = made.con.execute(
        "SELECT n.number, r.rule, r.table_name, r.record_key, r.verdict FROM finding_records AS r"
        " JOIN numbered AS n ON n.finding_id = r.finding_id ORDER BY n.number, r.record_key"
    )
    while rows := cursor.fetchmany(_BATCH):
        for number, rule, name, key, verdict in rows:
            table.write((number, rule, titles.get(name, name), key, verdicts[verdict]))
    table.close()
