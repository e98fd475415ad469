"""The package: everything one audit leaves behind, in open formats, whole or not at all.

A package is written into a folder beside its place and moved there as the last step, so that a reader never meets
half of one. Parquet and `audit.duckdb` are evidence for inside the bureau and are not masked. A package of the nightly
scan is the same to a reader; its records are named by hash instead of copied (`references`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from analyzer.engine.audit import Audit
from analyzer.model import AnalyzerError, Problem, Text
from analyzer.store import references
from analyzer.store.contents import (
    INTAKE,
    RESULTS,
    copy_query,
    file_hash,
    hashes_of,
    keep_own_law,
    quoted_path,
    read_json,
    records_query,
    write_database,
    write_json,
    write_results,
)
from analyzer.store.references import References
from analyzer.store.summary import summary

NIGHTLY = {
    "finding_life": "rule, finding_id",
    "finding_history": "run_no, rule, finding_id",
    "resolved_findings": "resolved_run, rule, finding_id",
    "runs": "run_no",
}
"""What only a package of the nightly scan holds: the life of every finding, and the runs until then."""


def prepare_folder(out: Path) -> Path:
    """Make the folder in which a package is put together, beside its place.

    Raises `AnalyzerError` when `out` exists and is no package of ours: nothing of a user's is overwritten.
    """
    if out.exists() and not out.is_dir():
        raise AnalyzerError(Problem(f"--out {out}", Text("这是一个文件，不是目录", "this is a file, not a folder")))
    if out.is_dir() and any(out.iterdir()) and not (out / "manifest.json").is_file():
        cause = Text("目录里已有别的文件，不会覆盖", "the folder holds other files, which are not overwritten")
        remedy = Text("请换一个空目录", "Choose an empty folder")
        raise AnalyzerError(Problem(f"--out {out}", cause, remedy))
    draft = out.parent / f".{out.name}.partial"
    try:
        shutil.rmtree(draft, ignore_errors=True)
        (draft / "records").mkdir(parents=True)
    except OSError as error:
        cause = Text(f"无法在此写入：{error.strerror}", f"cannot write here: {error.strerror}")
        raise AnalyzerError(Problem(f"--out {out}", cause)) from None
    return draft


@contextmanager
def drafting(out: Path) -> Iterator[Path]:
    """Give the folder in which a package is put together; nothing of it is left behind when the audit fails."""
    draft = prepare_folder(out)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_package(
    audit: Audit,
    draft: Path,
    out: Path,
    reports: Callable[[Path], None] | None = None,
    unmasked: Mapping[str, str] | None = None,
) -> Package:
    """Write the package of `audit` into `draft` and move it to `out`.

    `reports` adds workbook and reports to the draft; `unmasked` says who had personal data shown in them.
    """
    write_results(audit.con, draft)
    for name, order in INTAKE.items():
        copy_query(audit.con, f'SELECT * FROM "_{name}" ORDER BY {order}', draft / f"{name}.parquet")
    vocabulary = audit.library.vocabulary
    for table in audit.intake.tables:
        # Who finds a table in `records` may count its rows: a part of it lies elsewhere.
        folder = draft / ("evidence" if table in audit.partial else "records")
        folder.mkdir(exist_ok=True)
        copy_query(audit.con, records_query(vocabulary[table], f'"{table}"'), folder / f"{table}.parquet")
    write_database(audit.con, draft / "audit.duckdb", [vocabulary[name] for name in audit.intake.tables], INTAKE)
    keep_own_law(audit.order.profile, audit.order.rules, draft / "law")
    said = summary(audit) | ({"personal_data_shown": dict(unmasked)} if unmasked else {})
    write_json(draft / "summary.json", said)
    if reports is not None:
        reports(draft)
    write_json(draft / "manifest.json", _manifest(audit, draft))
    move_into_place(draft, out)
    return Package(out)


class Package:
    """A written package, opened for reading."""

    def __init__(self, folder: Path, drafted: bool = False) -> None:
        """Open the package in `folder`; one that is being `drafted` has no manifest yet."""
        self.folder = folder
        if not drafted and not (folder / "manifest.json").is_file():
            cause = Text("这里没有审核结果包（缺 manifest.json）", "there is no package here (no manifest.json)")
            remedy = Text("请先运行 analyzer audit … --out 目录", "Run analyzer audit ... --out DIR first")
            raise AnalyzerError(Problem(str(folder), cause, remedy))

    @property
    def summary(self) -> dict[str, Any]:
        """The contents of summary.json."""
        return read_json(self.folder / "summary.json")

    @property
    def manifest(self) -> dict[str, Any]:
        """The contents of manifest.json."""
        return read_json(self.folder / "manifest.json")

    def path(self, name: str) -> Path:
        """The file of a result table (`findings`) or of a table of records (`records/cases`)."""
        return self.folder / f"{name}.parquet"

    @cached_property
    def references(self) -> References | None:
        """The segments that hold the records of a nightly package; None for the package of an audit."""
        return References.read(self.folder) if (self.folder / references.FILE).is_file() else None

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables that the package holds."""
        if self.references:
            return self.references.tables
        return tuple(sorted(path.stem for path in (self.folder / "records").glob("*.parquet")))

    def records(self, table: str) -> str:
        """Return SQL for the rows of a canonical table as judged; their order is not promised."""
        if self.references:
            return f"({self.references.records_sql(table)})"
        return f"(SELECT * FROM read_parquet('{quoted_path(self.path(f'records/{table}'))}'))"

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open a connection with every table of the package as a view: results by name, records as `records_<table>`.

        A package of the nightly scan has `finding_life`, `finding_history`, `resolved_findings` and `runs` besides.
        """
        con = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
        for name in (*RESULTS, *INTAKE, *NIGHTLY):
            if self.references and name in self.references.intake:
                con.execute(f'CREATE VIEW "{name}" AS {self.references.intake_sql(name)}')
            elif name not in NIGHTLY or self.path(name).is_file():
                con.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM read_parquet('{quoted_path(self.path(name))}')")
        for table in self.tables:
            con.execute(f'CREATE VIEW "records_{table}" AS SELECT * FROM {self.records(table)}')
        return con

    def verify(self) -> list[Problem]:
        """Compare every file, and every input that can still be found, with the manifest; return what differs.

        The way to an input is absolute, or from the package's folder.
        """
        problems = []
        for name, expected in self.manifest["files"].items():
            path = self.folder / name
            if not path.is_file():
                problems.append(Problem(name, Text("文件不见了", "the file is gone")))
            elif file_hash(path) != expected:
                problems.append(Problem(name, Text("内容已被改动", "the content has changed")))
        for entry in self.manifest["inputs"]:
            path = self.folder / entry["path"]
            if path.is_file() and file_hash(path) != entry["sha256"]:
                cause = Text("输入文件在审核之后被改动", "the input has changed since the audit")
                problems.append(Problem(entry["file"], cause))
        return problems + (self.references.verify() if self.references else [])

    def inputs_not_found(self) -> list[str]:
        """The inputs that are no longer where they were and so could not be compared."""
        return [entry["file"] for entry in self.manifest["inputs"] if not (self.folder / entry["path"]).is_file()]


def _manifest(audit: Audit, draft: Path) -> dict[str, Any]:
    files = hashes_of(draft)
    seen: dict[str, dict[str, str]] = {}
    # a file that was skipped unread has no hash
    read = "SELECT file, sha256 FROM _inputs WHERE coalesce(sha256, '') <> '' ORDER BY source"
    for file, sha256 in audit.con.execute(read).fetchall():
        label, path = _input_file(audit, file)
        if label not in seen:
            of_file = sha256 if label == file else file_hash(path)
            seen[label] = {"file": label, "sha256": of_file, "path": str(path)}
    return {
        "format": 1,
        "run_id": read_json(draft / "summary.json")["run_id"],
        "files": files,
        "inputs": list(seen.values()),
        "rules": {one.rule.code: {"version": one.rule.version, "sha256": one.sha256} for one in audit.rules},
    }


def _input_file(audit: Audit, file: str) -> tuple[str, Path]:
    """The file that was read, and where it was found; for a member of an archive that is the archive."""
    labels = [file, *(parent.as_posix() for parent in PurePosixPath(file).parents if parent.name)]
    for given in audit.order.inputs:
        for label in labels:
            path = given / label if given.is_dir() else given
            if path.is_file() and (given.is_dir() or path.name == label):
                return label, path.resolve()
    return file, Path(file)


def move_into_place(draft: Path, out: Path) -> None:
    """Put the finished draft in place; an older package there is set aside first and removed after."""
    old = out.parent / f".{out.name}.old"
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    draft.rename(out)
    shutil.rmtree(old, ignore_errors=True)


__all__ = [
    "INTAKE",
    "NIGHTLY",
    "RESULTS",
    "Package",
    "drafting",
    "file_hash",
    "move_into_place",
    "prepare_folder",
    "write_package",
]
