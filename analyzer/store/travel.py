"""Time travel: the package of an earlier run made again from what the store held then.

The rows come from the segments until that run, the law from the archive that the run was judged by, lives and accounts
from the books. What is written is held against the hashes that the run published: the Parquet content is the same byte
for byte, or it is said why it is not.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analyzer.engine.audit import Audit, Order, selected
from analyzer.engine.connect import Limits, connect, create_table, lock, teach
from analyzer.model import AnalyzerError, Problem, Text
from analyzer.rulebook.library import Library, load_library
from analyzer.rulebook.rulings import resolve
from analyzer.store.contents import (
    INTAKE,
    copy_ordered,
    copy_query,
    hashes_of,
    quoted_path,
    records_query,
    write_database,
    write_json,
    write_results,
)
from analyzer.store.durable import in_plain_words, read_whole
from analyzer.store.judging import Law, judge_all, unjudged
from analyzer.store.law_kept import copy_own_law, unpack_law
from analyzer.store.lock import locked
from analyzer.store.package import NIGHTLY, Package, drafting, move_into_place
from analyzer.store.places import Store
from analyzer.store.publish import night_queries
from analyzer.store.segments import path_of, references_to
from analyzer.store.settling import done_note
from analyzer.store.summary import versions
from analyzer.store.warehouse import Run, fill, opened

Progress = Callable[[str, int, int], None]
Reports = Callable[[Path], None]

_BOOKS = ("runs", "replaced", "life", "resolved")


def remake(
    store: Store, name: str, out: Path, limits: Limits, reports: Reports | None = None, progress: Progress | None = None
) -> Package:
    """Make the package of a run again in `out`; its records lie in it, so it can be taken along.

    `name` is the run's id or number. Raises `AnalyzerError` saying exactly why when it cannot be made as it was.
    """
    with in_plain_words(f"--store {store.root}"), locked(store, "audit --run"), drafting(out) as draft:
        work = Path(tempfile.mkdtemp(prefix="again-", dir=store.work))
        try:
            again = _Again(store, name, work, limits)
            try:
                again.judge([draft], progress)
                again.write(draft)
            finally:
                again.con.close()
        finally:
            shutil.rmtree(work, ignore_errors=True)
        _check(store, again, draft)
        if reports is not None:
            reports(draft)
        write_json(draft / "manifest.json", again.manifest(draft))
        move_into_place(draft, out)
    return Package(out)


class _Again:
    """A run being made again, in a database of its own."""

    def __init__(self, store: Store, name: str, work: Path, limits: Limits) -> None:
        self.store, self.work = store, work
        with opened(store, read_only=True) as house:
            run = house.run_named(name)
            if run is None:
                raise AnalyzerError(Problem(f"--run {name}", Text("库里没有这次扫描", "the store has no such run")))
            self.run: Run = run
            self.supplied = house.supplied(run.run_no)
            self.segments = house.segments()
            self.files = house.con.execute(
                "SELECT label, sha256, name FROM book.files WHERE state = 'taken' AND run_no <= ? ORDER BY run_no, label",
                [run.run_no],
            ).fetchall()
        self._look_for_segments()
        self.law, self.order = self._law(limits)
        self.con = connect(work, limits)
        self._bring()
        self.audit: Audit = unjudged(self.con, self.order, self.law, self.supplied, work)

    def _look_for_segments(self) -> None:
        mine = [one for one in self.segments if one.first_run <= self.run.run_no]
        gone = [one for one in mine if not path_of(self.store, one.sha256).is_file()]
        if gone:
            cause = Text("数据段文件不见了", "the file of a segment is gone")
            raise AnalyzerError([Problem(f"segments/{one.sha256}.parquet", cause) for one in gone])

    def _law(self, limits: Limits) -> tuple[Law, Order]:
        kept = unpack_law(self.store, self.run.law_sha256, self.work / "law")
        if kept is None:
            cause = Text(
                f"当时的规则库存档不见了（{self.run.law_sha256[:12]}.zip）",
                f"the archive of the law of that time is gone ({self.run.law_sha256[:12]}.zip)",
            )
            raise AnalyzerError(Problem(f"--run {self.run.run_id}", cause))
        said = self.run.orders
        library: Library = load_library(kept.own, kept.library)
        profile = kept.profile or said["profile"]
        rulings = resolve(library.parameters, library.profiles, library.laws, profile, said["set"])
        problems: list[Problem] = []
        rules = selected(library, said["select"], problems)
        if problems:
            raise AnalyzerError(problems)
        order = Order(
            (), self.run.as_of, profile, tuple(said["set"]), (), kept.own, tuple(said["select"]), limits
        )  # fmt: skip
        return Law(library, rulings, rules, ()), order

    def _bring(self) -> None:
        """Bring rows and books as they stood after the run."""
        con, vocabulary = self.con, self.law.library.vocabulary
        con.execute(f"ATTACH '{quoted_path(self.store.warehouse)}' AS kept_store (READ_ONLY)")
        con.execute("CREATE SCHEMA book")
        for name in _BOOKS:
            con.execute(f"CREATE TABLE book.{name} AS SELECT * FROM kept_store.book.{name}")
        inputs = night_queries(self.run.run_no)["inputs"].replace("FROM _inputs", "FROM kept_store.main._inputs")
        con.execute(f"CREATE TABLE _inputs AS {inputs}")
        con.execute("DETACH kept_store")
        for name in self.supplied:
            con.execute(create_table(vocabulary, name))
            fill(con, vocabulary[name], self.store, self.segments, self.run.run_no)
        named = references_to(self.store, self.segments, self.run.run_no)
        for name in named.intake:
            con.execute(f"CREATE TABLE _{name} AS {named.intake_sql(name)}")
        teach(con, self.law.library.calendar)

    def judge(self, writable: list[Path], progress: Progress | None) -> None:
        lock(self.con, [self.work, *writable])
        judge_all(self.audit, progress)

    def write(self, folder: Path) -> None:
        """Write what the run had published, and its records themselves."""
        con, vocabulary = self.con, self.law.library.vocabulary
        write_results(con, folder)
        for name, query in night_queries(self.run.run_no).items():
            wanted = "SELECT * FROM _inputs" if name == "inputs" else query
            copy_ordered(con, wanted, (NIGHTLY | INTAKE)[name], folder / f"{name}.parquet")
        for name in ("issues", "history"):
            copy_query(con, f"SELECT * FROM _{name} ORDER BY {INTAKE[name]}", folder / f"{name}.parquet")
        for name in self.supplied:
            copy_query(con, records_query(vocabulary[name], f'"{name}"'), folder / "records" / f"{name}.parquet")
        write_database(con, folder / "audit.duckdb", [vocabulary[name] for name in self.supplied], INTAKE)
        copy_own_law(self.store, self.run.law_sha256, self.work, folder / "law")
        write_json(folder / "summary.json", {**self.run.summary, "made_again_by": versions(self.audit)})

    def manifest(self, folder: Path) -> dict[str, Any]:
        return {
            "format": 1,
            "run_id": self.run.run_id,
            "files": hashes_of(folder),
            "inputs": [
                {"file": label, "sha256": sha256, "path": str((self.store.originals / sha256 / name).resolve())}
                for label, sha256, name in self.files
            ],
            "rules": dict(self.run.rules),
        }


def _check(store: Store, again: _Again, draft: Path) -> None:
    """Hold what was made against what the run published; raise `AnalyzerError` when its content is not the same."""
    note = read_whole(done_note(store, again.run))
    if note is None:
        cause = Text("没有当时结果的哈希，无法核对", "the hashes of what it published are gone: it cannot be checked")
        raise AnalyzerError(Problem(f"--run {again.run.run_id}", cause))
    made = hashes_of(draft)
    wrong = [name for name, sha256 in note["files"].items() if name.endswith(".parquet") and made.get(name) != sha256]
    if not wrong:
        return
    then, now = again.run.summary["versions"], versions(again.audit)
    changed = [f"{name} {then[name]} -> {now[name]}" for name in ("analyzer", "duckdb") if then[name] != now[name]]
    why = ", ".join(changed)
    cause = Text(
        f"内容与当时发布的不同（程序版本：{why or '相同'}）",
        f"its content is not what was published then (versions: {why or 'the same'})",
    )
    remedy = (
        Text("请用当时的程序版本重做", "Make it again with the program of that time")
        if changed
        else Text(
            "用 analyzer verify 核对库里的数据段和当时的结果包",
            "Check the segments and the package of that time with analyzer verify",
        )
    )
    raise AnalyzerError([Problem(f"{again.run.run_id}/{name}", cause, remedy) for name in wrong])


__all__ = ["remake"]
