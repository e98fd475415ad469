"""The life of a finding, run by run, upon answers that are laid down by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from analyzer.store.life import Before, Lived, history_sql, life_sql, live, resolved_sql

FIRST = date(2025, 1, 1)


class Runs:
    """Runs whose findings are given as `rule:subject`; the records of a finding are its subject's."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, 0
        self.con = duckdb.connect()
        self.con.execute("CREATE SCHEMA book")
        self.con.execute("CREATE TABLE findings (finding_id VARCHAR, rule VARCHAR, facts VARCHAR)")
        self.con.execute(
            "CREATE TABLE finding_records (finding_id VARCHAR, rule VARCHAR, table_name VARCHAR, record_key VARCHAR)"
        )
        self.before: Before | None = None

    def run(
        self, *findings: str, rules: str = "A", formerly: dict[str, list[str]] | None = None, changed: str = ""
    ) -> Lived:
        self.number += 1
        self.con.execute("DELETE FROM findings")
        self.con.execute("DELETE FROM finding_records")
        for one in findings:
            rule, subject = one.split(":")
            self.con.execute("INSERT INTO findings VALUES (?, ?, ?)", [one, rule, f"run {self.number}"])
            self.con.execute("INSERT INTO finding_records VALUES (?, ?, 'cases', ?)", [one, rule, subject])
        files: list[Any] = [
            SimpleNamespace(rule=SimpleNamespace(code=code, formerly=(formerly or {}).get(code, []))) for code in rules
        ]
        as_of = FIRST + timedelta(self.number)
        lived = live(self.con, self.number, as_of, files, self.before, changed)
        self.before = Before(*(self.folder / f"{name}{self.number}.parquet" for name in ("findings", "records")))
        self.con.execute(f"COPY findings TO '{self.before.findings}'")
        self.con.execute(f"COPY finding_records TO '{self.before.finding_records}'")
        return lived

    def life(self, finding: str, run: int | None = None) -> dict[str, Any]:
        found = self.con.execute(f"SELECT * FROM ({life_sql(run or self.number)}) WHERE finding_id = ?", [finding])
        names = [column[0] for column in found.description or ()]
        row = found.fetchone()
        return dict(zip(names, row, strict=True)) if row else {}

    def resolved(self, run: int | None = None) -> list[tuple[Any, ...]]:
        query = (
            f"SELECT finding_id, resolved_run, back_run, facts FROM ({resolved_sql(run or self.number)}) ORDER BY ALL"
        )
        return self.con.execute(query).fetchall()


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    made = Runs(tmp_path)
    yield made
    made.con.close()


def test_new_then_open_then_resolved_then_reopened_then_open(runs: Runs) -> None:
    assert runs.run("A:1", "A:2") == Lived(new=2)
    assert runs.run("A:1", "A:2") == Lived(open=2)
    assert runs.run("A:1") == Lived(open=1, resolved=1)
    assert runs.resolved() == [("A:2", 3, None, "run 2")], "the last row that it had is kept"
    gone = runs.life("A:2")
    assert (gone["status"], gone["first_seen_run"], gone["last_seen_run"], gone["since"]) == (
        "resolved", 1, 2, FIRST + timedelta(3),
    )  # fmt: skip
    assert runs.run("A:1") == Lived(open=1), "resolved is said in the run that saw it go, once"
    assert runs.run("A:1", "A:2") == Lived(open=1, reopened=1)
    assert runs.resolved() == []
    back = runs.life("A:2")
    assert (back["status"], back["first_seen_run"], back["times_reopened"], back["since_run"]) == ("reopened", 1, 1, 5)
    assert runs.run("A:1", "A:2") == Lived(open=2)
    still = runs.life("A:2")
    assert (still["status"], still["since_run"], still["last_seen_run"], still["times_reopened"]) == ("open", 5, 6, 1)


def test_the_life_at_an_earlier_run_can_be_asked_for(runs: Runs) -> None:
    runs.run("A:1")
    runs.run()
    runs.run("A:1")
    assert [runs.life("A:1", run)["status"] for run in (1, 2, 3)] == ["new", "resolved", "reopened"]
    assert [runs.life("A:1", run)["last_seen_run"] for run in (1, 2, 3)] == [1, 1, 3]
    assert [len(runs.resolved(run)) for run in (1, 2, 3)] == [0, 1, 0]
    assert runs.resolved(2) == [("A:1", 2, None, "run 1")], "at that run nobody knew that it would come back"


def test_a_retired_rule_resolves_for_that_reason_and_comes_back_open(runs: Runs) -> None:
    runs.run("A:1", "B:1", rules="AB")
    assert runs.run("A:1", rules="A") == Lived(open=1, resolved=1)
    assert runs.life("B:1")["reason"] == "rule"
    assert runs.resolved() == [("B:1", 2, None, "run 1")], "its findings stay readable"
    assert runs.run("A:1", "B:1", rules="AB") == Lived(open=2), "nobody mended it in between: not reopened"
    assert runs.life("B:1")["times_reopened"] == 0


def test_what_goes_with_a_changed_rule_is_not_mended(runs: Runs) -> None:
    runs.run("A:1")
    runs.run(changed="A")
    assert runs.life("A:1")["reason"] == "law"
    assert runs.run("A:1", changed="A") == Lived(open=1)


def test_a_renamed_rule_hands_its_lives_on(runs: Runs) -> None:
    runs.run("A:1", "A:2")
    runs.run("A:1", "A:2")
    renamed = {"N": ["A"]}
    assert runs.run("N:1", "N:3", rules="N", formerly=renamed) == Lived(new=1, open=1, resolved=1)
    handed = runs.life("N:1")
    assert (handed["status"], handed["first_seen_run"], handed["since_run"], handed["formerly_id"]) == (
        "open",
        1,
        1,
        "A:1",
    )
    assert runs.life("A:1")["reason"] == "renamed"
    assert runs.life("A:2")["reason"] == "rule", "this one found no heir"
    assert runs.life("N:3")["status"] == "new"
    assert runs.run("N:1", "N:3", rules="N", formerly=renamed) == Lived(open=2)
    assert runs.life("N:1")["formerly_id"] == "A:1"


def test_only_changes_are_written_down(runs: Runs) -> None:
    for _ in range(5):
        runs.run("A:1")
    events = runs.con.execute(f"SELECT run_no, status FROM ({history_sql(5)}) ORDER BY run_no").fetchall()
    assert events == [(1, "new"), (2, "open")]
