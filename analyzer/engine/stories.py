"""Flagged rows and the findings that they make: what each row brings, and how the rows that tell one story become one.

A finding's identity is a hash of rule, subject and episode, without run, version or row order, so that the same
problem keeps its id on every later run. The rows of a story may come from the run at hand or from earlier nights:
the columns are the same, and so is the finding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import duckdb

from analyzer.engine.compile import FORM, PLACEHOLDER, RESERVED, CompiledRule, Fact
from analyzer.engine.parameters_used import parameters_json
from analyzer.engine.plan import BasePlan
from analyzer.engine.term import constant_sql
from analyzer.model import Severity


class _HitColumns:
    """The columns of the table of hits: the same SQL asked for by two rules is brought once."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def name(self, sql: str) -> str:
        return self.names.setdefault(sql, f"c{len(self.names)}")


FINDING_ID = "left(sha256(identity), 32)"
"""The SQL of a finding's id, from the `identity` of a story."""


def create_hits(
    con: duckdb.DuckDBPyConnection, plan: BasePlan, verdicts: str, hit: Sequence[CompiledRule]
) -> dict[str, str]:
    """Make the temporary table `hits` in DuckDB; return each rule's story over it, with `finding_id` for `identity`."""
    flagged, stories = hits_query(plan, verdicts, hit)
    con.execute(f'CREATE OR REPLACE TEMP TABLE "hits" AS {flagged}')
    return {
        name: f"SELECT {FINDING_ID} AS finding_id, * EXCLUDE (identity) FROM ({story})"
        for name, story in stories.items()
    }


def hits_query(
    plan: BasePlan, verdicts: str, hit: Sequence[CompiledRule], *, are_many: bool = False
) -> tuple[str, dict[str, str]]:
    """Return the query for the rows that one of the rules flags, and each rule's query over a table `hits` of them.

    The rule's query gives the story of the rule by its name: `identity` (rule, subject and episode as one text), `subject,
    record_key, verdict` (1 breach, 2 review), `day, agency, station, amount, severity, entries` and one column
    `f0, f1, ...` for each fact. `are_many` says that they flag a good part of the table.
    """
    columns = _HitColumns()
    stories = {rule.name: _story_query(rule, columns) for rule in hit}
    flagged = " OR ".join(f'"{rule.name}" <= 2' for rule in hit)
    answers = ", ".join(f'"{rule.name}"' for rule in hit)
    wanted = ", ".join(f'{sql} AS "{name}"' for sql, name in columns.names.items())
    only = f'SELECT "row_id", {answers} FROM "{verdicts}" WHERE {flagged}'
    row = plan.prepared_row([(rule, rule.finding_usage) for rule in hit], only, are_many=are_many)
    return f'SELECT {plan.key} AS "record_key", {answers}, {wanted} FROM {row}', stories


def _story_query(rule: CompiledRule, columns: _HitColumns) -> str:
    subject = columns.name(f"CAST({rule.subject} AS VARCHAR)")
    whose = f'CASE WHEN "{subject}" IS NOT NULL THEN "{subject}" ELSE "record_key" END'
    is_own = f'CASE WHEN "{subject}" IS NULL THEN 1 ELSE 0 END'
    parts = [columns.name(f"CAST({part} AS VARCHAR)") for part in rule.episode]
    episode = " || chr(31) || ".join(f"coalesce(\"{part}\", '')" for part in parts) or "''"
    code = constant_sql(rule.rule.code)
    picks = [f"coalesce(CAST({pick} AS VARCHAR), '-')" for pick in rule.parameters.values()]
    brought = {
        "day": f"CAST({rule.day} AS DATE)",
        "agency": f"CAST({rule.agency} AS VARCHAR)",
        "station": f"CAST({rule.station} AS VARCHAR)",
        "amount": f"CAST({rule.amount} AS DECIMAL(18,2))",
        "severity": f"CAST({rule.severity} AS UTINYINT)",
        "entries": " || ',' || ".join(picks) if picks else "''",
    } | {f"f{number}": fact.sql for number, fact in enumerate(rule.facts)}
    wanted = ", ".join(f'"{columns.name(sql)}" AS "{name}"' for name, sql in brought.items())
    return (
        f"SELECT concat_ws(chr(30), {code}, {whose}, {is_own}, {episode}) AS identity,"
        f' {whose} AS subject, record_key, "{rule.name}" AS verdict, {wanted} FROM "hits" WHERE "{rule.name}" <= 2'
    )


