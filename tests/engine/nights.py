"""A warehouse in memory for tests of the night: rows come in batches, and the results are compared with a full run."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from analyzer.engine.audit import look_at
from analyzer.engine.connect import connect, create_missing_tables, create_table, keep_join_filters_out, teach
from analyzer.engine.judge import judge, plan_rules
from analyzer.engine.night import Change, NightReport, bring_up_to_date
from analyzer.engine.night.run import MANY_ROWS
from analyzer.engine.setting import Setting
from analyzer.model.tables import UNKNOWN
from analyzer.rulebook.library import Library, RuleFile
from analyzer.rulebook.rulings import resolve
from analyzer.samples import make_bureau

RULES = Path(__file__).parents[2] / "rules"
RESULTS = ("findings", "finding_records", "verdict_counts", "not_assessable")
Rows = pl.DataFrame


class Nights:
    """Canonical tables and kept answers of one store; `tables` holds every row of today by table."""

    def __init__(self, library: Library, rules: Sequence[RuleFile], settings: Sequence[str] = ()) -> None:
        self.library, self.rules = library, list(rules)
        self.rulings = resolve(library.parameters, library.profiles, library.laws, settings=tuple(settings))
        self.con = self._connection()
        create_missing_tables(self.con, library.vocabulary)
        self.columns: dict[str, frozenset[str]] = {}

    def _connection(self) -> duckdb.DuckDBPyConnection:
        con = connect()
        keep_join_filters_out(con)
        teach(con, self.library.calendar)
        return con

    def night(
        self,
        as_of: date,
        come: Mapping[str, Rows],
        go: Mapping[str, Sequence[Any]] | None = None,
        columns: Mapping[str, frozenset[str]] | None = None,
        small_table: int = 0,
        full: bool = False,
        many_rows: int = MANY_ROWS,
    ) -> NightReport:
        """Take rows in (those with a known key replace the old ones), take rows away by key, and judge the night."""
        self.con.execute("BEGIN")
        changes = {}
        for table in dict.fromkeys([*come, *(go or {})]):
            changes[table] = self._change(table, come.get(table), (go or {}).get(table, ()))
            self.columns[table] = (columns or {}).get(table, frozenset(self.library.vocabulary[table].columns))
        setting = self.setting(as_of)
        report = bring_up_to_date(
            self.con,
            setting,
            self.library,
            self.rules,
            changes,
            full=full,
            small_table=small_table,
            many_rows=many_rows,
        )
        self.con.execute("COMMIT")
        return report

    def setting(self, as_of: date) -> Setting:
        """The setting of a run over the tables as they stand."""
        supply = look_at(self.con, self.columns, self.library.vocabulary)
        rulings = self.rulings
        return Setting(self.library.vocabulary, self.library.bases, rulings.parameters, rulings.chain, as_of, supply)

    def _change(self, table: str, rows: Rows | None, gone: Sequence[Any]) -> Change:
        con, keys = self.con, self.library.vocabulary[table].key
        names = ", ".join(f'"{key}"' for key in keys)
        same = " AND ".join(f'x."{key}" = k."{key}"' for key in keys)
        con.execute(f'CREATE OR REPLACE TEMP TABLE "keys_{table}" AS SELECT {names} FROM "{table}" LIMIT 0')
        if rows is not None:
            con.register("come", rows)
            con.execute(f'INSERT INTO "keys_{table}" SELECT DISTINCT {names} FROM come')
        if gone:
            con.register("gone", pl.DataFrame({keys[0]: list(gone)}))
            con.execute(f'INSERT INTO "keys_{table}" SELECT {names} FROM "{table}" SEMI JOIN gone USING ("{keys[0]}")')
            con.unregister("gone")
        con.execute(
            f'CREATE OR REPLACE TEMP TABLE "before_{table}" AS SELECT x.* FROM "{table}" AS x'
            f' SEMI JOIN "keys_{table}" AS k ON {same}'
        )
        con.execute(f'DELETE FROM "{table}" AS x USING "keys_{table}" AS k WHERE {same}')
        if rows is not None:
            con.execute(f'INSERT INTO "{table}" BY NAME SELECT *, 0 AS _source, 0 AS _row FROM come')
            con.unregister("come")
        return Change(f"keys_{table}", f"before_{table}")

    def results(self, con: duckdb.DuckDBPyConnection | None = None) -> dict[str, list[tuple[Any, ...]]]:
        """The four result tables, in one order."""
        return {table: (con or self.con).execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() for table in RESULTS}

    def judged_at_once(self, as_of: date) -> dict[str, list[tuple[Any, ...]]]:
        """The results of one full run over the rows of today."""
        con, vocabulary = self._connection(), self.library.vocabulary
        for table in vocabulary.tables:
            rows = self.con.sql(f'SELECT * FROM "{table}"').to_arrow_table()
            con.register("rows", rows)
            con.execute(create_table(vocabulary, table))
            con.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM rows')
            con.unregister("rows")
        setting = self.setting(as_of)
        judge(con, setting, plan_rules(setting, self.library, self.rules))
        found = self.results(con)
        con.close()
        return found

    def assert_equals_full(self, as_of: date) -> None:
        """Compare the results with those of one full run, and say which rows differ."""
        night, full = self.results(), self.judged_at_once(as_of)
        for table in RESULTS:
            only_night = [row for row in night[table] if row not in full[table]]
            only_full = [row for row in full[table] if row not in night[table]]
            assert night[table] == full[table], (table, only_night[:3], only_full[:3])


def made_rows(vehicles: int, seed: int) -> dict[str, Rows]:
    """The rows of a made bureau, by table."""
    return {name: with_mask(frame) for name, frame in make_bureau(vehicles, seed, RULES).tables.items()}


def with_mask(frame: Rows) -> Rows:
    """Rows of a made bureau as the engine holds them: no cell is unknown."""
    return frame.with_columns(pl.lit(0, dtype=pl.UInt64).alias(UNKNOWN))


def corrected(library: Library, table: str, rows: Rows, chance: random.Random) -> Rows:
    """Rows that come again with some cells changed: another row's value, a blank, or a cell that cannot be read."""
    of = library.vocabulary[table]
    others = [name for name in rows.columns if name in of.columns and name not in of.key]
    said = rows.to_dicts()
    for row in said:
        for name in chance.sample(others, min(len(others), chance.randint(1, 3))):
            kind = chance.random()
            row[name] = None if kind < 0.3 else chance.choice(said)[name]
            if kind < 0.1:
                row[UNKNOWN] |= of.bit(name)
            elif row[name] is not None or kind >= 0.1:
                row[UNKNOWN] &= ~of.bit(name)
    return pl.DataFrame(said, schema=rows.schema)
