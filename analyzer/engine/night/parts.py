"""Results over all rows that are brought up to date from a part of the rows: what was counted before is kept.

A gather that adds up is asked twice of the rows that can matter, as the records stand and as they stood at the last
night; the difference is added to what is kept. One whose groups keep rows apart is asked of the groups that are
touched. Whatever cannot be said so is gathered anew over all rows, by `Units`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb

from analyzer.engine.compile import CompiledRule
from analyzer.engine.gathering import Gathering, compile_gather
from analyzer.engine.judge import make_gather
from analyzer.engine.names import GatherShape
from analyzer.engine.night.asking import one_number, size_of
from analyzer.engine.night.kept import Kept
from analyzer.engine.night.moved import Moved
from analyzer.engine.night.ranges import of_places, of_values
from analyzer.engine.night.reached import Reached
from analyzer.engine.night.sieve import ROW, Sieve, sieve_of
from analyzer.engine.night.slices import Slices, names_in
from analyzer.engine.night.sums import Sums, sums_of
from analyzer.engine.night.ties import Tie, over_row, ties_of_parts
from analyzer.engine.plan import BasePlan
from analyzer.engine.setting import Setting
from analyzer.model.rule import Parts as Said
from analyzer.model.tables import UNKNOWN

Made = tuple[GatherShape, Gathering]


def gathers_under(plan: BasePlan, gathering: Gathering) -> list[Made]:
    """Return the gathers that a gather reads itself."""
    return [one for table, one in plan.gathers.items() if f'"{table}"' in gathering.sql]


@dataclass
class _Job:
    """One result that adds up, tonight: its query on both days, and whose rows it counts."""

    plan: BasePlan
    shape: GatherShape
    said: Said
    sums: Sums
    now: Gathering
    then: Gathering
    sieve: Sieve
    under: Sequence[tuple[GatherShape, Gathering, Gathering]]
    ties: dict[Tie, set[str]]
    reads: int
    rows: str = ""

    @property
    def table(self) -> str:
        return self.said.of

    def texts(self) -> list[str]:
        """Every query that is asked."""
        return [self.now.sql, *(one.sql for _, one, _ in self.under)]


@dataclass
class Parts:
    """Keeps what gathers over all rows say, and brings it up to date.

    `done` are the gathers of which the kept result is that of today.
    """

    con: duckdb.DuckDBPyConnection
    setting: Setting
    kept: Kept
    home: str
    moved: Moved
    small_table: int
    many_rows: int
    done: set[str] = field(default_factory=set)

    def add_up(self, asked: Sequence[tuple[BasePlan, CompiledRule]], reached: Reached) -> None:
        """Bring every kept result up to date that adds up, over the rows that can matter to one of them."""
        jobs: dict[str, _Job] = {}
        for plan, rule in asked:
            for shape, gathering in plan.needed_gathers([rule]):
                if shape.table not in jobs and (job := self._job(plan, rule, shape, gathering)) is not None:
                    jobs[shape.table] = job
        ready = [job for number, job in enumerate(jobs.values()) if self._find_rows(job, number, reached)]
        self.done.update(job.shape.table for job in ready if not job.rows)
        busy = [job for job in ready if job.rows]
        if busy:
            self._count_twice(busy)

    # Which results can be brought up to date

    def _job(self, plan: BasePlan, rule: CompiledRule, shape: GatherShape, gathering: Gathering) -> _Job | None:
        said, was = shape.gather.parts, self.kept.as_of
        sums = sums_of(gathering.sql) if said is not None and not said.apart else None
        if said is None or sums is None or was is None or not self.kept.has(self.kept.parts(shape.table)):
            return None
        found = ties_of_parts(plan, rule, shape)
        if found is None:
            return None
        under = [(one, now, self.as_of(was, rule, one)) for one, now in gathers_under(plan, gathering)]
        then = self.as_of(was, rule, shape)
        sieve = sieve_of(gathering.sql, then.sql, self.setting.vocabulary[said.of])
        if sieve.is_moved or any(now.sql != earlier.sql for _, now, earlier in under):
            return None
        own = [column for _, path, column in gathering.usage.columns if not path]
        links = plan.setting.bases[said.of].links if said.of in plan.setting.bases else {}
        own += [links[path[0]].by for _, path in gathering.usage.links if path]
        own += [name for tie in found.ties for _, other in tie.pairs for name in names_in(other)]
        own += names_in(over_row(self.setting, said.of, ROW, said.together) or "") if said.together else []
        reads = self.moved.bits(said.of, own)
        return _Job(plan, shape, said, sums, gathering, then, sieve, under, found.ties, reads)

    def as_of(self, day: date, rule: CompiledRule, shape: GatherShape) -> Gathering:
        """Return a gather as it is compiled for another day."""
        tables = {name: one.table for name, one in rule.scope.gathers.items()}
        return compile_gather(replace(self.setting, as_of=day), shape.gather.sql, tables)

    # Which rows can matter

    def _find_rows(self, job: _Job, number: int, reached: Reached) -> bool:
        """Find the rows that count otherwise than at the last night, and all that are counted with them.

        False when these are so many that the result is better gathered anew.
        """
        con, of, either = self.con, f'{self.home}."{job.table}"', job.sieve.either
        queries = []
        if masks := self.moved.matched(job.table, job.reads):
            bits = f"_moved IN ({', '.join(map(str, sorted(masks)))})"
            queries.append(f'SELECT {ROW}._at AS r FROM "night_now_{job.table}" AS {ROW} WHERE {bits} AND ({either})')
        for tie, columns in job.ties.items():
            if (rows := reached.along(job.table, tie, columns)) is not None:
                inside = of_places(con, f'"{rows[0]}"')
                queries.append(
                    f'SELECT {ROW}.rowid AS r FROM {of} AS {ROW} SEMI JOIN "{rows[0]}" AS h ON {ROW}.rowid = h.r'
                    f" WHERE {inside} AND ({either})"
                )
        if job.sieve.now != job.sieve.then:
            turned = f"({job.sieve.now}) IS DISTINCT FROM ({job.sieve.then})"
            queries.append(f"SELECT {ROW}.rowid AS r FROM {of} AS {ROW} WHERE {turned}")
        old = f'SELECT * FROM "night_old_{job.table}" AS {ROW} WHERE ({job.sieve.then})' if masks else ""
        name = f"night_parts_{number}"
        con.execute(
            f'CREATE OR REPLACE TEMP TABLE "{name}" AS {" UNION ".join(queries) or "SELECT 0::BIGINT AS r LIMIT 0"}'
        )
        if job.said.together is not None:
            self._take_kin(job, name, old)
        if size_of(con, f'"{name}"') or (old and one_number(con, f"SELECT count(*) FROM ({old})")):
            job.rows = name
        many = size_of(con, f'"{name}"')
        return many < self.many_rows or many * 4 < size_of(con, of)

    def _take_kin(self, job: _Job, name: str, old: str) -> None:
        """Take the rows in that are counted together with one of those found."""
        con, of, kin = self.con, f'{self.home}."{job.table}"', job.said.together
        value = over_row(self.setting, job.table, ROW, kin or "")
        inside = of_places(con, f'"{name}"')
        rows = f'{of} AS {ROW} SEMI JOIN "{name}" AS h ON {ROW}.rowid = h.r WHERE {inside}'
        values = [f"SELECT {value} AS kin FROM {rows}"]
        if old:
            values.append(f"SELECT {value} AS kin FROM ({old}) AS {ROW}")
        con.execute(f"CREATE OR REPLACE TEMP TABLE night_kin AS {' UNION '.join(values)}")
        con.execute(
            f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT {ROW}.rowid AS r FROM {of} AS {ROW}'
            f" SEMI JOIN night_kin AS k ON k.kin IS NOT DISTINCT FROM ({value}) WHERE ({job.sieve.either})"
        )

    # Counting

    def _count_twice(self, jobs: Sequence[_Job]) -> None:
        """Ask every query of the rows as they stand and as they stood, and add the differences up."""
        texts = [text for job in jobs for text in job.texts()]
        keys = {key for table in self.setting.vocabulary.tables.values() for key in table.key}
        read = frozenset(name for text in texts for name in names_in(text)) | keys
        tables = [name for name in self.setting.vocabulary.tables if any(f'"{name}"' in text for text in texts)]
        large = {name for name in tables if size_of(self.con, f'{self.home}."{name}"') > self.small_table}
        before = {name: f"night_old_{name}" for name in self.moved.tables}
        slices = Slices(self.con, self.home, frozenset(large), read, before)
        for job in jobs:
            slices.add(job.table, f'SELECT r FROM "{job.rows}"')
        for table in self.moved.tables:  # a row that is there on one day is there on the other, unless it came or went
            slices.add(table, f'SELECT _at AS r FROM "night_now_{table}"')
        slices.add_context([(job.table, f'"{job.rows}"', list(job.ties)) for job in jobs])
        slices.lay()
        try:
            for number, job in enumerate(jobs):
                self._ask(job, f"night_sums_now_{number}", then=False)
            with self._as_they_stood(tables, slices):
                for number, job in enumerate(jobs):
                    self._ask(job, f"night_sums_then_{number}", then=True)
        finally:
            slices.lift()
        for number, job in enumerate(jobs):
            if self._add(job, f"night_sums_now_{number}", f"night_sums_then_{number}"):
                self.done.add(job.shape.table)

    def _ask(self, job: _Job, name: str, then: bool) -> None:
        for shape, now, earlier in job.under:
            make_gather(self.con, job.plan.setting, shape, earlier if then else now)
        query = (job.then if then else job.now).sql
        self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')
        for shape, _, _ in job.under:
            self.con.execute(f'DROP TABLE "{shape.table}"')

    @contextmanager
    def _as_they_stood(self, tables: Sequence[str], slices: Slices) -> Iterator[None]:
        """Lay the older versions of rows over the tables, in the place of those that came for them."""
        laid = []
        for table in tables:
            if table not in self.moved.tables:
                continue
            of, is_cut = self.setting.vocabulary[table], table in slices.laid
            source = f'temp."{table}"' if is_cut else f'{self.home}."{table}"'
            columns = ", ".join(f'"{name}"' for name in slices.columns(table) if name in {*of.columns, UNKNOWN})
            same = " AND ".join(f'n."{key}" = x."{key}"' for key in of.key)
            self.con.execute(
                f'CREATE TEMP TABLE "night_stood_{table}" AS SELECT {columns} FROM {source} AS x'
                f' ANTI JOIN "night_now_{table}" AS n ON {same} UNION ALL SELECT {columns} FROM "night_old_{table}"'
            )
            if is_cut:
                self.con.execute(f'DROP TABLE temp."{table}"')
            else:
                laid.append(table)
            self.con.execute(f'ALTER TABLE temp."night_stood_{table}" RENAME TO "{table}"')
        yield
        for table in laid:
            self.con.execute(f'DROP TABLE temp."{table}"')

    def _add(self, job: _Job, now: str, then: str) -> bool:
        """Add the difference of two results to what is kept; False when a group would count less than nothing."""
        place, sums = self.kept.parts(job.shape.table), job.sums
        kinds = self.kept.types(place)
        keys = ", ".join(f'"{key}"' for key in sums.keys)
        plus = ", ".join(f'coalesce("{one}", 0) AS "{one}"' for one in sums.sums)
        minus = ", ".join(f'-coalesce("{one}", 0) AS "{one}"' for one in sums.sums)
        added = ", ".join(f'sum("{one}") AS "{one}"' for one in sums.sums)
        moved = " OR ".join(f'sum("{one}") <> 0' for one in sums.sums)
        same = " AND ".join(f'o."{key}" IS NOT DISTINCT FROM d."{key}"' for key in sums.keys)
        values = ", ".join(
            [f'd."{key}"' for key in sums.keys]
            + [f'coalesce(o."{one}", 0) + d."{one}" AS "{one}"' for one in sums.sums]
        )
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE night_added AS SELECT {values}, o._at FROM (SELECT {keys}, {added} FROM"
            f' (SELECT {keys}, {plus} FROM "{now}" UNION ALL SELECT {keys}, {minus} FROM "{then}")'
            f" GROUP BY {keys} HAVING {moved}) AS d LEFT JOIN (SELECT *, rowid AS _at FROM {place}) AS o ON {same}"
        )
        if one_number(self.con, f'SELECT count(*) FROM night_added WHERE "{sums.count}" < 0'):
            return False
        wanted = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in kinds.items())
        self.con.execute(f"DELETE FROM {place} WHERE rowid IN (SELECT _at FROM night_added)")
        self.con.execute(f'INSERT INTO {place} BY NAME SELECT {wanted} FROM night_added WHERE "{sums.count}" > 0')
        return True

    # Groups that keep rows apart

    def renew_apart(self, rule: CompiledRule, shape: GatherShape, gathering: Gathering, sources: set[str]) -> bool:
        """Gather the touched groups of a result anew; what it is built on must be there, and the same as before.

        `sources` are all tables that the gather reads, through links as well. False when the result has to be gathered
        anew as a whole.
        """
        said, was = shape.gather.parts, self.kept.as_of
        if said is None or not said.apart or was is None or not self.kept.has(self.kept.parts(shape.table)):
            return False
        if sources & set(self.moved.tables) - {said.of} or self.as_of(was, rule, shape).sql != gathering.sql:
            return False
        if said.of in self.moved.tables:
            self._gather_touched(shape, gathering, said)
        return True

    def _gather_touched(self, shape: GatherShape, gathering: Gathering, said: Said) -> None:
        con, of, place = self.con, said.of, self.kept.parts(shape.table)
        sieve = sieve_of(gathering.sql, gathering.sql, self.setting.vocabulary[of]).now
        values = {name: over_row(self.setting, of, ROW, text) for name, text in said.apart.items()}
        wanted = ", ".join(f'{sql} AS "{name}"' for name, sql in values.items())
        masks = self.moved.matched(of, self.moved.bits(of, [column for *_, column in gathering.usage.columns]))
        bits = f"_moved IN ({', '.join(map(str, sorted(masks)))})" if masks else "FALSE"
        touched = " UNION ".join(
            f'SELECT {wanted} FROM "night_{when}_{of}" AS {ROW} WHERE {bits} AND ({sieve})' for when in ("old", "now")
        )
        con.execute(f"CREATE OR REPLACE TEMP TABLE night_touched_groups AS {touched}")
        same = " AND ".join(f'g."{name}" IS NOT DISTINCT FROM ({sql})' for name, sql in values.items())
        blanks = " OR ".join(f'"{name}" IS NULL' for name in values)
        has_blank = one_number(con, f"SELECT count(*) FROM night_touched_groups WHERE {blanks}")
        sides = {name: sql for name, sql in values.items() if sql is not None}
        inside = "TRUE" if has_blank else of_values(con, "night_touched_groups", sides)
        con.execute(
            f'CREATE TEMP VIEW "{of}" AS SELECT {ROW}.* FROM {self.home}."{of}" AS {ROW}'
            f" SEMI JOIN night_touched_groups AS g ON {same} WHERE {inside} AND ({sieve})"
        )
        try:
            con.execute(f"CREATE OR REPLACE TEMP TABLE night_groups AS {gathering.sql}")
        finally:
            con.execute(f'DROP VIEW temp."{of}"')
        kept = " AND ".join(f'g."{name}" IS NOT DISTINCT FROM o."{name}"' for name in values)
        con.execute(f"DELETE FROM {place} AS o WHERE EXISTS (SELECT 1 FROM night_touched_groups AS g WHERE {kept})")
        con.execute(
            f"INSERT INTO {place} BY NAME SELECT o.* FROM night_groups AS o SEMI JOIN night_touched_groups AS g ON {kept}"
        )


__all__ = ["Parts", "gathers_under"]