def records_query(rule: CompiledRule, table: str, story: str) -> str:
    """Return the query that turns the rows of a story into rows of `finding_records`."""
    return (
        f"SELECT finding_id, {constant_sql(rule.rule.code)} AS rule, {constant_sql(table)} AS table_name, record_key,"
        f" {_WORD.format('verdict')} AS verdict FROM {story}"
    )


_WORD = "CASE {} WHEN 1 THEN 'breach' ELSE 'review' END"


def finding_query(rule: CompiledRule, story: str, types: Mapping[str, str], by: str = "finding_id") -> str:
    """Return the query that makes one finding of each story; `types` are the SQL types of the story's columns.

    With `by="identity"` the ids are worked out here: once a finding and not once a row.
    """
    texts = rule.rule
    fields = {
        "finding_id": FINDING_ID if by == "identity" else by,
        "rule": constant_sql(texts.code),
        "rule_version": str(texts.version),
        "family": constant_sql(texts.family),
        "verdict": _WORD.format("verdict"),
        "severity": f"CASE severity {_SEVERITIES} END",
        "force": constant_sql(str(texts.force)),
        "subject_kind": constant_sql(texts.subject.kind),
        "subject_id": "subject",
        "agency_id": "agency",
        "station_id": "station",
        "started_on": "first_day",
        "ended_on": "last_day",
        "record_count": "records",
        "amount_yuan": "amount",
        "facts": _facts_json(rule),
        "parameters": parameters_json(rule, "first_entries", "last_entries"),
        "explanation_zh": _sentence(rule, texts.explain.zh, "zh", types),
        "explanation_en": _sentence(rule, texts.explain.en, "en", types),
        "remedy_zh": _sentence(rule, texts.remedy.zh, "zh", types),
        "remedy_en": _sentence(rule, texts.remedy.en, "en", types),
        "basis": constant_sql(_basis_json(rule)),
    }
    wanted = ", ".join(f'{sql} AS "{name}"' for name, sql in fields.items())
    # Summed up first and put into words after: the engine plans each sum once, not once for each text.
    return f"SELECT {wanted} FROM ({_summed(rule, story, by)}) AS summed"


_SEVERITIES = " ".join(f"WHEN {severity.rank} THEN '{severity}'" for severity in Severity)


def _summed(rule: CompiledRule, story: str, by: str) -> str:
    """The rows of each story as one: of each fact the smallest value, the largest, and how many rows have one."""
    one = "CASE WHEN min({0}) = max({0}) AND count({0}) = count(*) THEN min({0}) END AS {0}"
    sums = [
        by,
        "min(verdict) AS verdict",
        "min(severity) AS severity",
        "min(subject) AS subject",
        one.format("agency"),
        one.format("station"),
        "min(day) AS first_day",
        "max(day) AS last_day",
        "count(*) AS records",
        "sum(amount) AS amount",
        "min(entries) AS first_entries",
        "max(entries) AS last_entries",
        *(f"min(f{n}) AS low{n}, max(f{n}) AS high{n}, count(f{n}) AS filled{n}" for n in range(len(rule.facts))),
    ]
    return f"SELECT {', '.join(sums)} FROM {story} GROUP BY {by}"


def _facts_json(rule: CompiledRule) -> str:
    """One value where all records agree, else the smallest, the largest, and how many records have none."""
    pairs = ["'records'", "records"]
    for number, fact in enumerate(rule.facts):
        pairs += [constant_sql(fact.name), f"fact_json(low{number}, high{number}, filled{number}, records)"]
    return f"CAST(json_object({', '.join(pairs)}) AS VARCHAR)"


def _basis_json(rule: CompiledRule) -> str:
    basis = [citation.model_dump(mode="json", by_alias=True, exclude_none=True) for citation in rule.rule.basis]
    return json.dumps(basis, ensure_ascii=False)


