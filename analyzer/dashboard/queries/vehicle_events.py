"""Everything that was done to one vehicle, by table.

Records lie in the package as they came, a vehicle's all over a large file. What a timeline needs of them is therefore put
in the order of the vehicles once for each version of the package.
"""

from __future__ import annotations

import streamlit as st

from analyzer.dashboard.queries.kinds import KINDS, OF_A_CASE
from analyzer.dashboard.queries.prepared import Row, look_up, prepare
from analyzer.dashboard.queries.vehicles import Vehicle, vehicles_prepared
from analyzer.dashboard.source import Source

MOST_EVENTS = 3_000
"""The events of one vehicle that are drawn; the latest of them."""


def events_prepared(source: Source) -> str:
    """Return the schema that holds `of_vehicle_<table>`."""
    vehicles_prepared(source)
    return prepare(source, "vehicle_events", _statements)


def events(source: Source, vehicle: Vehicle) -> dict[str, list[Row]]:
    """Return the rows of every table that concern a vehicle, by table, the latest `MOST_EVENTS` of each.

    They hold what a timeline tells; `places.whole_rows` gives the rest.
    """
    limits = None if source.scope is None else tuple(sorted(source.scope))
    return _events(source.version, limits, source.role, vehicle.key, _source=source, _vehicle=vehicle)


@st.cache_data(max_entries=50, show_spinner=False)
def _events(
    version: str,  # noqa: ARG001 - these four are parts of the key
    limits: tuple[str, ...] | None,  # noqa: ARG001
    role: str,  # noqa: ARG001
    key: str,  # noqa: ARG001
    _source: Source,
    _vehicle: Vehicle,
) -> dict[str, list[Row]]:
    schema = events_prepared(_source)
    return {
        table: look_up(
            _source,
            f"SELECT * EXCLUDE (vehicle) FROM {schema}.of_vehicle_{table} WHERE vehicle = ?"
            f" ORDER BY {kind.begins} DESC NULLS LAST LIMIT {MOST_EVENTS}",
            [_vehicle.vehicle],
        )
        for table, kind in KINDS.items()
        if _held(_source, table)
    }


def _held(source: Source, table: str) -> bool:
    return source.records(table) is not None and (table not in OF_A_CASE or source.records("cases") is not None)


def _statements(source: Source, schema: str) -> list[str]:
    vocabulary = source.law.library.vocabulary
    statements = []
    for table in sorted(KINDS, key=lambda one: one in OF_A_CASE):  # a case's own rows come after the cases
        if not _held(source, table):
            continue
        kind, columns = KINDS[table], vocabulary[table].columns
        needed = [vocabulary[table].key[0], kind.begins, *kind.ends, *kind.told]
        wanted = ", ".join(f"t.{name}" for name in dict.fromkeys(needed) if name in columns)
        if table in OF_A_CASE:
            join = f"{schema}.of_vehicle_cases AS v ON v.case_id = t.case_id"
        else:  # a row without a colour belongs to every vehicle of the plate
            join = f"{schema}.vehicle_list AS v ON v.plate_no = t.plate_no"
            if "plate_color" in columns:
                join += " AND (v.plate_color = '' OR t.plate_color IS NULL OR t.plate_color = v.plate_color)"
        statements.append(
            f"CREATE OR REPLACE TABLE {schema}.of_vehicle_{table} AS SELECT v.vehicle, {wanted}, t._source, t._row"
            f" FROM {source.records(table)} AS t JOIN {join} ORDER BY v.vehicle"
        )
    return statements


__all__ = ["MOST_EVENTS", "events", "events_prepared"]
