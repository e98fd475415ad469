"""From answers to findings: the rows that tell one story become one finding with its facts and its words.

A finding's identity is a hash of rule, subject and episode, without run, version or row order, so that the same
problem keeps its id on every later run.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from analyzer.engine.compile import PLACEHOLDER, RESERVED, CompiledRule, Fact
from analyzer.engine.parameters_used import parameters_json
from analyzer.engine.plan import VERDICTS, BasePlan
from analyzer.engine.term import constant_sql
from analyzer.model import Severity, Verdict

_FINDINGS = """
CREATE OR REPLACE TABLE findings (
  finding_id VARCHAR, rule VARCHAR, rule_version INTEGER, family VARCHAR, verdict VARCHAR, severity VARCHAR,
  force VARCHAR, subject_kind VARCHAR, subject_id VARCHAR, agency_id VARCHAR, station_id VARCHAR,
  started_on DATE, ended_on DATE, record_count BIGINT, amount_yuan DECIMAL(18,2), facts VARCHAR, parameters VARCHAR,
  explanation_zh VARCHAR, explanation_en VARCHAR, remedy_zh VARCHAR, remedy_en VARCHAR, basis VARCHAR)
"""
_RECORDS = """
CREATE OR REPLACE TABLE finding_records (
  finding_id VARCHAR, rule VARCHAR, table_name VARCHAR, record_key VARCHAR, verdict VARCHAR)
"""
_COUNTS = """
CREATE OR REPLACE TABLE verdict_counts (
  rule VARCHAR, table_name VARCHAR, breach BIGINT, review BIGINT, compliant BIGINT, not_assessable BIGINT,
  not_applicable BIGINT, total BIGINT, findings BIGINT)
"""
_MISSING = "CREATE OR REPLACE TABLE not_assessable (rule VARCHAR, missing VARCHAR, rows BIGINT)"


def create_result_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables that an audit fills."""
    for statement in (_FINDINGS, _RECORDS, _COUNTS, _MISSING):
        con.execute(statement)


def roll_up(
    con: duckdb.DuckDBPyConnection, plan: BasePlan, verdicts: str, counts: Mapping[str, Mapping[Verdict, int]]
) -> dict[str, int]:
    """Fill `findings`, `finding_records` and `not_assessable` for one base; return the findings of each rule."""
    _say_what_was_missing(con, plan, verdicts, counts)
    found = dict.fromkeys((rule.name for rule in plan.rules), 0)
    hit = [rule for rule in plan.rules if counts[rule.name][Verdict.BREACH] + counts[rule.name][Verdict.REVIEW]]
    if not hit:
        return found
    columns = _HitColumns()
    details = {rule.name: _details(rule, columns) for rule in hit}
    _create_hits(con, plan, verdicts, hit, columns)
    types = {name: kind for name, kind, *_ in con.execute('DESCRIBE "hits"').fetchall()}
    for rule in hit:
        found[rule.name] = _insert(con, plan, rule, details[rule.name], types)
    con.execute('DROP TABLE "hits"')
    return found


class _HitColumns:
    """The columns of the table of hits: the same SQL asked for by two rules is brought once."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def name(self, sql: str) -> str:
        return self.names.setdefault(sql, f"c{len(self.names)}")


class _Details:
    """Where a rule's subject, dates and facts stand in the table of hits."""

    def __init__(self, rule: CompiledRule, columns: _HitColumns) -> None:
        self.subject = columns.name(f"CAST({rule.subject} AS VARCHAR)")
        self.episode = [columns.name(f"CAST({part} AS VARCHAR)") for part in rule.episode]
        self.date = columns.name(f"CAST({rule.day} AS DATE)")
        self.agency = columns.name(f"CAST({rule.agency} AS VARCHAR)")
        self.station = columns.name(f"CAST({rule.station} AS VARCHAR)")
        self.amount = columns.name(f"CAST({rule.amount} AS DECIMAL(18,2))")
        self.severity = columns.name(f"CAST({rule.severity} AS UTINYINT)")
        self.facts = [(fact, columns.name(fact.sql)) for fact in rule.facts]
        picks = [f"coalesce(CAST({pick} AS VARCHAR), '-')" for pick in rule.parameters.values()]
        self.entries = columns.name(" || ',' || ".join(picks) if picks else "''")


def _details(rule: CompiledRule, columns: _HitColumns) -> _Details:
    return _Details(rule, columns)


