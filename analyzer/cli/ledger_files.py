"""`analyzer ledger export|import`: the ledger as a workbook or CSV that people work on away from the program, and back.

No cell can start a formula. What people wrote is masked in the file unless asked otherwise; a masked cell that comes back
as it was is no edit. The version of each row says which state of the problem it was made from.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from analyzer.cli import console
from analyzer.cli.language import LANGUAGE, say
from analyzer.cli.ledger_place import BY, FILTER, JSON, LEDGER, SHOW, STORE, meant, opened, who
from analyzer.cli.ledger_screen import Shown, shown_as
from analyzer.model import AnalyzerError, Problem, Text

if TYPE_CHECKING:
    from analyzer.ledger import Edited, Entry, Ledger


@dataclass(frozen=True, slots=True)
class _Column:
    key: str
    zh: str
    en: str
    width: float
    kind: str = "text"


_COLUMNS = (
    _Column("number", "编号", "Number", 11, "center"),
    _Column("version", "版本（勿改）", "Version (do not change)", 8, "center"),
    _Column("state", "状态", "State", 10, "fill"),
    _Column("severity", "严重程度", "Severity", 8, "center"),
    _Column("rule", "规则", "Rule", 8.5, "center"),
    _Column("problem", "问题", "Problem", 22, "wrap"),
    _Column("subject", "对象", "Subject", 16, "wrap"),
    _Column("agency", "机构", "Agency", 18, "wrap"),
    _Column("explanation", "事实", "Facts", 42, "wrap"),
    _Column("record_count", "记录数", "Records", 8, "whole"),
    _Column("amount", "金额（元）", "Amount (yuan)", 12, "money"),
    _Column("found_on", "列入日期", "Entered on", 11, "date"),
    _Column("presence", "数据情况", "In the data", 14, "wrap"),
    _Column("listed_on", "挂牌督办日期", "Listed on", 11, "date"),
    _Column("times_repeated", "屡查屡犯次数", "Times it came back", 8, "whole"),
    _Column("leader", "责任领导", "Leader", 10, "fill"),
    _Column("responsible", "责任人", "Responsible person", 10, "fill"),
    _Column("unit", "责任单位", "Responsible unit", 14, "fill"),
    _Column("plan", "整改措施", "Measures", 26, "fill"),
    _Column("deadline", "整改时限", "Deadline", 12, "due"),
    _Column("suppressed_until", "暂缓至", "Suppressed until", 12, "due"),
    _Column("reason", "理由（整改结果）", "Reason (what was done)", 22, "fill"),
    _Column("proofs", "凭证", "Proofs", 22, "fill"),
    _Column("closed_on", "销号日期", "Closed on", 11, "date"),
    _Column("accountability", "问责情况", "Accountability", 16, "fill"),
    _Column("note", "备注（新增）", "Note (new)", 18, "fill"),
)
EDITABLE = frozenset({
    "state", "leader", "responsible", "unit", "plan", "deadline", "suppressed_until", "reason", "proofs", "accountability",
    "note",
})  # fmt: skip
_WRITTEN = {"plan", "reason", "accountability"}
_ENDINGS = (".xlsx", ".csv")
_RISKY = tuple("=+-@\t\r\n＝＋－＠ ")


def add_to(group: typer.Typer) -> None:
    """Add these commands to the group."""
    group.command("export", help=_EXPORT)(export)
    group.command("import", help=_IMPORT)(take_in)


_EXPORT = say(
    "把台账导出成 xlsx 或 csv，可在别处填写后再导入。\n\n例：analyzer ledger export --out 台账.xlsx --store 库 --filter agency=01",
    "Write the ledger as xlsx or csv, to be filled in elsewhere and imported.\n\n"
    "Example: analyzer ledger export --out ledger.xlsx --store STORE --filter agency=01",
)
_IMPORT = say(
    "导入填写过的台账：逐行与导出时的版本比对，有冲突或错误就一行也不改，并逐行说明。\n\n"
    "例：analyzer ledger import 台账.xlsx --store 库 --dry-run",
    "Take in a ledger that was filled in: each row is held against its version; with any conflict or mistake nothing is"
    " changed, and each is named.\n\nExample: analyzer ledger import ledger.xlsx --store STORE --dry-run",
)


def export(
    out: Path = typer.Option(..., "--out", metavar="FILE", help=say("写到 .xlsx 或 .csv", ".xlsx or .csv")),
    store: Path = STORE,
    ledger: str = LEDGER,
    filters: list[str] = FILTER,
    show_personal: bool = SHOW,
    as_json: bool = JSON,
) -> None:
    """Write the ledger to a file."""
    _known_ending(out, "--out")
    with opened(store, ledger) as book:
        if show_personal:
            book.log_reveal(by=who(""), kind="ledger export", reason="--show-personal")
        entries = book.every(meant(filters))
        rows = list(_rows(book, entries, shown_as(show_personal)))
    try:
        if out.suffix.lower() == ".xlsx":
            _write_xlsx(out, rows)
        else:
            _write_csv(out, rows)
    except OSError as error:
        cause = Text(f"无法写入：{error.strerror}", f"cannot be written: {error.strerror}")
        raise AnalyzerError(Problem(f"--out {out}", cause)) from None
    if as_json:
        console.print_json({"file": str(out), "entries": len(rows)})
    else:
        text = say(f"已写出 {len(rows)} 个问题：{out}", f"{len(rows)} problems written: {out}")
        console.out.print(text, markup=False, soft_wrap=True)


def _known_ending(path: Path, option: str) -> None:
    if path.suffix.lower() not in _ENDINGS:
        cause = Text(f"不支持 `{path.suffix}`", f"`{path.suffix}` is not supported")
        raise AnalyzerError(Problem(f"{option} {path}", cause, Text("可用：.xlsx、.csv", "There are: .xlsx, .csv")))


def _rows(book: Ledger, entries: Iterable[Entry], shown: Shown) -> Iterator[dict[str, Any]]:
    from analyzer.reports.wording import Words

    words = Words(LANGUAGE)
    for one in entries:
        row: dict[str, Any] = {column.key: getattr(one, column.key, None) for column in _COLUMNS}
        row |= {name: shown(row[name]) for name in _WRITTEN}
        row |= {name: getattr(one, name).say(LANGUAGE) for name in ("problem", "subject", "explanation")}
        row["severity"] = words.name("severity", one.severity)
        row["state"], row["presence"] = one.state.label.say(LANGUAGE), one.presence.label.say(LANGUAGE)
        row["amount"] = None if one.amount_fen is None else Decimal(one.amount_fen) / 100
        row["version"], row["note"] = str(one.version), ""
        row["proofs"] = "；".join(shown(proof.reference) for proof in book.proofs(one.number)) if one.proofs else ""
        yield row


def _title(column: _Column) -> str:
    return say(column.zh, column.en)


def _write_xlsx(out: Path, rows: Sequence[dict[str, Any]]) -> None:
    from analyzer.reports.sheets import Field, ReportWorkbook

    name = say("整治台账", "Rectification ledger")
    book = ReportWorkbook(out, {"title": name})
    table = book.table(name, [Field(_title(one), one.width, one.kind) for one in _COLUMNS], name)
    for row in rows:
        table.write([row[column.key] for column in _COLUMNS])
    table.close()
    book.close()


def _write_csv(out: Path, rows: Sequence[dict[str, Any]]) -> None:
    from analyzer.reports.rows import safe_cell

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_title(one) for one in _COLUMNS])
    for row in rows:
        writer.writerow([safe_cell("" if row[one.key] is None else str(row[one.key])) for one in _COLUMNS])
    out.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def take_in(
    file: Path = typer.Argument(metavar="FILE", help=say("填写过的 .xlsx 或 .csv", "the .xlsx or .csv")),
    store: Path = STORE,
    ledger: str = LEDGER,
    by: str = BY,
    dry: bool = typer.Option(False, "--dry-run", help=say("只检查，不改动", "only check, change nothing")),
    as_json: bool = JSON,
) -> None:
    """Take in an exported ledger."""
    from analyzer.ledger import Proof

    rows = list(_edited(file))
    with opened(store, ledger) as book:
        done = book.take_edits(rows, by=who(by), dry_run=dry, shown=shown_as(False), proof=_proof_beside(file, Proof))
    if as_json:
        console.print_json({"changed": list(done.done), "rows": len(rows), "dry_run": dry})
        return
    lead = say("检查通过，将改动", "all is well; would change") if dry else say("已改动", "changed")
    text = say(
        f"{lead} {len(done.done)} 个问题（读入 {len(rows)} 行）",
        f"{lead} {len(done.done)} problems ({len(rows)} rows read)",
    )
    console.out.print(text, markup=False)


def _proof_beside(file: Path, proof: Any) -> Any:
    """A file named as proof may lie beside the workbook, or where its path says."""

    def of(reference: str) -> Any:
        return proof.of(reference, file.parent) if (file.parent / reference).is_file() else proof.of(reference)

    return of


def _edited(file: Path) -> Iterator[Edited]:
    from analyzer.ledger import Edited

    _known_ending(file, "FILE")
    if not file.is_file():
        raise AnalyzerError(Problem(str(file), Text("没有这个文件", "there is no such file")))
    lines = _sheet_rows(file) if file.suffix.lower() == ".xlsx" else _csv_rows(file)
    head: dict[int, str] = {}
    problems = []
    for number, cells in lines:
        if not head:
            head = _head(cells)
            continue
        values = {key: _bare(cells[place] or "") for place, key in head.items() if place < len(cells)}
        name = values.get("number", "").strip()
        if not any(value.strip() for value in values.values()):
            continue
        place = say(f"第 {number} 行", f"row {number}")
        version = values.get("version", "").strip().removesuffix(".0")
        if not name or not version.isdecimal():
            problems.append(Problem(place, Text("缺编号或版本", "number or version is missing")))
            continue
        yield Edited(place, name, int(version), {key: value for key, value in values.items() if key in EDITABLE})
    if not head:
        cause = Text("找不到表头（编号、版本）", "no header (number, version) was found")
        raise AnalyzerError(
            Problem(str(file), cause, Text("请使用 ledger export 导出的表", "Use a file of ledger export"))
        )
    if problems:
        raise AnalyzerError(problems)


def _head(cells: Sequence[str | None]) -> dict[int, str]:
    titles = {title.strip(): column.key for column in _COLUMNS for title in (column.zh, column.en)}
    found = {place: titles[(cell or "").strip()] for place, cell in enumerate(cells) if (cell or "").strip() in titles}
    return found if {"number", "version"} <= set(found.values()) else {}


def _bare(text: str) -> str:
    """Take the apostrophe away that keeps a cell from being a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_RISKY) else text


def _csv_rows(file: Path) -> Iterator[tuple[int, list[str | None]]]:
    from analyzer.records.encoding import decoded

    reader = csv.reader(io.StringIO(decoded(file).removeprefix("\ufeff"), newline=""))
    for cells in reader:
        yield reader.line_num, list(cells)


def _sheet_rows(file: Path) -> Iterator[tuple[int, list[str | None]]]:
    """The rows of every sheet that is a ledger; the export splits a long one over several."""
    from analyzer.engine.connect import connect
    from analyzer.records.sheets import Unreadable
    from analyzer.records.workbook import open_workbook

    con = connect()
    started = False
    try:
        for sheet in open_workbook(con, file, "ledger_sheet"):
            if not sheet.relation or not any(_head(cells) for cells in sheet.head):
                continue
            for line, *cells in con.execute(f"{sheet.relation} ORDER BY _line").fetchall():
                if started and _head(cells):
                    continue
                started = started or bool(_head(cells))
                yield int(line), cells
    except Unreadable as error:
        raise AnalyzerError(error.at(str(file))) from None
    finally:
        con.close()


__all__ = ["add_to"]
