"""The nightly scan: take in what arrived, judge what it touches, publish, file away.

The steps are such that a kill between or within any two leaves a state from which the next scan goes on: copies and
segments are files that nobody names until one transaction of the warehouse names them; publishing and filing away read
the warehouse and may be done twice.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from analyzer.engine.audit import Order, fingerprint
from analyzer.engine.connect import Limits, lock, teach
from analyzer.engine.night import Change
from analyzer.model import Problem, Table, Text
from analyzer.store.durable import in_plain_words
from analyzer.store.inbox import SETTLE, Arrival, Offered, bytes_in, look, take_copies
from analyzer.store.journal import journal, shown
from analyzer.store.judging import Judged, Law, intake_of, judge_night, unjudged
from analyzer.store.law_kept import keep_law, law_hash
from analyzer.store.lock import locked
from analyzer.store.migrate import migrate
from analyzer.store.notify import Notice
from analyzer.store.outcome import Outcome
from analyzer.store.places import Store
from analyzer.store.publish import retire
from analyzer.store.run_record import file_states, write_down
from analyzer.store.segments import drop_unused
from analyzer.store.settling import Settling, recover
from analyzer.store.staging import Night, Staged, stage
from analyzer.store.summary import versions
from analyzer.store.upkeep import merge_small
from analyzer.store.warehouse import Run, Warehouse, opened, whole

Progress = Callable[[str, int, int], None]
KEEP = 30
"""How many packages are kept unless the scan is told otherwise."""


@dataclass(frozen=True)
class Request:
    """What a scan is asked to do. `order` holds the law side; its inputs are not looked at."""

    store: Store
    inbox: Path
    order: Order
    full: bool = False
    settle: float = SETTLE
    keep: int = KEEP
    notice: Notice | None = None
    reports: Callable[[Path], None] | None = None


def scan(request: Request, progress: Progress | None = None) -> Outcome:
    """Do one night's work and return what came of it.

    Raises `AnalyzerError` when nothing could be done: mistakes in the law side, another scan, a disk that is full.
    Whatever is raised, what was published before is as it was.
    """
    law = Law.of(request.order)
    store = request.store
    with in_plain_words(f"--store {store.root}"):
        if store.exists:
            store.format()
        store.make()
        with locked(store, "scan"), journal(store.log) as log:
            migrate(store)
            log.info("scan_began", as_of=str(request.order.as_of), full=request.full)
            try:
                with opened(store, limited(request.order.limits, _DATABASE), expected=bytes_in(request.inbox)) as house:
                    outcome = _Scan(request, law, house, log, progress).run()
            except BaseException as error:
                log.error("scan_failed", kind=type(error).__name__)
                raise
            log.info("scan_ended", run=outcome.run_id, judged=outcome.judged, **outcome.lived.as_data())
    return outcome


_DATABASE, _STAGING, _BESIDE_STAGING = 0.7, 0.55, 0.25
"""What a database may take of the memory limit: the program itself, its libraries and its buffers need the rest.

