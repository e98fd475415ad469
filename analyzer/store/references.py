"""The records of a nightly package: not copied, but named by the hash of the store's immutable segments.

`records.json` lists them. A row that a later night replaced is taken out by its place (`_source`, `_row`), so the
package keeps showing the rows that were in force when it was judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.store.contents import file_hash, quoted_path, read_json

FILE = "records.json"
_FORMAT = 1


@dataclass(frozen=True)
class References:
    """Which segments hold the records of a package, and in which folder they lie.

    `records` and `replaced` name segments by table; `intake` those of `issues` and `history`. `up_to` is the number of
    the run: a merged segment may hold rows of later nights. `lacking` says which columns an older segment does not have:
    they are unknown in its rows.
    """

    folder: Path
    up_to: int
    records: Mapping[str, Sequence[str]]
    replaced: Mapping[str, Sequence[str]] = field(default_factory=dict)
    intake: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lacking: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, package: Path) -> References:
        """Read the references of the package in a folder; raise `AnalyzerError` when a segment is not there."""
        said = read_json(package / FILE)
        found = cls(
            (package / said["segments"]).resolve(), said["up_to"], said["records"], said["replaced"], said["intake"],
            said.get("lacking", {}),
        )  # fmt: skip
        lacking = [name for name in found.names() if not found.path(name).is_file()]
        if lacking:
            cause = Text(
                f"缺少 {len(lacking)} 个数据段（扫描结果包只引用所在库的 segments 目录）",
                f"{len(lacking)} segments are not there (a nightly package refers to the segments of its store)",
            )
            remedy = Text(
                "请在原来的库中打开，或用 analyzer audit --store 库 --run 编号 --out 目录 生成可带走的包",
                "Open it inside its store, or make one to take along: analyzer audit --store DIR --run ID --out DIR",
            )
            raise AnalyzerError(Problem(str(package), cause, remedy))
        return found

    @staticmethod
    def named_in(package: Path) -> set[str]:
        """Return the segments that the package in a folder names, whether they are there or not."""
        said = read_json(package / FILE)
        return {name for kind in ("records", "replaced", "intake") for of in said[kind].values() for name in of}

    def as_data(self, segments: str) -> dict[str, Any]:
        """Return what `records.json` says; `segments` is the way from the package to their folder."""
        return {
            "format": _FORMAT,
            "segments": segments,
            "up_to": self.up_to,
            "records": {name: list(one) for name, one in self.records.items()},
            "replaced": {name: list(one) for name, one in self.replaced.items()},
            "intake": {name: list(one) for name, one in self.intake.items()},
            "lacking": {name: list(one) for name, one in self.lacking.items()},
        }

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables that were supplied."""
        return tuple(sorted(self.records))

    def names(self) -> list[str]:
        """Every segment that is named."""
        return sorted(
            {name for of in (self.records, self.replaced, self.intake) for one in of.values() for name in one}
        )

    def path(self, name: str) -> Path:
        """The file of a segment."""
        return self.folder / f"{name}.parquet"

    def records_sql(self, table: str) -> str:
        """Return SQL for the rows of a table that were in force."""
        query = f"SELECT r.* EXCLUDE (_run) FROM {self._read(self.records[table])} AS r"
        if gone := self.replaced.get(table):
            query += (
                f" ANTI JOIN (SELECT _source, _row FROM {self._read(gone)} WHERE _run <= {self.up_to}) AS gone"
                " ON gone._source = r._source AND gone._row = r._row"
            )
        return f"{query} WHERE r._run <= {self.up_to}"

    def intake_sql(self, name: str) -> str:
        """Return SQL for `issues` or `history` of all nights until then."""
        return f"SELECT * EXCLUDE (_run) FROM {self._read(self.intake[name])} WHERE _run <= {self.up_to}"

    def verify(self) -> list[Problem]:
        """Compare every segment with the hash that is its name."""
        return [
            Problem(f"segments/{name}.parquet", Text("内容已被改动", "the content has changed"))
            for name in self.names()
            if file_hash(self.path(name)) != name
        ]

    def _read(self, names: Iterable[str]) -> str:
        return read_segments({self.path(name): self.lacking.get(name, ()) for name in names})


def read_segments(files: Mapping[Path, Sequence[str]]) -> str:
    """Return SQL that reads segments together; each comes with the columns that it lacks, unknown in its rows."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for path, lacking in files.items():
        alike.setdefault(tuple(lacking), []).append(f"'{quoted_path(path)}'")
    reads = []
    for lacking, paths in sorted(alike.items()):
        read = f"read_parquet([{', '.join(paths)}], union_by_name = true)"
        names = ", ".join(f"'{name}'" for name in lacking)
        reads.append(f"SELECT * REPLACE (list_concat(_unknown, [{names}]) AS _unknown) FROM {read}" if names else read)
    if len(reads) == 1:
        return reads[0] if reads[0].startswith("read_parquet") else f"({reads[0]})"
    return (
        "("
        + " UNION ALL BY NAME ".join(one if one.startswith("SELECT") else f"SELECT * FROM {one}" for one in reads)
        + ")"
    )


__all__ = ["FILE", "References", "read_segments"]
