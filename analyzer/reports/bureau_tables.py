"""The statistics that a bureau reports, made again from the canonical records: one table each, with its words.

The report on the 2017 rectification speaks of five statistical tables and names neither their titles nor their columns.
These five follow what it counts: case files, complaints, the register of officers, the register of case files, problems and
their rectification. A number whose table or column was not supplied is left out and the note says so; it is never nought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from analyzer.model.tables import UNKNOWN
from analyzer.reports.figure_table import Cell, FigureTable
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.plan import PlanFigures
from analyzer.reports.problem_states import MARKS, STATES, ProblemStates
from analyzer.reports.wording import Words


@dataclass(frozen=True)
class Records:
    """The canonical tables of a package, and what it lacks of them."""

    con: duckdb.DuckDBPyConnection
    tables: tuple[str, ...]
    columns: dict[str, frozenset[str]]
    law: Lawbook
    words: Words
    agencies: Mapping[str, str]

    def has(self, table: str, *columns: str) -> bool:
        """Whether the package holds a table, and some file of it supplied these columns."""
        return table in self.tables and set(columns) <= self.columns.get(table, frozenset())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query; it names tables as `records_<table>`."""
        return [tuple(row) for row in self.con.execute(query).fetchall()]

    def lacking(self, table: str, *columns: str) -> list[str]:
        """Return sentences on what of a table was not supplied."""
        title = self.words.say(self.law.table_title(table))
        if table not in self.tables:
            return [self.words.t("bureau.no_table", table=title)]
        gone = [one for one in columns if one not in self.columns.get(table, ())]
        names = self.words.t("list.comma").join(self.words.say(self.law.column_title(table, one)) for one in gone)
        return [self.words.t("bureau.no_column", table=title, columns=names)] if gone else []


def make_bureau_tables(
    records: Records, plan: PlanFigures, states: ProblemStates | None
) -> tuple[FigureTable, FigureTable, FigureTable, FigureTable, FigureTable]:
    """Return the five tables, in the order in which the report of 2017 speaks of them."""
    return (
        case_files(records), complaints(records), officers(records), case_register(records),
        problems(records.words, plan, states),
    )  # fmt: skip


_FILES: tuple[tuple[str, str, str, str | None], ...] = (
    ("penalty", "cases", "filed_on", None),
    ("penalty.ordinary", "cases", "filed_on", "procedure = 'ordinary'"),
    ("penalty.summary", "cases", "filed_on", "procedure = 'summary'"),
    ("penalty.fine", "cases", "filed_on", "penalty_type = 'fine'"),
    ("penalty.warning", "cases", "filed_on", "penalty_type = 'warning'"),
    ("penalty.exempt", "cases", "filed_on", "penalty_type = 'exempt'"),
    ("penalty.closed", "cases", "filed_on", "status = 'closed'"),
    ("penalty.open", "cases", "filed_on", "status = 'open'"),
    ("penalty.withdrawn", "cases", "filed_on", "status = 'withdrawn'"),
    ("coercion", "detentions", "detained_on", None),
    ("check", "inspections", "inspected_on", None),
    ("permit", "permits", "valid_from", None),
)
"""Kind of file, its table, the date that gives the year, and which rows."""

_MOST_YEARS = 8


