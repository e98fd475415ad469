"""The findings that a night touches, made anew from all their rows; every other finding stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from analyzer.engine.compile import CompiledRule
from analyzer.engine.night.asking import size_of
from analyzer.engine.night.kept import Kept
from analyzer.engine.night.ranges import of_places, of_values
from analyzer.engine.stories import finding_query, records_query
from analyzer.engine.term import constant_sql


@dataclass
class Findings:
    """Keeps `findings` and `finding_records` in step with the kept stories of the rules."""

    con: duckdb.DuckDBPyConnection
    kept: Kept
    home: str

    def begin(self) -> None:
        """Make the places in which the touched findings are gathered."""
        self.con.execute("CREATE OR REPLACE TEMP TABLE night_touched (finding_id VARCHAR, rule VARCHAR)")
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE night_findings AS SELECT * FROM {self.home}.findings LIMIT 0")

    def replace_all(self, rule: CompiledRule, table: str, story: str | None) -> None:
        """Put the story of a rule that judged every row in the place of its old one; None when it flags nothing."""
        code, flagged = constant_sql(rule.rule.code), self.kept.flagged(rule.name)
        self.con.execute(
            f"INSERT INTO night_touched SELECT finding_id, rule FROM {self.home}.findings WHERE rule = {code}"
        )
        self.con.execute(f"DELETE FROM {self.home}.finding_records WHERE rule = {code}")
        if story is None:
            self.kept.drop(flagged)
            return
        self.kept.make(flagged, story)
        self.con.execute(f"INSERT INTO {self.home}.finding_records {records_query(rule, table, flagged)}")
        self.con.execute(f"INSERT INTO night_touched SELECT DISTINCT finding_id, {code} FROM {flagged}")
        self._make(rule, flagged)

    def replace_some(self, rule: CompiledRule, table: str, story: str | None, keys: str) -> None:
        """Put the story of the rows `keys` (a query of `record_key`) in the place of what these rows told before."""
        code, flagged = constant_sql(rule.rule.code), self.kept.flagged(rule.name)
        if not self.kept.has(flagged):
            if story is not None:
                self.replace_all(rule, table, story)
            return
        con = self.con
        con.execute(f"CREATE OR REPLACE TEMP TABLE night_void AS {keys}")
        inside = of_values(con, "night_void", {"record_key": '"f"."record_key"'})
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE night_was AS SELECT f.rowid AS _at, f.* FROM {flagged} AS f"
            f" SEMI JOIN night_void AS k ON k.record_key = f.record_key WHERE {inside}"
        )
        con.execute(f"CREATE OR REPLACE TEMP TABLE night_is AS {story or f'SELECT * FROM {flagged} LIMIT 0'}")
        same = " AND ".join(f'w."{column}" IS NOT DISTINCT FROM i."{column}"' for column in self.kept.types(flagged))
        # What a row tells as before is left alone, whatever the row was judged for.
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE night_told AS SELECT FALSE AS comes, w.* FROM night_was AS w"
            f" ANTI JOIN night_is AS i ON w.record_key = i.record_key AND {same}"
            f" UNION ALL BY NAME SELECT TRUE AS comes, NULL AS _at, i.* FROM night_is AS i"
            f" ANTI JOIN night_was AS w ON w.record_key = i.record_key AND {same}"
        )
        if size_of(con, "night_told"):
            self._exchange(rule, table, code, flagged)
        for name in ("night_void", "night_was", "night_is"):
            con.execute(f"DROP TABLE {name}")

    def _exchange(self, rule: CompiledRule, table: str, code: str, flagged: str) -> None:
        con, records = self.con, f"{self.home}.finding_records"
        gone = "SELECT {} FROM night_told WHERE NOT comes"
        there = of_places(con, f"({gone.format('_at AS r')})", "rowid")
        con.execute(f"DELETE FROM {flagged} WHERE rowid IN ({gone.format('_at')}) AND {there}")
        con.execute(f"INSERT INTO {flagged} SELECT * EXCLUDE (comes, _at) FROM night_told WHERE comes")
        con.execute("CREATE OR REPLACE TEMP TABLE night_void AS " + gone.format("record_key"))
        inside = of_values(con, "night_void", {"record_key": '"finding_records"."record_key"'})
        con.execute(
            f"DELETE FROM {records} WHERE rule = {code} AND record_key IN (SELECT record_key FROM night_void) AND {inside}"
        )
        con.execute(f"INSERT INTO {records} {records_query(rule, table, 'night_told')} WHERE comes")
        self.con.execute(f"INSERT INTO night_touched SELECT DISTINCT finding_id, {code} FROM night_told")
        self._make(rule, f"(SELECT f.* FROM {flagged} AS f SEMI JOIN night_told AS t ON t.finding_id = f.finding_id)")
        con.execute("DROP TABLE night_told")

    def _make(self, rule: CompiledRule, story: str) -> None:
        types = self.kept.types(self.kept.flagged(rule.name))
        self.con.execute(f"INSERT INTO night_findings {finding_query(rule, story, types)}")

    def forget(self, code: str, rule: str) -> None:
        """Take away what a rule told: it is retired."""
        said = constant_sql(code)
        self.con.execute(
            f"INSERT INTO night_touched SELECT finding_id, rule FROM {self.home}.findings WHERE rule = {said}"
        )
        self.con.execute(f"DELETE FROM {self.home}.finding_records WHERE rule = {said}")
        self.kept.drop(self.kept.flagged(rule))

    def finish(self) -> dict[str, int]:
        """Bring the table of findings up to date; leave `changed_findings`; return the findings of each rule."""
        home = self.home
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE changed_findings AS SELECT DISTINCT finding_id, rule FROM night_touched AS t"
            f" WHERE finding_id NOT IN (SELECT finding_id FROM (SELECT * FROM night_findings INTERSECT SELECT f.*"
            f" FROM {home}.findings AS f SEMI JOIN night_touched AS u ON u.finding_id = f.finding_id))"
        )
        self.con.execute(f"DELETE FROM {home}.findings WHERE finding_id IN (SELECT finding_id FROM changed_findings)")
        self.con.execute(
            f"INSERT INTO {home}.findings SELECT f.* FROM night_findings AS f"
            " SEMI JOIN changed_findings AS c ON c.finding_id = f.finding_id"
        )
        for name in ("night_touched", "night_findings"):
            self.con.execute(f"DROP TABLE IF EXISTS {name}")
        rows = self.con.execute(f"SELECT rule, count(*) FROM {home}.findings GROUP BY rule").fetchall()
        return {str(rule): int(number) for rule, number in rows}