def _sentence(rule: CompiledRule, template: str, language: str, types: Mapping[str, str]) -> str:
    """The SQL that fills a template from the records of a finding."""
    pieces, at = [], 0
    for found in _FILLED.finditer(template):
        if found.start() > at:
            pieces.append(constant_sql(template[at : found.start()]))
        whole, at = found.group(), found.end()
        if form := FORM.fullmatch(whole):
            name, one, more = form.groups()
            pieces.append(f"CASE WHEN {_is_one(rule, name)} THEN {constant_sql(one)} ELSE {constant_sql(more)} END")
        else:
            pieces.append(_filled(rule, whole[1:-1], language, types))
    if at < len(template):
        pieces.append(constant_sql(template[at:]))
    return f"concat({', '.join(pieces)})" if pieces else "''"


_FILLED = re.compile(f"{PLACEHOLDER.pattern}|{FORM.pattern}")


def _is_one(rule: CompiledRule, name: str) -> str:
    """Whether a number of a finding is one, whatever type it has."""
    if name in RESERVED:
        return f"{name} = 1"
    number = next(number for number, fact in enumerate(rule.facts) if fact.name == name)
    return f"TRY_CAST(low{number} AS DOUBLE) = 1 AND TRY_CAST(high{number} AS DOUBLE) = 1"


def _filled(rule: CompiledRule, name: str, language: str, types: Mapping[str, str]) -> str:
    reserved = {
        "subject": "subject",
        "records": "CAST(records AS VARCHAR)",
        "first": _shown("first_day", "DATE", language, None),
        "last": _shown("last_day", "DATE", language, None),
        "span": _days(language, *_SPAN[language]),
        "dates": _days(language, "{0}", "{0} 至 {1}" if language == "zh" else "{0} to {1}"),
        "amount": _shown("amount", "DECIMAL(18,2)", language, None),
    }
    if name in RESERVED:
        return reserved[name]
    number, fact = next((number, fact) for number, fact in enumerate(rule.facts) if fact.name == name)
    ends = f"low{number}", f"high{number}"
    low, high = (_shown(end, types[f"f{number}"], language, fact) for end in ends)
    return f"said_span({', '.join(ends)}, {low}, '{'至' if language == 'zh' else ' to '}', {high})"


_SPAN = {"zh": ("{0} 当日", "{0} 至 {1} 期间"), "en": ("on {0}", "between {0} and {1}")}
"""When the records of a finding are of one day, and when of several."""


def _days(language: str, one: str, several: str) -> str:
    """The SQL that writes the first and the last day of a finding, and a single day once."""
    days = tuple(_shown(day, "DATE", language, None) for day in ("first_day", "last_day"))
    same, other = (
        f"concat({', '.join(days[int(piece)] if number % 2 else constant_sql(piece) for number, piece in enumerate(pieces))})"
        for pieces in (re.split(r"\{(\d)\}", text) for text in (one, several))
    )
    return f"CASE WHEN first_day IS NOT DISTINCT FROM last_day THEN {same} ELSE {other} END"


def _shown(value: str, kind: str, language: str, fact: Fact | None) -> str:
    """A value as people write it: 是/否, enumerations in their own word, money without idle zeros."""
    blank = "'（空白）'" if language == "zh" else "'(blank)'"
    if kind == "BOOLEAN":
        yes, no = ("是", "否") if language == "zh" else ("yes", "no")
        return f"CASE WHEN {value} IS NULL THEN {blank} WHEN {value} THEN '{yes}' ELSE '{no}' END"
    if fact is not None and fact.column is not None and fact.column.column.values and language == "zh":
        words = fact.column.column.values.items()
        pieces = " ".join(
            f"WHEN '{value_}' THEN {constant_sql(spellings[0])}" for value_, spellings in words if spellings
        )
        return f"CASE WHEN {value} IS NULL THEN {blank} ELSE CASE {value} {pieces} ELSE {value} END END"
    if kind.startswith("DECIMAL"):
        return f"said_yuan({value}, {blank})"
    return f"said_number({value}, {blank})" if kind == "DOUBLE" else f"said({value}, {blank})"
