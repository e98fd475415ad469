"""Where in the package the records stand that findings and cases name: a large file is not searched for a key."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.dashboard.queries.prepared import Row, look_up, prepare
from analyzer.dashboard.source import Source


def standing(source: Source, table: str, keys: Sequence[str]) -> str:
    """Return a condition on `t` that holds for the records of these keys, by the places at which they were read.

    It is for keys that a finding or a case names; a record of another key does not meet it. Files are in the order of
    these places, so most of a file is passed over.
    """
    schema = prepare(source, "places", _statements)
    with source.cursor() as cursor:
        found = cursor.execute(
            f"SELECT DISTINCT _source, _row FROM {schema}.places WHERE table_name = ?"
            " AND record_key IN (SELECT unnest(?::VARCHAR[]))",
            [table, list(keys)],
        ).fetchall()
    return at_places(found)


def at_places(found: Sequence[tuple[int, int]]) -> str:
    """Return a condition on `t` that the rows at these places (source, row) meet, and few others."""
    sources, rows = (", ".join(str(one) for one in sorted({int(row[place]) for row in found})) for place in (0, 1))
    return f"t._source IN ({sources}) AND t._row IN ({rows})" if found else "FALSE"


def whole_rows(source: Source, table: str, rows: Sequence[Row]) -> list[Row]:
    """Return the whole records of rows that hold their key and place, in their order."""
    key = source.law.library.vocabulary[table].key[0]
    places = at_places([(row["_source"], row["_row"]) for row in rows])
    keys = [str(row[key]) for row in rows]
    query = f"SELECT t.* FROM {source.records(table)} AS t WHERE {places} AND t.{key} IN (SELECT unnest(?::VARCHAR[]))"
    found = {str(row[key]): row for row in look_up(source, query, [keys])}
    return [found[one] for one in keys if one in found]


def _statements(source: Source, schema: str) -> list[str]:
    parts = []
    for name, table in source.law.library.vocabulary.tables.items():
        held, cases = source.records(name), source.records("cases")
        if held is None:
            continue
        key = " || '|' || ".join(f't."{one}"' for one in table.key)
        wanted = f"SELECT record_key FROM finding_records WHERE table_name = '{name}'"
        if name == "detections" and cases is not None:
            wanted += f" UNION SELECT record_id FROM {cases} WHERE record_id IS NOT NULL"
        parts.append(
            f"SELECT '{name}' AS table_name, {key} AS record_key, t._source, t._row FROM {held} AS t"
            f" WHERE {key} IN ({wanted})"
        )
    none = "SELECT '' AS table_name, '' AS record_key, 0 AS _source, 0 AS _row WHERE FALSE"
    every = " UNION ALL ".join(parts) or none
    return [f"CREATE OR REPLACE TABLE {schema}.places AS SELECT * FROM ({every}) ORDER BY table_name, record_key"]


__all__ = ["at_places", "standing", "whole_rows"]
