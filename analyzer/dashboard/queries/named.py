"""Which records findings name: put in the order of the findings once, so that a large file is not searched again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.dashboard.queries import findings_prepared
from analyzer.dashboard.queries.prepared import listed, prepare
from analyzer.dashboard.source import Source
from analyzer.model import Verdict

_VERDICTS = tuple(one.value for one in Verdict)


@dataclass(frozen=True, slots=True)
class Named:
    """A record that a finding names: breach or review, by the finding of a running number and its rule."""

    table: str
    key: str
    verdict: str
    number: int
    rule: str


def named_prepared(source: Source) -> str:
    """Return the schema that holds `named_records`: number, record_key, and the places of table and verdict in our lists."""
    findings_prepared(source)
    return prepare(source, "named_records", _statements)


def named_in(source: Source, picked: str, keys: Sequence[str], params: Sequence[object] = ()) -> list[Named]:
    """Return which of these records findings name; `picked` is the condition on `f` that picks the findings."""
    schema, tables = named_prepared(source), _tables(source)
    numbers = source.rows(f"SELECT f.number, f.rule FROM {schema}.short_findings AS f WHERE {picked}", params)
    rules = dict(numbers)
    query = (
        f"SELECT r.table_at, r.record_key, r.verdict_at, r.number FROM {schema}.named_records AS r"
        f" WHERE {listed('r.number')} AND r.record_key IN (SELECT unnest(?::VARCHAR[]))"
        " ORDER BY r.number, r.record_key"
    )
    with source.cursor() as cursor:  # keys may be personal: nothing of this is remembered
        rows = cursor.execute(query, [sorted(rules), sorted(keys)]).fetchall()
    return [
        Named(tables[table], key, _VERDICTS[verdict], number, rules[number]) for table, key, verdict, number in rows
    ]


def records_of(source: Source, number: int, most: int, table: str = "") -> list[tuple[str, str]]:
    """Return table and key of the records that a finding names, in this order, at most so many; or those of one table."""
    schema, tables = named_prepared(source), _tables(source)
    only = f" AND r.table_at = {tables.index(table)}" if table else ""
    query = f"SELECT DISTINCT r.table_at, r.record_key FROM {schema}.named_records AS r WHERE r.number = ?{only}"
    with source.cursor() as cursor:
        rows = cursor.execute(query, [number]).fetchall()
    return sorted((tables[at], key) for at, key in rows)[:most]


def _tables(source: Source) -> tuple[str, ...]:
    return tuple(source.law.library.vocabulary.tables)


def _statements(source: Source, schema: str) -> list[str]:
    def place(of: str, words: Sequence[str]) -> str:
        return f"(list_position([{quoted(words)}], {of}) - 1)::UTINYINT"

    def quoted(words: Sequence[str]) -> str:
        return ", ".join(f"'{one}'" for one in words)

    return [
        f"CREATE OR REPLACE TABLE {schema}.named_records AS SELECT f.number, r.record_key,"
        f" {place('r.table_name', _tables(source))} AS table_at, {place('r.verdict', _VERDICTS)} AS verdict_at"
        f" FROM finding_records AS r JOIN {schema}.short_findings AS f ON f.finding_id = r.finding_id"
        f" WHERE r.table_name IN ({quoted(_tables(source))})"
        " ORDER BY f.number, r.record_key"
    ]


__all__ = ["Named", "named_in", "named_prepared", "records_of"]