def case_files(records: Records) -> FigureTable:
    """执法卷宗: the files by kind and year. Permits are those of oversize transport; confirmations are in no export."""
    words = records.words
    counts: dict[str, dict[int | None, int]] = {}
    for kind, table, day, only in _FILES:
        needed = (only.split(" ")[0],) if only else ()
        if not records.has(table, *needed):
            continue
        year = f"year({day})" if records.has(table, day) else "NULL::BIGINT"
        where = f" WHERE {only}" if only else ""
        query = f"SELECT {year}, count(*) FROM records_{table}{where} GROUP BY 1"
        counts[kind] = {row[0]: int(row[1] or 0) for row in records.rows(query)}
    years = sorted({year for found in counts.values() for year in found if year is not None})
    early, years = years[:-_MOST_YEARS], years[-_MOST_YEARS:]
    early_head = (words.t("bureau.before", year=years[0]),) if early else ()
    head = (words.t("bureau.kind"), *early_head, *map(str, years), words.t("bureau.undated"), words.t("column.total"))
    rows: list[tuple[Cell, ...]] = []
    for kind in (*(one[0] for one in _FILES), "confirmation"):
        found = counts.get(kind)
        sums = (
            (sum(found.get(year, 0) for year in early),) if early and found is not None else (None,) * len(early_head)
        )
        cells = [found.get(year, 0) if found is not None else None for year in (*years, None)]
        rows.append((words.t(f"file_kind.{kind}"), *sums, *cells, sum(found.values()) if found is not None else None))
    notes = [words.t("bureau.files_note")]
    for table in dict.fromkeys(one[1] for one in _FILES):
        wanted = [one[2] for one in _FILES if one[1] == table] + [
            one[3].split(" ")[0] for one in _FILES if one[1] == table and one[3]
        ]
        notes += records.lacking(table, *dict.fromkeys(wanted))
    kinds = ("text", *("whole" for _ in head[1:]))
    return FigureTable("files", words.t("bureau.files"), head, kinds, tuple(rows), tuple(notes))


def complaints(records: Records) -> FigureTable:
    """诉求: received, concluded, answered, satisfied by kind and year, with the rates and what each is a share of."""
    words = records.words
    names = (
        "kind",
        "year",
        "received",
        "concluded",
        "concluded_rate",
        "replied",
        "replied_rate",
        "rated",
        "satisfied",
        "satisfied_rate",
    )
    kinds = ("text", "text", "whole", "whole", "share", "whole", "share", "whole", "whole", "share")
    rows: list[tuple[Cell, ...]] = []
    notes = [
        words.t("bureau.rates_note"),
        *records.lacking("appeals", *_APPEAL_DATES),
        *records.lacking("clues", "received_on"),
    ]
    if "appeals" in records.tables:
        every = records.rows(_APPEALS_QUERY)
        rows += [_rated(words, "appeal_kind", row) for row in every]
        unclear = sum(int(row[-1] or 0) for row in every if row[0] == "*")
        notes += [words.t("bureau.unclear", n=unclear)] if unclear else []
        whole = next((row for row in rows if row[0] == words.t("appeal_kind.all")), None)
        if whole and whole[4] == whole[6] == whole[9] == 1.0:
            notes.append(words.t("bureau.all_perfect"))
    if "clues" in records.tables:
        query = (
            "SELECT coalesce(source, '?'), coalesce(CAST(year(received_on) AS VARCHAR), '?'), count(*)"
            " FROM records_clues GROUP BY ALL ORDER BY ALL"
        )
        for source, year, count in records.rows(query):
            shown = words.t("bureau.undated") if year == "?" else year
            rows.append(
                (words.t("bureau.clue", source=words.name("clue_source", str(source))), shown, count, *(None,) * 7)
            )
        notes.append(words.t("bureau.clues_note"))
    head = tuple(words.t(f"appeals_column.{name}") for name in names)
    ends = "clues" not in records.tables
    return FigureTable("complaints", words.t("bureau.complaints"), head, kinds, tuple(rows), tuple(notes), total=ends)


_APPEAL_DATES = ("received_on", "concluded_on", "replied_on", "is_satisfied")


def _known(column: str) -> str:
    return f"NOT list_contains({UNKNOWN}, '{column}')"


_APPEALS_QUERY = f"""
  SELECT CASE WHEN grouping(kind) = 1 THEN '*' ELSE coalesce(kind, '?') END AS kind_said,
         CASE WHEN grouping(received_year) = 1 THEN '*' ELSE coalesce(CAST(received_year AS VARCHAR), '?') END AS year_said,
         count(*) AS received,
         count(*) FILTER (WHERE {_known("concluded_on")}) AS can_conclude, count(concluded_on) AS concluded,
         count(*) FILTER (WHERE concluded_on IS NOT NULL AND {_known("replied_on")}) AS can_reply,
         count(*) FILTER (WHERE concluded_on IS NOT NULL AND replied_on IS NOT NULL) AS replied,
         count(is_satisfied) AS rated, count(*) FILTER (WHERE is_satisfied) AS satisfied,
         count(*) FILTER (WHERE NOT ({_known("concluded_on")} AND {_known("replied_on")})) AS unclear
  FROM (SELECT *, year(received_on) AS received_year FROM records_appeals)
  GROUP BY GROUPING SETS ((kind, received_year), (kind), ())
  ORDER BY kind_said = '*', kind_said, year_said = '*', year_said
"""


