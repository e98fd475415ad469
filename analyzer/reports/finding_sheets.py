"""The sheets of findings: the list of problems, the rectification ledger, a sheet an agency, and the records behind them.

The three lists are written side by side in one pass: a finding is put into words once.
"""

from __future__ import annotations

from analyzer.model import Verdict
from analyzer.reports.agency_sheets import AgencySheets
from analyzer.reports.entries import Entries
from analyzer.reports.ledger_sheet import LedgerSheet
from analyzer.reports.material import SEVERITY_FILLS, VERDICT_FILLS
from analyzer.reports.sheet_help import print_on_two_pages
from analyzer.reports.sheets import SheetTable
from analyzer.reports.workbook_material import WorkbookMaterial

_BATCH = 20_000


def write_findings(made: WorkbookMaterial) -> None:
    """Write the list of problems, the ledger, and the sheets of the agencies."""
    words = made.words
    listed, ledger, agencies = _list(made), LedgerSheet(made), AgencySheets(made)
    groups = {code: one.said(words) for one in made.plan.groups for code in one.rules}
    unnamed = words.t("plan.unnamed")
    for one in Entries(made.con, made.law, words, made.show_personal):
        verdict, severity = words.t(f"verdict.{one.verdict}"), words.t(f"severity.{one.severity}")
        fills = {4: VERDICT_FILLS[one.verdict]}
        if one.severity in SEVERITY_FILLS:
            fills[5] = SEVERITY_FILLS[one.severity]
        group = groups.get(one.rule, unnamed)
        row = (
            one.number, one.problem, one.rule, group, verdict, severity, one.subject_kind, one.subject, one.agency,
            one.station, one.started_on, one.ended_on, one.record_count, one.amount_yuan, one.explanation, one.basis,
            one.parameters, one.remedy,
        )  # fmt: skip
        listed.write(row, fills)
        ledger.write(one, group, verdict, severity)
        agencies.write(one, verdict, severity, ledger.entry_of(one.number))
    listed.close()
    ledger.close()
    agencies.close()


def _list(made: WorkbookMaterial) -> SheetTable:
    table = made.table(
        "findings",
        [
            ("number", 6, "center"), ("problem", 22, "wrap"), ("rule", 8.5, "center"), ("group", 16, "wrap"),
            ("verdict", 7, "center"), ("severity", 8.5, "center"), ("subject_kind", 9, "center"), ("subject", 16, "wrap"),
            ("agency", 18, "wrap"), ("station", 14, "wrap"), ("started_on", 11, "date"), ("ended_on", 11, "date"),
            ("record_count", 8, "whole"), ("amount_yuan", 12, "money"), ("explanation", 42, "wrap"),
            ("basis", 34, "wrap"), ("parameters", 30, "wrap"), ("remedy", 30, "wrap"),
        ],
        made.figures.findings.total,
    )  # fmt: skip
    table.on_finish(lambda sheet, _: print_on_two_pages(sheet, 14))
    return table


def write_records(made: WorkbookMaterial) -> None:
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
