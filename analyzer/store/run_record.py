"""What the books say of a run: written in the very transaction that holds its answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from analyzer.engine.audit import Audit, Order, fingerprint
from analyzer.model import Severity
from analyzer.store.contents import file_hash
from analyzer.store.inbox import Arrival
from analyzer.store.judging import Judged
from analyzer.store.life import NEW, REOPENED, Before, Lived, life_sql, live
from analyzer.store.summary import summary
from analyzer.store.warehouse import REFUSED, SKIPPED, TAKEN, Filed, Run, Warehouse

_ENTRIES = """
SELECT bool_or(table_name IS NOT NULL), bool_or(refused IS NOT NULL),
  string_agg(DISTINCT coalesce(sheet || ': ', '') || refused, chr(10)),
  string_agg(DISTINCT coalesce(sheet || ': ', '') || refused_en, chr(10)),
  string_agg(DISTINCT notes, chr(10)), string_agg(DISTINCT notes_en, chr(10))
FROM _inputs WHERE source >= ? AND (file = ? OR starts_with(file, ? || '/'))
"""


def file_states(con: duckdb.DuckDBPyConnection, new: Sequence[Arrival]) -> list[Filed]:
    """Return what became of each file of a night, from the account of its sheets and members.

    A file of which at least one table was read is taken in; what was refused of it is said all the same.
    """
    row = con.execute("SELECT coalesce(max(last_source) + 1, 0) FROM book.runs").fetchone()
    first = int(row[0]) if row else 0
    found = []
    for one in new:
        said = con.execute(_ENTRIES, [first, one.source.label, one.source.label]).fetchone()
        loaded, refused, why_zh, why_en, note_zh, note_en = said or (None,) * 6
        state = TAKEN if loaded else REFUSED if refused else SKIPPED
        if state == SKIPPED:
            why_zh, why_en = note_zh or "没有可读的内容", note_en or "nothing to read in it"
        size = one.stamp[0]
        found.append(Filed(one.sha256, one.source.label, one.name, one.copy.name, size, state, why_zh, why_en))
    return found


def write_down(
    house: Warehouse,
    audit: Audit,
    last: Run | None,
    run_no: int,
    started: datetime,
    law_sha256: str,
    judged: Judged,
    files: Sequence[Filed],
) -> Run:
    """Bring the lives of the findings to this run, and write the run and its files into the books."""
    con = house.con
    before = None
    if last is not None:
        package = house.store.package(last.run_id)
        before = Before(package / "findings.parquet", package / "finding_records.parquet")
    lived = live(con, run_no, audit.order.as_of, audit.rules, before, _changed(last, audit))
    mark = fingerprint(audit)
    run_id = f"{run_no:06d}-{mark[:8]}"
    said = _summary(con, audit, run_no, run_id, mark, lived, judged, files)
    rules = {one.rule.code: {"version": one.rule.version, "sha256": one.sha256} for one in audit.rules}
    last_source = house.next_source() - 1
    totals = said["totals"]
    refused = sum(one.state == REFUSED for one in files)
    con.execute(
        f"INSERT INTO book.runs VALUES ({', '.join('?' * 22)})",
        [
            run_no, run_id, started, audit.order.as_of, judged.how, mark, law_sha256, audit.rulings.profile,
            json.dumps(list(audit.order.settings), ensure_ascii=False), last_source, len(files), refused,
            totals["rows_read"], totals["loaded"], totals["findings"], lived.new, lived.open, lived.resolved,
            lived.reopened, _json(asked_of(audit.order)), _json(said), _json(rules),
        ],
    )  # fmt: skip
    for one in files:
        con.execute(
            "INSERT INTO book.files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [run_no, one.sha256, one.label, one.name, one.copy, one.size, one.state, one.why_zh, one.why_en],
        )
    run = house.run(run_no)
    assert run is not None
    return run


def _changed(last: Run | None, audit: Audit) -> set[str]:
    """The rules that are not what they were: another text, or another value of the law anywhere."""
    if last is None:
        return set()
    mark = law_mark(audit)
    if last.summary.get("law_mark", mark) != mark:
        return {one.rule.code for one in audit.rules}
    return {one.rule.code for one in audit.rules if last.rules.get(one.rule.code, {}).get("sha256") != one.sha256}


def law_mark(audit: Audit) -> str:
    """Return a hash of every value of the law in force, of the profiles and of the facts files."""
    values = {
        name: [(str(entry.from_), str(entry.value), str(entry.status)) for entry in parameter.entries]
        for name, parameter in sorted(audit.rulings.parameters.items())
    }
    facts = {name: file_hash(one.path) for name, one in sorted(audit.library.base_files.items())}
    said = json.dumps([values, list(audit.rulings.chain), facts], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def asked_of(order: Order) -> dict[str, Any]:
    """What a run is asked, as far as it decides the answers; own files are kept with the law."""
    return {
        "profile": None if isinstance(order.profile, Path) else order.profile,
        "set": list(order.settings),
        "select": list(order.select),
    }


def _summary(
    con: duckdb.DuckDBPyConnection,
    audit: Audit,
    run_no: int,
    run_id: str,
    mark: str,
    lived: Lived,
    judged: Judged,
    files: Sequence[Filed],
) -> dict[str, Any]:
    """The summary of an audit of everything so far, and what this night changed."""
    by_severity = dict(
        con.execute(
            f"SELECT f.severity, count(*) FROM ({life_sql(run_no)}) AS l JOIN findings AS f USING (finding_id)"
            f" WHERE l.status IN ('{NEW}', '{REOPENED}') GROUP BY 1"
        ).fetchall()
    )
    states = [one.state for one in files]
    return summary(audit) | {
        "run_id": run_id,
        "fingerprint": mark,
        "law_mark": law_mark(audit),
        "run_no": run_no,
        "life": lived.as_data(),
        "new_by_severity": {str(one): by_severity.get(str(one), 0) for one in Severity},
        "night": {
            "judged": judged.how,
            "evaluated": judged.evaluated,
            "redone": dict(judged.redone),
            "files": {state: states.count(state) for state in (TAKEN, REFUSED, SKIPPED)},
        },
    }


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, default=str)


__all__ = ["asked_of", "file_states", "write_down"]
