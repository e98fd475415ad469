"""One case with everything that hangs on it, judged again: its rows, its clocks, every rule's answer on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.model import AnalyzerError, Problem, Text, Verdict
from analyzer.model.tables import UNKNOWN
from analyzer.rulebook.clocks import CaseClocks, load_clocks
from analyzer.store.case_clock import Row, Timing, read_clock
from analyzer.store.reopen import Judged, Reopened

LINKED = ("detections", "notices", "payments", "detentions", "appeals")
"""The tables whose rows belong to a case, besides the case itself."""

_SCORED = {Verdict.COMPLIANT, Verdict.BREACH, Verdict.REVIEW}


@dataclass(frozen=True)
class CaseFile:
    """What is known of one case. `answers` are in the order of tables and codes."""

    opened: Reopened
    case_id: str
    rows: Mapping[str, Sequence[Row]]
    keys: Mapping[str, str]
    timings: tuple[Timing, ...]
    answers: tuple[Judged, ...]
    clocks: CaseClocks

    @property
    def score(self) -> tuple[int, int]:
        """The answers that are compliant, and those that could be given at all: compliant, breach and review."""
        scored = [one for one in self.answers if one.verdict in _SCORED]
        return sum(one.verdict is Verdict.COMPLIANT for one in scored), len(scored)

    def with_verdict(self, *verdicts: Verdict) -> list[Judged]:
        """Return the answers that are one of these."""
        return [one for one in self.answers if one.verdict in verdicts]


def read_case(opened: Reopened, case_id: str) -> CaseFile:
    """Collect one case; raise `AnalyzerError` when the package has no such case."""
    library = opened.library
    rows = {"cases": _rows(opened, "cases", "t.case_id = ?", [case_id])}
    if not rows["cases"]:
        cause = Text(f"结果包里没有案件 {case_id}", f"the package has no case {case_id}")
        raise AnalyzerError(Problem(case_id, cause))
    record = rows["cases"][0].get("record_id")
    rows["detections"] = _rows(opened, "detections", "t.record_id = ?", [record])
    rows["notices"] = _rows(opened, "notices", "t.case_id = ? OR t.record_id = ?", [case_id, record])
    for table in ("payments", "detentions", "appeals"):
        rows[table] = _rows(opened, table, "t.case_id = ?", [case_id])
    keys = {table: library.vocabulary[table].key[0] for table in rows}
    clocks = load_clocks(library.folders[0], library.vocabulary, library.parameters, library.laws)
    timings = [
        timing
        for clock in clocks.clocks
        for timing in read_clock(clock, rows, keys, opened.rulings, library.calendar, opened.setting.as_of)
    ]
    answers = [
        one
        for table in ("cases", *LINKED)
        if rows[table]
        for one in opened.judged(table, [str(row[keys[table]]) for row in rows[table]])
    ]
    return CaseFile(opened, case_id, rows, keys, tuple(timings), tuple(answers), clocks)


def _rows(opened: Reopened, table: str, condition: str, values: Sequence[object]) -> list[dict[str, Any]]:
    """The rows of a table with the names of their unknown columns under `_unknown`."""
    known = opened.library.vocabulary[table]
    names = [*known.columns, UNKNOWN]
    wanted = ", ".join(f't."{name}"' for name in names)
    order = ", ".join(f't."{name}"' for name in known.key)
    found = opened.con.execute(f'SELECT {wanted} FROM "{table}" AS t WHERE {condition} ORDER BY {order}', values)
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    for row in rows:
        mask = int(row[UNKNOWN])
        row[UNKNOWN] = [name for name in known.columns if mask & known.bit(name)]
    return rows


__all__ = ["LINKED", "CaseFile", "read_case"]
