"""The package: everything one audit leaves behind, in open formats, whole or not at all.

A package is written into a folder beside its place and moved there as the last step, so that a reader never meets
half of one. Parquet and `audit.duckdb` are evidence for inside the bureau and are not masked.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from analyzer.engine.audit import Audit
from analyzer.model import AnalyzerError, Problem, Text
from analyzer.model.tables import UNKNOWN
from analyzer.rulebook.library import rule_paths
from analyzer.store.summary import summary

RESULTS = {
    "findings": "rule, started_on, finding_id",
    "finding_records": "rule, finding_id, record_key",
    "verdict_counts": "rule",
    "not_assessable": "rule, missing",
}
"""The result tables and the order of their rows: the same audit gives the same file."""

INTAKE = {
    "inputs": "source",
    "issues": '"file", "sheet", "row", "column", "text", "reason"',
    "history": '"table_name", "record_key", "source", "row"',
}
"""The account of the intake: every file and sheet, what could not be read, and the old versions of replaced rows."""


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
    for name, order in RESULTS.items():
        _copy(audit.con, f'SELECT * FROM "{name}" ORDER BY {order}', draft / f"{name}.parquet")
    for name, order in INTAKE.items():
        _copy(audit.con, f'SELECT * FROM "_{name}" ORDER BY {order}', draft / f"{name}.parquet")
    for table in audit.intake.tables:
        _copy(audit.con, _records_query(audit, table), draft / "records" / f"{table}.parquet")
    _write_database(audit, draft / "audit.duckdb")
    _keep_own_law(audit, draft / "law")
    said = summary(audit) | ({"personal_data_shown": dict(unmasked)} if unmasked else {})
    _write_json(draft / "summary.json", said)
    if reports is not None:
        reports(draft)
    _write_json(draft / "manifest.json", _manifest(audit, draft))
    _move(draft, out)
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
        return _read_json(self.folder / "summary.json")

    @property
    def manifest(self) -> dict[str, Any]:
        """The contents of manifest.json."""
        return _read_json(self.folder / "manifest.json")

    def path(self, name: str) -> Path:
        """The file of a result table (`findings`) or of a table of records (`records/cases`)."""
        return self.folder / f"{name}.parquet"

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables that the package holds."""
        return tuple(sorted(path.stem for path in (self.folder / "records").glob("*.parquet")))

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open a connection with every table of the package as a view: results by name, records as `records_<table>`."""
        con = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
        for name in (*RESULTS, *INTAKE):
            con.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM read_parquet('{_quoted(self.path(name))}')")
        for table in self.tables:
            path = _quoted(self.path(f"records/{table}"))
            con.execute(f"CREATE VIEW \"records_{table}\" AS SELECT * FROM read_parquet('{path}')")
        return con

    def verify(self) -> list[Problem]:
        """Compare every file, and every input that can still be found, with the manifest; return what differs."""
        problems = []
        for name, expected in self.manifest["files"].items():
            path = self.folder / name
            if not path.is_file():
                problems.append(Problem(name, Text("文件不见了", "the file is gone")))
            elif file_hash(path) != expected:
                problems.append(Problem(name, Text("内容已被改动", "the content has changed")))
        for entry in self.manifest["inputs"]:
            path = Path(entry["path"])
            if path.is_file() and file_hash(path) != entry["sha256"]:
                cause = Text("输入文件在审核之后被改动", "the input has changed since the audit")
                problems.append(Problem(entry["file"], cause))
        return problems

    def inputs_not_found(self) -> list[str]:
        """The inputs that are no longer where they were and so could not be compared."""
        return [entry["file"] for entry in self.manifest["inputs"] if not Path(entry["path"]).is_file()]


def file_hash(path: Path) -> str:
    """Return the sha256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _records_query(audit: Audit, table: str) -> str:
    """The canonical table as judged; each distinct mask of unknown columns is spelt out once."""
    columns = audit.library.vocabulary[table].columns
    names = ", ".join(
        f"CASE WHEN (\"{UNKNOWN}\" & {audit.library.vocabulary[table].bit(name)}) <> 0 THEN '{name}' END"
        for name in columns
    )
    masks = (
        f'SELECT "{UNKNOWN}" AS mask, list_filter([{names}], lambda name: name IS NOT NULL) AS names'
        f' FROM (SELECT DISTINCT "{UNKNOWN}" FROM "{table}")'
    )
    wanted = ", ".join(f't."{name}"' for name in columns)
    return (
        f'SELECT {wanted}, m.names AS "{UNKNOWN}", t."_source", t."_row"'
        f' FROM "{table}" AS t JOIN ({masks}) AS m ON m.mask = t."{UNKNOWN}" ORDER BY t."_source", t."_row"'
    )


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    con.execute(f"COPY ({query}) TO '{_quoted(path)}' (FORMAT parquet, COMPRESSION zstd)")


def _write_database(audit: Audit, path: Path) -> None:
    """The results, plus the records that findings point to, in one file for people who ask with SQL."""
    con = audit.con
    con.execute(f"ATTACH '{_quoted(path)}' AS result")
    try:
        for name, order in RESULTS.items():
            con.execute(f'CREATE TABLE result."{name}" AS SELECT * FROM main."{name}" ORDER BY {order}')
        for name, order in INTAKE.items():
            con.execute(f'CREATE TABLE result."{name}" AS SELECT * FROM main."_{name}" ORDER BY {order}')
        for table in audit.intake.tables:
            keys = " || '|' || ".join(f't."{key}"' for key in audit.library.vocabulary[table].key)
            con.execute(
                f'CREATE TABLE result."{table}" AS SELECT t.* FROM main."{table}" AS t WHERE {keys} IN'
                f" (SELECT record_key FROM main.finding_records WHERE table_name = '{table}')"
                f' ORDER BY t."_source", t."_row"'
            )
    finally:
        con.execute("DETACH result")


def _keep_own_law(audit: Audit, folder: Path) -> None:
    """Keep the bureau's own profile and rules with the package: they cannot be found elsewhere later."""
    if isinstance(audit.order.profile, Path):
        folder.mkdir(exist_ok=True)
        shutil.copyfile(audit.order.profile, folder / "profile.yaml")
    for place in audit.order.rules:
        for path in rule_paths(place):
            target = folder / "rules" / path.relative_to(place)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _manifest(audit: Audit, draft: Path) -> dict[str, Any]:
    files = {path.relative_to(draft).as_posix(): file_hash(path) for path in sorted(draft.rglob("*")) if path.is_file()}
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
        "run_id": _read_json(draft / "summary.json")["run_id"],
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


def _write_json(path: Path, data: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _read_json(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _move(draft: Path, out: Path) -> None:
    """Put the finished draft in place; an older package there is set aside first and removed after."""
    old = out.parent / f".{out.name}.old"
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    draft.rename(out)
    shutil.rmtree(old, ignore_errors=True)
