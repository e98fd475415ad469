"""Where everything lies in a store, and which version of the store it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.store.durable import read_whole, write_whole

FORMAT = 1
"""The version of the store that this program writes."""

MIGRATIONS: dict[int, Callable[[Store], None]] = {}
"""How a store of an older version becomes one of the next: by the older version. A backup is made before the first."""

_BESIDE = ("ledger", "scan.lock", ".")
"""What may lie in the folder before there is a store, besides its own folders: the ledger, hidden files."""


@dataclass(frozen=True)
class Store:
    """The folder of a store and the places in it."""

    root: Path

    @property
    def warehouse(self) -> Path:
        """The database that only a scan opens."""
        return self.root / "warehouse.duckdb"

    @property
    def segments(self) -> Path:
        """The immutable Parquet files of what each scan took in, named by their hash."""
        return self.root / "segments"

    @property
    def published(self) -> Path:
        """One package for each run that is kept."""
        return self.root / "published"

    @property
    def current(self) -> Path:
        """The pointer to the package that readers open."""
        return self.root / "current"

    @property
    def originals(self) -> Path:
        """The inputs, filed away by hash, under their own names."""
        return self.root / "originals"

    @property
    def refused(self) -> Path:
        """The inputs that could not be read, each with its reason beside it."""
        return self.root / "refused"

    @property
    def arriving(self) -> Path:
        """Copies of the files that a scan is just taking in."""
        return self.root / "arriving"

    @property
    def work(self) -> Path:
        """What a scan needs while it runs."""
        return self.root / "work"

    @property
    def law(self) -> Path:
        """Every state of the rule library that was judged by, as one archive named by its hash."""
        return self.root / "law"

    @property
    def runs(self) -> Path:
        """A small file for each run that was finished: what it published, by hash."""
        return self.root / "runs"

    @property
    def lock(self) -> Path:
        """Held by the scan, the compaction or the backup that is under way."""
        return self.root / "scan.lock"

    @property
    def log(self) -> Path:
        """What the scans did, as JSON lines, without personal data."""
        return self.root / "logs" / "scan.jsonl"

    @property
    def inbox(self) -> Path:
        """Where new files are put, unless the scan is told another place."""
        return self.root / "inbox"

    @property
    def label(self) -> Path:
        """The file that says which version of the store this is."""
        return self.root / "store.json"

    def package(self, run_id: str) -> Path:
        """The folder of a published package."""
        return self.published / run_id

    @property
    def exists(self) -> bool:
        """Whether a scan has made a store here."""
        return self.label.is_file()

    def make(self) -> None:
        """Make the folders of a store that is not there yet, and its label last."""
        foreign = [one.name for one in self.root.iterdir()] if self.root.is_dir() else []
        ours = {"warehouse.duckdb", *(place.name for place in self._folders())}
        foreign = [name for name in foreign if name not in ours and not name.startswith(_BESIDE)]
        if foreign and not self.exists:
            cause = Text("目录里已有别的文件，不会在此建库", "the folder holds other files; no store is made here")
            raise AnalyzerError(
                Problem(f"--store {self.root}", cause, Text("请换一个空目录", "Choose an empty folder"))
            )
        for folder in self._folders():
            folder.mkdir(parents=True, exist_ok=True)
        if not self.exists:
            self.write_label(FORMAT)

    def _folders(self) -> tuple[Path, ...]:
        return (
            self.inbox, self.segments, self.published, self.originals, self.refused, self.arriving, self.work, self.law,
            self.runs, self.log.parent,
        )  # fmt: skip

    def write_label(self, number: int) -> None:
        """Say which version of the store this is."""
        write_whole(self.label, {"format": number, "analyzer": version("offsite-enforcement-analyzer")})

    def format(self) -> int:
        """Return the version of the store; raise `AnalyzerError` when it is newer than this program."""
        said = read_whole(self.label) or {}
        number = said.get("format")
        if not isinstance(number, int) or number > FORMAT:
            cause = Text(
                f"这个库是更新版本的程序建的（版本 {number}，本程序只认到 {FORMAT}）",
                f"this store was made by a newer program (version {number}; this one knows {FORMAT})",
            )
            remedy = Text("请升级程序；库没有改动", "Upgrade the program; the store has not been changed")
            raise AnalyzerError(Problem(f"--store {self.root}", cause, remedy))
        return number


def existing(root: Path) -> Store:
    """Return the store in a folder; raise `AnalyzerError` when there is none, or a newer one."""
    store = Store(root)
    if not store.exists:
        cause = Text("这里没有库（缺 store.json）", "there is no store here (no store.json)")
        remedy = Text("先运行 analyzer scan --store 目录", "Run analyzer scan --store DIR first")
        raise AnalyzerError(Problem(f"--store {root}", cause, remedy))
    store.format()
    return store


__all__ = ["FORMAT", "MIGRATIONS", "Store", "existing"]