def _rated(words: Words, group: str, row: Sequence[Any]) -> tuple[Cell, ...]:
    kind, year, *numbers = row
    received, can_conclude, concluded, can_reply, replied, rated, satisfied = (int(one or 0) for one in numbers[:7])
    shown = {"?": words.t("bureau.undated"), "*": words.t("column.total")}.get(str(year), str(year))
    name = words.t(f"{group}.all") if kind == "*" else words.name(group, str(kind))
    return (
        name, shown, received, concluded if can_conclude else None, _share(concluded, can_conclude),
        replied if can_reply or not can_conclude else None, _share(replied, can_reply), rated, satisfied, _share(satisfied, rated),
    )  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


_OFFICER_FIELDS = ("name", "agency_id", "kind", "certificate_no", "certificate_from", "certificate_until")


def officers(records: Records) -> FigureTable:
    """执法人员名录库: how complete the register is, by agency. Certificates are asked of officers, not of auxiliaries."""
    words = records.words
    names = ("agency", "people", "officers", "auxiliaries", "no_kind", *(f"with_{one}" for one in _OFFICER_FIELDS if one != "kind"),
             "complete", "complete_rate", "expired", "shared_number")  # fmt: skip
    kinds = tuple("text" if one == "agency" else "share" if one.endswith("rate") else "whole" for one in names)
    rows: list[tuple[Cell, ...]] = []
    notes = [words.t("bureau.officers_note"), *records.lacking("officers", *_OFFICER_FIELDS)]
    if "officers" in records.tables:
        as_of = records.law.setting.as_of
        named = {"*": words.t("column.total"), "None": words.t("bureau.undated"), **records.agencies}
        for agency, *numbers, complete, asked, expired, shared in records.rows(_officers_query(as_of.isoformat())):
            name = named.get(str(agency), str(agency))
            share = _share(int(complete or 0), int(asked or 0))
            rows.append((name, *numbers, complete, share, expired, shared))
    head = tuple(words.t(f"officers_column.{name}") for name in names)
    return FigureTable("officers", words.t("bureau.officers"), head, kinds, tuple(rows), tuple(notes), total=True)


def _officers_query(as_of: str) -> str:
    officer = "kind = 'officer'"
    certificate = ("certificate_no", "certificate_from", "certificate_until")
    filled = [f"count(*) FILTER (WHERE {one} IS NOT NULL)" for one in ("name", "agency_id")]
    filled += [f"count(*) FILTER (WHERE {officer} AND {one} IS NOT NULL)" for one in certificate]
    whole = " AND ".join(f"{one} IS NOT NULL" for one in ("name", "agency_id", *certificate))
    return f"""
      WITH named AS (
        SELECT o.*, count(*) OVER (PARTITION BY certificate_no) AS sharing FROM records_officers AS o
      )
      SELECT CASE WHEN grouping(agency_id) = 1 THEN '*' ELSE agency_id END AS agency, count(*),
             count(*) FILTER (WHERE {officer}), count(*) FILTER (WHERE kind = 'auxiliary'), count(*) FILTER (WHERE kind IS NULL),
             {", ".join(filled)}, count(*) FILTER (WHERE {officer} AND {whole}), count(*) FILTER (WHERE {officer}),
             count(*) FILTER (WHERE {officer} AND certificate_until < DATE '{as_of}'),
             count(*) FILTER (WHERE certificate_no IS NOT NULL AND sharing > 1)
      FROM named GROUP BY GROUPING SETS ((agency_id), ()) ORDER BY agency = '*', agency NULLS LAST
    """


