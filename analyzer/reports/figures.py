"""Every number that a person sees, made once from a package: workbook, report and page only lay it out.

The counting is DuckDB's, over the package's Parquet: what comes to Python is as small as what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from analyzer.model import Force, Severity, Verdict
from analyzer.model.errors import Language
from analyzer.store.package import Package


@dataclass(frozen=True, slots=True)
class Tally:
    """The findings of one key: a severity, a family, an agency, a month. None stands for several or none."""

    key: str | None
    breach: int
    review: int

    @property
    def total(self) -> int:
        """Breach and review together."""
        return self.breach + self.review


@dataclass(frozen=True, slots=True)
class Answers:
    """The five answers of one rule; they add up to the rows that it looked at."""

    rule: str
    table: str
    counts: dict[Verdict, int]
    total: int
    findings: int

    @property
    def undecided(self) -> int:
        """The rows for which the rule could not answer."""
        return self.counts[Verdict.NOT_ASSESSABLE]


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the rows of one file or sheet: read = loaded + duplicates + replaced + quarantined."""

    file: str
    sheet: str | None
    table: str | None
    rows_read: int
    loaded: int
    duplicates: int
    replaced: int
    quarantined: int
    issues: int
    refused: str | None
    refused_en: str | None
    notes: str | None
    notes_en: str | None
    sha256: str | None

    def said(self, language: Language) -> tuple[str | None, str | None]:
        """Return why it was refused, and the notes."""
        return (self.refused, self.notes) if language == "zh" else (self.refused_en, self.notes_en)


@dataclass(frozen=True, slots=True)
class Lack:
    """What kept a rule from an answer in how many rows; `missing` is a label such as `column:cases.hearing_on`."""

    rule: str
    missing: str
    rows: int


@dataclass(frozen=True, slots=True)
class Intake:
    """The accounts of all files added up."""

    files: int
    rows_read: int
    loaded: int
    duplicates: int
    replaced: int
    quarantined: int
    issues: int
    refused: int


@dataclass(frozen=True)
class Figures:
    """The figures of one audit. A breach and a review are never added up without saying so.

    `flagged_records` counts each record once, however many findings name it. The amounts of findings are not added
    up: the same fine may stand in several.
    """

    summary: dict[str, Any]
    findings: Tally
    flagged_records: int
    by_severity: tuple[Tally, ...]
    by_force: tuple[Tally, ...]
    by_family: tuple[Tally, ...]
    by_rule: tuple[Tally, ...]
    by_agency: tuple[Tally, ...]
    by_month: tuple[Tally, ...]
    answers: tuple[Answers, ...]
    intake: Intake
    accounts: tuple[Account, ...]
    lacks: tuple[Lack, ...]

    def answered(self, verdict: Verdict) -> int:
        """Return how often all rules together gave an answer."""
        return sum(one.counts[verdict] for one in self.answers)

    @property
    def rows_judged(self) -> int:
        """How many answers all rules together gave: a record counts once for each rule that looked at it."""
        return sum(one.total for one in self.answers)

    @property
    def undecided_rules(self) -> tuple[Answers, ...]:
        """The rules that could not answer for some row."""
        return tuple(one for one in self.answers if one.counts[Verdict.NOT_ASSESSABLE])


def make_figures(package: Package, con: duckdb.DuckDBPyConnection | None = None) -> Figures:
    """Count a package; `con` is a connection of it that is open already."""
    own = con or package.connect()
    try:
        return _count(package, own)
    finally:
        if con is None:
            own.close()


def _count(package: Package, con: duckdb.DuckDBPyConnection) -> Figures:
    accounts = _accounts(con)
    severities, forces = _tallies(con, "severity"), _tallies(con, "force")
    flagged = _row(con, "SELECT count(DISTINCT (table_name, record_key)) FROM finding_records")
    return Figures(
        summary=package.summary,
        findings=Tally(None, *_row(con, f"SELECT {_TWO} FROM findings")),
        flagged_records=int(flagged[0]),
        by_severity=tuple(severities.get(one.value, Tally(one.value, 0, 0)) for one in Severity),
        by_force=tuple(forces.get(one.value, Tally(one.value, 0, 0)) for one in Force),
        by_family=tuple(_tallies(con, "family").values()),
        by_rule=tuple(_tallies(con, "rule").values()),
        by_agency=tuple(_tallies(con, "agency_id").values()),
        by_month=tuple(_tallies(con, "strftime(started_on, '%Y-%m')").values()),
        answers=_answers(con),
        intake=_intake(package, accounts),
        accounts=accounts,
        lacks=tuple(
            Lack(*row)
            for row in con.execute('SELECT rule, missing, "rows" FROM not_assessable ORDER BY ALL').fetchall()
        ),
    )


_TWO = "count(*) FILTER (WHERE verdict = 'breach'), count(*) FILTER (WHERE verdict = 'review')"


def _row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = con.execute(query).fetchone()
    assert row is not None
    return tuple(row)


def _tallies(con: duckdb.DuckDBPyConnection, key: str) -> dict[str | None, Tally]:
    rows = con.execute(f"SELECT {key} AS key, {_TWO} FROM findings GROUP BY 1 ORDER BY 1 NULLS LAST").fetchall()
    return {row[0]: Tally(*row) for row in rows}


def _answers(con: duckdb.DuckDBPyConnection) -> tuple[Answers, ...]:
    columns = ", ".join(verdict.value for verdict in Verdict)
    rows = con.execute(
        f"SELECT rule, table_name, total, findings, {columns} FROM verdict_counts ORDER BY rule"
    ).fetchall()
    return tuple(
        Answers(rule, table, dict(zip(Verdict, counts, strict=True)), total, findings)
        for rule, table, total, findings, *counts in rows
    )


def _accounts(con: duckdb.DuckDBPyConnection) -> tuple[Account, ...]:
    rows = con.execute(
        "SELECT file, sheet, table_name, rows_read, loaded, duplicates, replaced, quarantined, issues,"
        " refused, refused_en, notes, notes_en, sha256 FROM inputs ORDER BY source"
    ).fetchall()
    return tuple(Account(*row) for row in rows)


def _intake(package: Package, accounts: tuple[Account, ...]) -> Intake:
    names = ("rows_read", "loaded", "duplicates", "replaced", "quarantined", "issues")
    sums = {name: sum(getattr(one, name) or 0 for one in accounts) for name in names}
    refused = sum(1 for one in accounts if one.refused)
    return Intake(files=int(package.summary["totals"]["files"]), refused=refused, **sums)
