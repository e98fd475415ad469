"""What the runs of a store were, and what changed between any two: read from what is published, the warehouse closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.store.filing import refused_files
from analyzer.store.inbox import labels, look
from analyzer.store.life import RESOLVED
from analyzer.store.lock import Holder, holder_of
from analyzer.store.package import Package
from analyzer.store.places import Store
from analyzer.store.publish import current_run, open_current, published_runs


@dataclass(frozen=True)
class PastRun:
    """One run: number, id, when it was started, its date, how it was judged, its files and findings."""

    run_no: int
    run_id: str
    started_at: datetime
    as_of: date
    judged: str
    files: int
    refused: int
    findings: int
    new: int
    open: int
    resolved: int
    reopened: int
    is_kept: bool


@dataclass(frozen=True)
class Between:
    """What became of the findings from one run to another, by rule: appeared, went; and how many are in both."""

    before: PastRun
    after: PastRun
    appeared: Mapping[str, int]
    gone: Mapping[str, int]
    same: int


@dataclass(frozen=True)
class Status:
    """How a store stands."""

    format: int
    last: PastRun | None
    holder: Holder | None
    ready: tuple[str, ...]
    waiting: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    packages: int
    sizes: Mapping[str, int]


def runs_of(store: Store) -> list[PastRun]:
    """Return every run until the published one, the oldest first; none before the first."""
    if current_run(store) is None:
        return []
    kept = set(published_runs(store))
    con = open_current(store).connect()
    try:
        rows = con.execute(
            "SELECT run_no, run_id, started_at, as_of, judged, files, refused, findings, new, open, resolved, reopened"
            " FROM runs ORDER BY run_no"
        ).fetchall()
    finally:
        con.close()
    return [PastRun(*(*row, row[1] in kept)) for row in rows]


def run_named(runs: list[PastRun], name: str) -> PastRun:
    """Return a run by its id or number; raise `AnalyzerError` when there is none."""
    for one in runs:
        if name == one.run_id or name.lstrip("0") == str(one.run_no):
            return one
    cause = Text(f"库里没有 `{name}` 这次扫描", f"the store has no run `{name}`")
    raise AnalyzerError(
        Problem(name, cause, Text("用 analyzer store history 列出", "analyzer store history lists them"))
    )


def kept_package(store: Store, name: str) -> Package:
    """Return the package of a run; raise `AnalyzerError` saying how to make it again when it is not kept any more."""
    run = run_named(runs_of(store), name)
    if not run.is_kept:
        cause = Text(f"扫描 {run.run_id} 的结果包已不保留", f"the package of run {run.run_id} is not kept any more")
        again = f"analyzer audit --store {store.root} --run {run.run_no} --out DIR"
        raise AnalyzerError(Problem(name, cause, Text(f"可以重做：{again}", f"Make it again: {again}")))
    return Package(store.package(run.run_id))


def between(store: Store, before: str, after: str) -> Between:
    """Compare any two runs, whether their packages are kept or not."""
    runs = runs_of(store)
    old, new = run_named(runs, before), run_named(runs, after)
    con = open_current(store).connect()
    try:
        rows = con.execute(_BETWEEN, [old.run_no, new.run_no]).fetchall()
    finally:
        con.close()
    found: dict[str, dict[str, int]] = {"appeared": {}, "gone": {}, "same": {}}
    for what, rule, number in rows:
        found[what][rule] = number
    return Between(old, new, found["appeared"], found["gone"], sum(found["same"].values()))


_SEEN = (
    "SELECT finding_id, rule FROM (SELECT * FROM finding_history WHERE run_no <= ?"
    " QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY run_no DESC) = 1)"
    f" WHERE status <> '{RESOLVED}'"
)
_BETWEEN = f"""
SELECT CASE WHEN b.finding_id IS NULL THEN 'appeared' WHEN a.finding_id IS NULL THEN 'gone' ELSE 'same' END AS what,
  coalesce(a.rule, b.rule) AS rule, count(*)
FROM ({_SEEN}) AS b FULL JOIN ({_SEEN}) AS a ON a.finding_id = b.finding_id
GROUP BY ALL ORDER BY ALL
"""


def status_of(store: Store, inbox: Path) -> Status:
    """Return how a store stands; nothing is written, and a scan under way is not disturbed."""
    runs = runs_of(store)
    offered = look(inbox, settle=0) if inbox.is_dir() else None
    return Status(
        format=store.format(),
        last=runs[-1] if runs else None,
        holder=holder_of(store),
        ready=tuple(labels(offered.ready)) if offered else (),
        waiting=offered.waiting if offered else (),
        refused=tuple(refused_files(store)),
        packages=len(published_runs(store)),
        sizes={
            place.name: _size(place) for place in (store.warehouse, store.segments, store.published, store.originals)
        },
    )


def _size(place: Path) -> int:
    if place.is_file():
        return place.stat().st_size
    return sum(one.stat().st_size for one in place.rglob("*") if one.is_file())


__all__ = ["Between", "PastRun", "Status", "between", "kept_package", "run_named", "runs_of", "status_of"]