_DECIDED = "decided_on IS NOT NULL"
_CASE_FIELDS: tuple[tuple[str, str], ...] = (
    ("record_id", f"{_DECIDED} AND enforcement_mode = 'non_site'"), ("party_name", _DECIDED), ("plate_no", _DECIDED),
    ("agency_id", _DECIDED), ("filed_on", f"{_DECIDED} AND procedure = 'ordinary'"), ("officer1_id", _DECIDED),
    ("officer2_id", f"{_DECIDED} AND procedure = 'ordinary'"), ("legal_basis", _DECIDED),
    ("prior_notice_on", f"{_DECIDED} AND penalty_type = 'fine'"), ("decision_no", _DECIDED), ("penalty_type", _DECIDED),
    ("fine_yuan", f"{_DECIDED} AND penalty_type = 'fine'"), ("discretion_level", _DECIDED), ("served_on", _DECIDED),
    ("service_method", f"{_DECIDED} AND served_on IS NOT NULL"), ("recording_no", _DECIDED),
    ("closed_on", "status = 'closed'"),
)  # fmt: skip
"""What a case file holds, and in which cases it is looked for."""


def case_register(records: Records) -> FigureTable:
    """执法卷宗信息库: how often each item of a decided case is filled, blank, or not known. It says nothing of lawfulness."""
    words = records.words
    names = ("item", "asked", "filled", "blank", "unknown", "rate")
    kinds = ("text", "whole", "whole", "whole", "whole", "share")
    rows: list[tuple[Cell, ...]] = []
    if "cases" in records.tables:
        parts = []
        for column, asked in _CASE_FIELDS:
            known = _known(column)
            parts.append(
                f"count(*) FILTER (WHERE {asked}), count(*) FILTER (WHERE {asked} AND {column} IS NOT NULL),"
                f" count(*) FILTER (WHERE {asked} AND {column} IS NULL AND {known}), count(*) FILTER (WHERE {asked} AND NOT {known})"
            )
        (numbers,) = records.rows(f"SELECT {', '.join(parts)} FROM records_cases")
        for place, (column, _) in enumerate(_CASE_FIELDS):
            asked_for, filled, blank, unknown = (int(one or 0) for one in numbers[4 * place : 4 * place + 4])
            title = words.say(records.law.column_title("cases", column))
            rows.append((title, asked_for, filled, blank, unknown, _share(filled, filled + blank)))
    notes = (words.t("bureau.register_note"), *records.lacking("cases", *(one for one, _ in _CASE_FIELDS)))
    head = tuple(words.t(f"register_column.{name}") for name in names)
    return FigureTable("register", words.t("bureau.register"), head, kinds, tuple(rows), notes)


def problems(words: Words, plan: PlanFigures, states: ProblemStates | None) -> FigureTable:
    """问题与整改: the problems of each group of the plan, and how far their rectification is where a ledger is given."""
    steps = (*STATES, *MARKS)
    rows: list[tuple[Cell, ...]] = [
        (one.said(words), one.tally.total, one.tally.breach, one.tally.review, one.records, *_steps(one.rules, states))
        for one in plan.groups
    ]
    ends: list[Cell] = [None] * len(steps)
    if states:
        ends = [sum(found[place] for found in states.by_rule.values()) for place in range(len(steps))]
    every = (sum(one.tally.total for one in plan.groups), sum(one.tally.breach for one in plan.groups))
    rows.append((words.t("column.total"), *every, every[0] - every[1], None, *ends))
    names = ("group", "total", "breach", "review", "records", *steps)
    head = tuple(words.t(f"problems_column.{name}") for name in names)
    kinds = ("text", *("whole" for _ in head[1:]))
    notes = (words.t("bureau.problems_note"), words.t("bureau.ledger" if states else "bureau.no_ledger"))
    return FigureTable("problems", words.t("bureau.problems"), head, kinds, tuple(rows), notes, total=True)


def _steps(rules: Sequence[str], states: ProblemStates | None) -> list[Cell]:
    """How many problems of some rules are in each state; None for all where there is no ledger."""
    if states is None:
        return [None] * len(STATES + MARKS)
    found = [states.by_rule[code] for code in rules if code in states.by_rule]
    return [sum(one[place] for one in found) for place in range(len(STATES + MARKS))]


__all__ = ["Records", "make_bureau_tables"]