def _create_hits(
    con: duckdb.DuckDBPyConnection,
    plan: BasePlan,
    verdicts: str,
    hit: list[CompiledRule],
    columns: _HitColumns,
) -> None:
    flagged = " OR ".join(f'"{rule.name}" <= 2' for rule in hit)
    answers = ", ".join(f'"{rule.name}"' for rule in hit)
    wanted = ", ".join(f'{sql} AS "{name}"' for sql, name in columns.names.items())
    only = f'SELECT "row_id", {answers} FROM "{verdicts}" WHERE {flagged}'
    row = plan.prepared_row([(rule, rule.finding_usage) for rule in hit], only)
    con.execute(
        f'CREATE OR REPLACE TEMP TABLE "hits" AS SELECT {plan.key} AS "record_key", {answers}, {wanted} FROM {row}'
    )


def _insert(
    con: duckdb.DuckDBPyConnection, plan: BasePlan, rule: CompiledRule, at: _Details, types: Mapping[str, str]
) -> int:
    code = constant_sql(rule.rule.code)
    subject = f'CASE WHEN "{at.subject}" IS NOT NULL THEN "{at.subject}" ELSE "record_key" END'
    is_own = f'CASE WHEN "{at.subject}" IS NULL THEN 1 ELSE 0 END'
    episode = " || chr(31) || ".join(f"coalesce(\"{part}\", '')" for part in at.episode) or "''"
    identity = f"left(sha256(concat_ws(chr(30), {code}, {subject}, {is_own}, {episode})), 32)"
    con.execute(
        f'CREATE OR REPLACE TEMP TABLE "story" AS SELECT {identity} AS finding_id, {subject} AS subject, *'
        f' FROM "hits" WHERE "{rule.name}" <= 2'
    )
    verdict_words = "CASE {} WHEN 1 THEN 'breach' ELSE 'review' END"
    con.execute(
        f"INSERT INTO finding_records SELECT finding_id, {code}, {constant_sql(plan.table)}, record_key,"
        f" {verdict_words.format(chr(34) + rule.name + chr(34))} FROM story ORDER BY finding_id, record_key"
    )
    con.execute(_finding_query(rule, at, types, verdict_words))
    row = con.execute("SELECT count(DISTINCT finding_id) FROM story").fetchone()
    con.execute("DROP TABLE story")
    return int(row[0]) if row else 0


def _finding_query(rule: CompiledRule, at: _Details, types: Mapping[str, str], verdict_words: str) -> str:
    texts = rule.rule
    severities = " ".join(f"WHEN {severity.rank} THEN '{severity}'" for severity in Severity)
    one = "CASE WHEN count(DISTINCT {0}) = 1 AND count({0}) = count(*) THEN min({0}) END"
    fields = [
        "finding_id",
        constant_sql(texts.code),
        str(texts.version),
        constant_sql(texts.family),
        verdict_words.format(f'min("{rule.name}")'),
        f'CASE min("{at.severity}") {severities} END',
        constant_sql(str(texts.force)),
        constant_sql(texts.subject.kind),
        "min(subject)",
        one.format(f'"{at.agency}"'),
        one.format(f'"{at.station}"'),
        f'min("{at.date}")',
        f'max("{at.date}")',
        "count(*)",
        f'sum("{at.amount}")',
        _facts_json(at),
        parameters_json(rule, f'"{at.entries}"'),
        _sentence(texts.explain.zh, "zh", at, types),
        _sentence(texts.explain.en, "en", at, types),
        _sentence(texts.remedy.zh, "zh", at, types),
        _sentence(texts.remedy.en, "en", at, types),
        constant_sql(_basis_json(rule)),
    ]
    return f"INSERT INTO findings SELECT {', '.join(fields)} FROM story GROUP BY finding_id ORDER BY finding_id"


def _facts_json(at: _Details) -> str:
    """One value where all records agree, else the smallest, the largest, and how many records have none."""
    pairs = ["'records'", "count(*)"]
    for fact, column in at.facts:
        pairs.append(constant_sql(fact.name))
        low, high, filled = f'min("{column}")', f'max("{column}")', f'count("{column}")'
        agree = f"{low} IS NOT DISTINCT FROM {high} AND {filled} IN (0, count(*))"
        pairs.append(
            f"CASE WHEN {agree} THEN to_json({low}) WHEN {filled} = count(*) THEN json_object('from', {low}, 'to', {high})"
            f" ELSE json_object('from', {low}, 'to', {high}, 'without', count(*) - {filled}) END"
        )
    return f"CAST(json_object({', '.join(pairs)}) AS VARCHAR)"


def _basis_json(rule: CompiledRule) -> str:
    import json

    basis = [citation.model_dump(mode="json", by_alias=True, exclude_none=True) for citation in rule.rule.basis]
    return json.dumps(basis, ensure_ascii=False)


