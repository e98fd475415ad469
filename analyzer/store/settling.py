"""What follows a judged run, and may be done twice: publish it, file its originals away, tell, and note that it is done."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.model import Table
from analyzer.store.contents import read_json
from analyzer.store.durable import remove_file, write_whole
from analyzer.store.filing import file_away, is_filed
from analyzer.store.inbox import Arrival, take_away
from analyzer.store.journal import shown
from analyzer.store.notify import Notice, notify
from analyzer.store.outcome import told
from analyzer.store.places import Store
from analyzer.store.publish import publish, sweep
from analyzer.store.segments import drop_unused
from analyzer.store.warehouse import Run, Warehouse


@dataclass
class Settling:
    """Whatever the steps after the judging need."""

    house: Warehouse
    inbox: Path
    tables: Sequence[Table]
    reports: Callable[[Path], None] | None
    notice: Notice | None
    log: Any

    def finish(self, run: Run, arrivals: Mapping[str, Arrival]) -> None:
        """Publish a run, file its originals away, tell, and note that all this is done."""
        store = self.house.store
        package = publish(self.house, run, list(self.tables), self.reports)
        self.log.info("published", run=run.run_id)
        files = self.house.files_of(run.run_no)
        file_away(store, files, self.inbox, arrivals)
        for one in files:
            self.log.info("filed", file=shown(one.sha256, one.name), state=one.state)
        self._tell(run)
        manifest = read_json(package.folder / "manifest.json")
        write_whole(done_note(store, run), {"run_id": run.run_id, "files": manifest["files"]})

    def away_again(self, again: Sequence[Arrival]) -> None:
        """Take files that were taken in before out of the inbox, where their originals lie in their place."""
        for one in again:
            remove_file(one.copy)
            if is_filed(self.house.store, one.sha256):
                take_away(one)
            self.log.info("came_again", file=shown(one.sha256, one.name))

    def _tell(self, run: Run) -> None:
        said = told(run)
        if self.notice is None or not self.notice.is_due(said):
            return
        wrong = notify(self.notice, said)
        if wrong:
            self.log.warning("notify_failed", run=run.run_id, why=wrong)
        else:
            self.log.info("notified", run=run.run_id)


def recover(settling: Settling) -> None:
    """Finish what a killed scan left: its judged run, or nothing of it but files that nobody names."""
    house, store = settling.house, settling.house.store
    shutil.rmtree(store.work, ignore_errors=True)
    store.work.mkdir(exist_ok=True)
    sweep(store)
    last = house.last_run()
    if last is not None and not (done_note(store, last).is_file() and store.package(last.run_id).is_dir()):
        settling.log.warning("finishing", run=last.run_id)
        settling.finish(last, {})
    for path in store.arriving.iterdir():
        remove_file(path)
    drop_unused(store, {one.sha256 for one in house.segments()})


def done_note(store: Store, run: Run) -> Path:
    """The small file that says a run is finished, and the hash of every file of its package."""
    return store.runs / f"{run.run_id}.json"


__all__ = ["Settling", "done_note", "recover"]
