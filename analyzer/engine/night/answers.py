"""The kept answers of one base table, brought up to date with what was judged tonight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from analyzer.engine.compile import CompiledRule
from analyzer.engine.night.kept import Kept
from analyzer.engine.night.ranges import of_places, of_values
from analyzer.engine.plan import BasePlan


@dataclass(frozen=True)
class Judged:
    """Rules of one base table that were judged over the same rows: `table` holds key and answers, `stories` as in
    `evaluate`; `had` and `has` are the rules with a flagged row among these before and now."""

    rules: Sequence[CompiledRule]
    table: str
    had: frozenset[str] = frozenset()
    has: frozenset[str] = frozenset()


def merge(
    con: duckdb.DuckDBPyConnection, kept: Kept, plan: BasePlan, groups: Sequence[Judged], gone: str | None
) -> list[Judged]:
    """Put the answers of some rows in the place of their old ones, and count them over.

    `gone` is the table of the keys of rows that are no more. Returns the groups with the rules that flagged or flag.
    """
    answers = kept.answers(plan.table)
    keys = " UNION ".join(f'SELECT record_key FROM "{one}"' for one in [*(g.table for g in groups), *_names(gone)])
    con.execute(f"CREATE OR REPLACE TEMP TABLE night_keys AS {keys}")
    inside = of_values(con, "night_keys", {"record_key": '"a"."record_key"'})
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE night_before AS SELECT a.rowid AS _at, a.* FROM {answers} AS a"
        f" SEMI JOIN night_keys AS k ON k.record_key = a.record_key WHERE {inside}"
    )
    counted = [_count(con, kept, group, gone) for group in groups]
    _write(con, kept, plan, groups, gone)
    for name in ("night_keys", "night_before", "night_pairs", "night_fresh", "night_void"):
        con.execute(f"DROP TABLE IF EXISTS {name}")
    return counted


def _names(table: str | None) -> list[str]:
    return [] if table is None else [table]


def _count(con: duckdb.DuckDBPyConnection, kept: Kept, group: Judged, gone: str | None) -> Judged:
    both = ", ".join(
        f'o."{rule.name}" AS "was_{rule.name}", n."{rule.name}" AS "is_{rule.name}"' for rule in group.rules
    )
    pairs = f'SELECT {both} FROM "{group.table}" AS n LEFT JOIN night_before AS o ON o.record_key = n.record_key'
    if gone is not None:
        over = ", ".join(f'o."{rule.name}", NULL' for rule in group.rules)
        pairs += (
            f' UNION ALL SELECT {over} FROM night_before AS o SEMI JOIN "{gone}" AS g ON g.record_key = o.record_key'
        )
    con.execute(f"CREATE OR REPLACE TEMP TABLE night_pairs AS {pairs}")
    queries = [
        f'SELECT \'{rule.name}\', "was_{rule.name}", "is_{rule.name}", count(*) FROM night_pairs GROUP BY 2, 3'
        for rule in group.rules
    ]
    had: set[str] = set()
    has: set[str] = set()
    for rule_name, was, is_now, rows in con.execute(" UNION ALL ".join(queries)).fetchall():
        kept.move(rule_name, was, is_now, rows)
        had |= {rule_name} if was is not None and was <= 2 else set()
        has |= {rule_name} if is_now is not None and is_now <= 2 else set()
    return Judged(group.rules, group.table, frozenset(had), frozenset(has))


def _write(
    con: duckdb.DuckDBPyConnection, kept: Kept, plan: BasePlan, groups: Sequence[Judged], gone: str | None
) -> None:
    """Replace the rows in which an answer differs; most rows that are judged again answer as before."""
    answers = kept.answers(plan.table)
    judged = {rule.name: f"g{number}" for number, group in enumerate(groups) for rule in group.rules}
    columns = [column for column in kept.types(answers) if column != "record_key"]
    wanted = ", ".join(
        f'coalesce({judged[column]}."{column}", o."{column}") AS "{column}"' if column in judged else f'o."{column}"'
        for column in columns
    )
    differs = " OR ".join(
        f'({judged[column]}."{column}" IS NOT NULL AND {judged[column]}."{column}" IS DISTINCT FROM o."{column}")'
        for column in columns
        if column in judged
    )
    joins = " ".join(
        f'LEFT JOIN "{group.table}" AS g{number} ON g{number}.record_key = k.record_key'
        for number, group in enumerate(groups)
    )
    left = f'ANTI JOIN "{gone}" AS x ON x.record_key = k.record_key' if gone is not None else ""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE night_fresh AS SELECT k.record_key, o._at, {wanted} FROM"
        f" (SELECT k.record_key FROM night_keys AS k {left}) AS k {joins}"
        f" LEFT JOIN night_before AS o ON o.record_key = k.record_key WHERE o.record_key IS NULL OR {differs}"
    )
    places = ["SELECT _at FROM night_fresh WHERE _at IS NOT NULL"]
    if gone is not None:
        places.append(f'SELECT o._at FROM night_before AS o SEMI JOIN "{gone}" AS g ON g.record_key = o.record_key')
    con.execute(f"CREATE OR REPLACE TEMP TABLE night_void AS SELECT _at AS r FROM ({' UNION ALL '.join(places)})")
    con.execute(
        f"DELETE FROM {answers} WHERE rowid IN (SELECT r FROM night_void) AND {of_places(con, 'night_void', 'rowid')}"
    )
    con.execute(f"INSERT INTO {answers} BY NAME SELECT * EXCLUDE (_at) FROM night_fresh")


def drop_columns(kept: Kept, plan: BasePlan) -> None:
    """Drop the kept answers of rules that are no more."""
    answers = kept.answers(plan.table)
    for column in list(kept.types(answers)):
        if column not in {"record_key", *(rule.name for rule in plan.rules)}:
            kept.drop_column(answers, column)


def columns_beside(kept: Kept, plan: BasePlan, rules: Sequence[CompiledRule]) -> list[str]:
    """The kept answers that stay when some rules judged every row: those of the other rules of the base."""
    fresh = {rule.name for rule in rules}
    return [
        rule.name for rule in plan.rules if rule.name in kept.types(kept.answers(plan.table)) and rule.name not in fresh
    ]


def replace_columns(kept: Kept, plan: BasePlan, judged: Judged) -> None:
    """Put the answers of rules that judged every row in the place of their old columns."""
    answers, fresh = kept.answers(plan.table), {rule.name for rule in judged.rules}
    stay = columns_beside(kept, plan, judged.rules)
    wanted = ", ".join(
        f'{"n" if rule.name in fresh else "a"}."{rule.name}"'
        for rule in plan.rules
        if rule.name in fresh or rule.name in stay
    )
    both = f'"{judged.table}" AS n LEFT JOIN {answers} AS a ON a.record_key = n.record_key'
    kept.make(answers, f"SELECT n.record_key, {wanted} FROM {both}")