def _sentence(template: str, language: str, at: _Details, types: Mapping[str, str]) -> str:
    """The SQL that fills a template from the records of a finding."""
    pieces = []
    for number, piece in enumerate(PLACEHOLDER.split(template)):
        if number % 2 == 0:
            if piece:
                pieces.append(constant_sql(piece))
        else:
            pieces.append(_filled(piece, language, at, types))
    return f"concat({', '.join(pieces)})" if pieces else "''"


def _filled(name: str, language: str, at: _Details, types: Mapping[str, str]) -> str:
    reserved = {
        "subject": "min(subject)",
        "records": "CAST(count(*) AS VARCHAR)",
        "first": _shown(f'min("{at.date}")', "DATE", language, None),
        "last": _shown(f'max("{at.date}")', "DATE", language, None),
        "amount": _shown(f'sum("{at.amount}")', "DECIMAL(18,2)", language, None),
    }
    if name in RESERVED:
        return reserved[name]
    fact, column = next((fact, column) for fact, column in at.facts if fact.name == name)
    low = _shown(f'min("{column}")', types[column], language, fact)
    high = _shown(f'max("{column}")', types[column], language, fact)
    joint = "至" if language == "zh" else " to "
    return f'CASE WHEN min("{column}") IS NOT DISTINCT FROM max("{column}") THEN {low} ELSE concat({low}, \'{joint}\', {high}) END'


def _shown(value: str, kind: str, language: str, fact: Fact | None) -> str:
    """A value as people write it: 是/否, enumerations in their own word, money without idle zeros."""
    blank = "（空白）" if language == "zh" else "(blank)"
    if kind == "BOOLEAN":
        yes, no = ("是", "否") if language == "zh" else ("yes", "no")
        text = f"CASE WHEN {value} THEN '{yes}' ELSE '{no}' END"
    elif fact is not None and fact.column is not None and fact.column.column.values and language == "zh":
        words = fact.column.column.values.items()
        pieces = " ".join(
            f"WHEN '{value_}' THEN {constant_sql(spellings[0])}" for value_, spellings in words if spellings
        )
        text = f"CASE {value} {pieces} ELSE {value} END"
    elif kind.startswith("DECIMAL"):
        text = f"regexp_replace(CAST({value} AS VARCHAR), '\\.?0+$', '')"
        text = f"CASE WHEN contains(CAST({value} AS VARCHAR), '.') THEN {text} ELSE CAST({value} AS VARCHAR) END"
    elif kind == "DOUBLE":
        # Four figures that count: 1500, 12.35, 0.0004.
        text = f"CASE WHEN abs({value}) >= 1000 THEN CAST(CAST(round({value}) AS BIGINT) AS VARCHAR)"
        text += f" ELSE format('{{:.4g}}', {value}) END"
    else:
        text = f"CAST({value} AS VARCHAR)"
    return f"CASE WHEN {value} IS NULL THEN '{blank}' ELSE {text} END"


def _say_what_was_missing(
    con: duckdb.DuckDBPyConnection, plan: BasePlan, verdicts: str, counts: Mapping[str, Mapping[Verdict, int]]
) -> None:
    """For each rule with undecided rows: which table, column, cell or parameter was missing, in how many of them."""
    lacking = [rule for rule in plan.rules if counts[rule.name][Verdict.NOT_ASSESSABLE]]
    wanted = [(rule, label, sql) for rule in lacking for label, sql in rule.missing]
    if not wanted:
        return
    aggregates = ", ".join(f'count(*) FILTER (WHERE "{rule.name}" = 4 AND {sql})' for rule, _, sql in wanted)
    undecided = " OR ".join(f'"{rule.name}" = 4' for rule in lacking)
    names = ", ".join(f'"{rule.name}"' for rule in lacking)
    only = f'SELECT "row_id", {names} FROM "{verdicts}" WHERE {undecided}'
    prepared = plan.prepared_row([(rule, rule.verdict_usage) for rule in lacking], only)
    row = con.execute(f"SELECT {aggregates} FROM {prepared}").fetchone()
    assert row is not None
    totals: dict[tuple[str, str], int] = {}
    for (rule, label, _), number in zip(wanted, row, strict=True):
        if number:
            place = (rule.rule.code, label)
            totals[place] = max(totals.get(place, 0), number)
    explained = {code for code, _ in totals}
    for rule in lacking:
        if rule.rule.code not in explained:
            totals[(rule.rule.code, "value")] = counts[rule.name][Verdict.NOT_ASSESSABLE]
    if totals:
        con.executemany(
            "INSERT INTO not_assessable VALUES (?, ?, ?)", [(*place, rows) for place, rows in totals.items()]
        )


__all__ = ["VERDICTS", "create_result_tables", "roll_up"]