The judging needs most besides: the units that statistical methods look at are held outside the database.
"""


def limited(limits: Limits, share: float) -> Limits:
    """Return limits with a share of the memory."""
    return replace(limits, memory=part_of(limits.memory, share)) if limits.memory else limits


def part_of(memory: str, share: float) -> str:
    """Return a share of an amount of memory as DuckDB reads it: 0.5 of `2GB` is `1000000KB`."""
    number, unit = re.fullmatch(r"\s*([\d.]+)\s*([A-Za-z]*)\s*", memory).groups()  # type: ignore[union-attr]
    size = {"K": 1, "M": 1000, "G": 1000**2, "T": 1000**3}[unit[:1].upper()]
    return f"{int(float(number) * size * share)}KB"


class _Scan:
    """One scan under way, the warehouse open."""

    def __init__(self, request: Request, law: Law, house: Warehouse, log: Any, progress: Progress | None) -> None:
        self.request, self.law, self.house, self.log, self.progress = request, law, house, log, progress
        self.store, self.con = house.store, house.con
        self.started = datetime.now().replace(microsecond=0)
        self.settling = Settling(house, request.inbox, self._tables(), request.reports, request.notice, log)

    def run(self) -> Outcome:
        recover(self.settling)
        stale = self.house.align(self.law.library.vocabulary)
        arrivals, offered = take_copies(self.store, look(self.request.inbox, self.request.settle))
        new, again = self._tell_apart(arrivals)
        with tempfile.TemporaryDirectory(prefix="scan-", dir=self.store.work) as folder:
            return self._night(Path(folder), new, again, offered, bool(stale))

    def _tell_apart(self, arrivals: Sequence[Arrival]) -> tuple[list[Arrival], list[Arrival]]:
        """The files that are new, and those whose very content was taken in before, or lies there twice."""
        taken = self.house.taken()
        new: dict[str, Arrival] = {}
        again = []
        for one in arrivals:
            if one.sha256 in taken or one.sha256 in new:
                again.append(one)
            else:
                new[one.sha256] = one
        return list(new.values()), again

    def _night(self, work: Path, new: list[Arrival], again: list[Arrival], offered: Offered, stale: bool) -> Outcome:
        last = self.house.last_run()
        run_no = last.run_no + 1 if last else 1
        law_sha256 = law_hash(self.request.order)
        teach(self.con, self.law.library.calendar)
        if not new and (last is None or self._is_up_to_date(last, law_sha256, work, stale)):
            self.settling.away_again(again)
            return Outcome.nothing_new(last, again, offered)
        staged = self._stage(work, run_no, new) if new else None
        law_sha256 = keep_law(self.store, self.request.order)
        folders = [work, self.store.segments, self.store.published, self.store.work]
        lock(self.con, folders)
        with self._timed("judged") as said, whole(self.con):
            run, judged = self._judge(run_no, last, law_sha256, new, staged, work)
            said |= {"run": run.run_id, "how": judged.how, "evaluated": judged.evaluated, "redone": dict(judged.redone)}
        self.settling.tables = self._tables()
        with self._timed("settled"):
            self.settling.finish(run, {one.source.label: one for one in new})
        self.settling.away_again(again)
        self._upkeep()
        refused = staged.intake.refused if staged else ()
        return Outcome.of(run, judged, refused, self._warnings(last, staged), again, offered)

    def _is_up_to_date(self, last: Run, law_sha256: str, work: Path, stale: bool) -> bool:
        """Whether the last run said already what this one would: nothing new, the same law, day and program."""
        if self.request.full or stale or last.law_sha256 != law_sha256 or last.as_of != self.request.order.as_of:
            return False
        audit = unjudged(self.con, self.request.order, self.law, self.house.supplied(), work)
        said = versions(audit)["analyzer"]
        return fingerprint(audit) == last.fingerprint and last.summary["versions"]["analyzer"] == said

    def _stage(self, work: Path, run_no: int, new: Sequence[Arrival]) -> Staged:
        for one in new:
            self.log.info("taking_in", file=shown(one.sha256, one.name), size=one.stamp[0])
        night = Night(self.store, work, run_no, self.house.next_source(), self.house.in_force)
        limits = self.request.order.limits
        if limits.memory:  # two databases are at work: what is allowed is shared between them
            self.house.allow(part_of(limits.memory, _BESIDE_STAGING))
        limits = limited(limits, _STAGING)
        sources = [one.source for one in new]
        with self._timed("taken_in") as said:
            staged = stage(night, sources, self.law.library.vocabulary, self.law.mappings, limits, self.progress)
            brought = staged.intake
            said |= {"rows": brought.rows_read, "loaded": brought.loaded, "quarantined": brought.quarantined}
        if self.request.order.limits.memory:
            self.house.allow(part_of(self.request.order.limits.memory, _DATABASE))
        return staged

    @contextlib.contextmanager
    def _timed(self, event: str) -> Iterator[dict[str, Any]]:
        """Write an event with what is said of it and the seconds that it took."""
        said: dict[str, Any] = {}
        start = time.perf_counter()
        yield said
        self.log.info(event, **said, seconds=round(time.perf_counter() - start, 2))

    def _judge(
        self, run_no: int, last: Run | None, law_sha256: str, new: list[Arrival], staged: Staged | None, work: Path
    ) -> tuple[Run, Judged]:
        """Everything that one transaction changes."""
        changes: dict[str, Change] = {}
        if staged:
            changes = self.house.merge(staged, run_no, self.law.library.vocabulary)
        audit = unjudged(self.con, self.request.order, self.law, self.house.supplied(), work)
        judged = judge_night(audit, changes, everything=self.request.full, progress=self.progress)
        audit.intake = intake_of(
            self.con, audit.library, self.house.supplied(), staged.intake.refused if staged else (),
            self._warnings(last, staged),
        )  # fmt: skip
        files = file_states(self.con, new)
        run = write_down(self.house, audit, last, run_no, self.started, law_sha256, judged, files)
        return run, judged

    def _warnings(self, last: Run | None, staged: Staged | None) -> tuple[Problem, ...]:
        found = list(staged.intake.warnings) if staged else []
        as_of = self.request.order.as_of
        if last and as_of < last.as_of:
            cause = Text(
                f"基准日早于上一次扫描的 {last.as_of}，电脑的时钟可能被调回；各次扫描仍按先后编号",
                f"it is before {last.as_of}, the last scan's: the clock may have been set back; runs keep their order",
            )
            found.append(Problem(f"--as-of {as_of}", cause))
        return tuple(found)

    def _tables(self) -> list[Table]:
        vocabulary = self.law.library.vocabulary
        supplied = self.house.supplied()
        return [vocabulary[name] for name in vocabulary.tables if name in supplied]

    def _upkeep(self) -> None:
        gone = retire(self.store, self.request.keep)
        merged = merge_small(self.house)
        dropped = drop_unused(self.store, {one.sha256 for one in self.house.segments()})
        self.log.info("kept_up", retired=len(gone), merged=merged, dropped=dropped)


__all__ = ["KEEP", "Request", "scan"]
