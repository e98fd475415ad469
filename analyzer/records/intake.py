"""Taking in: every file and sheet in order, read, fitted, typed, and accounted for. Start with `take_in`."""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from analyzer.model import AnalyzerError, Problem, Table, Text, Vocabulary
from analyzer.model.mapping import FileMapping
from analyzer.records.accounts import Accounts, Entry, settle_table
from analyzer.records.canonical import load_typed, table_of
from analyzer.records.fitting import Fit, Fitter
from analyzer.records.loading import BEYOND, cells_of, load, make_table, settle
from analyzer.records.piecewise import load_pieces
from analyzer.records.reading import Reader
from analyzer.records.sheets import Sheet, Unreadable
from analyzer.records.sources import Format, Source, Unpacking, format_of, listed
from analyzer.records.sql import named

Progress = Callable[[str, int, int], None]
_CUT_OFF = {65_536, 1_048_576}


@dataclass(frozen=True, slots=True)
class Intake:
    """What an intake brought: supplied tables and columns, what was refused, what to warn of, and the totals."""

    tables: tuple[str, ...]
    columns_supplied: Mapping[str, frozenset[str]]
    refused: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    files: int
    rows_read: int
    loaded: int
    duplicates: int
    replaced: int
    quarantined: int
    issues: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What an intake goes on from when other rows stand already.

    `first_source` is the number of its first file. `bring` adds to a table, before it is settled, the rows in force
    whose keys come again; they bear the numbers of earlier files.
    """

    first_source: int
    bring: Callable[[duckdb.DuckDBPyConnection, Table], None]


def take_in(
    con: duckdb.DuckDBPyConnection,
    inputs: Sequence[Path],
    vocabulary: Vocabulary,
    *,
    mappings: Sequence[FileMapping] = (),
    work_dir: Path | None = None,
    progress: Progress | None = None,
) -> Intake:
    """Read every file of `inputs` into canonical tables of `con`, with `_inputs` and `_issues` beside them.

    A table that no file supplies does not exist in `con` afterwards. Files that cannot be read are refused, listed and
    left out. Raises `AnalyzerError` when a path does not exist or nothing at all could be read.
    """
    brought = take_sources(con, listed(inputs), vocabulary, mappings=mappings, work_dir=work_dir, progress=progress)
    if not brought.tables:
        nothing = Problem("", Text("没有读到任何可用的表", "nothing could be read"))
        raise AnalyzerError(brought.refused or [nothing])
    return brought


def take_sources(
    con: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    vocabulary: Vocabulary,
    *,
    mappings: Sequence[FileMapping] = (),
    work_dir: Path | None = None,
    progress: Progress | None = None,
    standing: Standing | None = None,
) -> Intake:
    """Do the same with files that are listed already, upon rows that stand already. It may be that nothing is read."""
    with tempfile.TemporaryDirectory(prefix="intake-", dir=work_dir) as folder:
        taking = _Taking(con, vocabulary, mappings, Path(folder), standing.first_source if standing else 0)
        for number, source in enumerate(sources):
            taking.take(source)
            if progress:
                progress(source.label, number + 1, len(sources))
    return taking.settle(standing)


class _Taking:
    """One intake under way."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        vocabulary: Vocabulary,
        mappings: Sequence[FileMapping],
        folder: Path,
        first_source: int,
    ) -> None:
        self._con, self._vocabulary = con, vocabulary
        self._fitter = Fitter(vocabulary, mappings)
        self._reader = Reader(con, self._fitter, folder)
        self._unpacking = Unpacking(folder)
        self._accounts = Accounts(con, first_source)
        self._supplied: dict[str, set[str]] = defaultdict(set)
        self._made: set[str] = set()
        self._refused: list[Problem] = []
        self._warnings: list[Problem] = []

    def take(self, source: Source) -> None:
        """Read one file, or every member of an archive."""
        if source.ignored or source.refused:
            self._set_aside(Entry(source.label), source.ignored, source.refused)
            return
        try:
            kind = format_of(source.path)
            if kind is Format.ARCHIVE:
                for member in self._unpacking.members(source):
                    self.take(member)
                return
            if kind is Format.WORKBOOK:
                self._unpacking.guard_workbook(source.path)
            if kind is Format.PARQUET and (ours := table_of(self._con, source.path, source.label, self._vocabulary)):
                self._take_typed(source, ours)
                return
        except Unreadable as refusal:
            self._set_aside(Entry(source.label, sha256=_sha256(source.path)), None, refusal)
            return
        self._take_sheets(source, kind)

    def _take_typed(self, source: Source, table: Table) -> None:
        entry = Entry(source.label, sha256=_sha256(source.path), table=table.name)
        self._make(table)
        number = self._accounts.open(entry)
        try:
            supplied = load_typed(self._con, table, source.path, number)
        except Unreadable as refusal:
            self._take_back(number, entry, refusal)
            return
        self._supplied[table.name] |= supplied
        brought = settle(self._con, table, [], number)
        entry.rows_read, entry.quarantined = brought.rows_read, brought.quarantined
        self._accounts.close(number, entry)

    def _make(self, table: Table) -> None:
        if table.name not in self._made:
            make_table(self._con, table)
            self._made.add(table.name)

    def _take_back(self, number: int, entry: Entry, refusal: Unreadable) -> None:
        """Refuse a file or sheet that turned out unreadable while it was being loaded: nothing of it stays."""
        self._con.execute(f"DELETE FROM {named(entry.table or '')} WHERE _source = {number}")
        entry.table, entry.refused = None, refusal.cause
        self._refused.append(refusal.at(_place(entry)))
        self._accounts.close(number, entry)

    def _take_sheets(self, source: Source, kind: Format) -> None:
        sha256 = _sha256(source.path)
        unfit: list[tuple[Entry, Sheet, Problem]] = []
        loaded = 0
        try:
            for sheet in self._reader.sheets(source.path, kind):
                entry = Entry(source.label, sheet.name, sha256, encoding=sheet.encoding, notes=list(sheet.notes))
                if not sheet.head:
                    entry.notes.append(Text("空工作表", "an empty sheet"))
                    self._set_aside(entry, None, None)
                    continue
                fit = self._fitter.fit(sheet.head, source.label, sheet.name)
                if isinstance(fit, Problem):
                    unfit.append((entry, sheet, fit))
                    continue
                self._load(entry, sheet, fit)
                loaded += 1
        except Unreadable as refusal:
            self._set_aside(Entry(source.label, sha256=sha256), None, refusal)
        for entry, sheet, problem in unfit:
            self._leave_out(entry, sheet, problem, beside_others=loaded > 0)

    def _load(self, entry: Entry, sheet: Sheet, fit: Fit) -> None:
        table = fit.table
        entry.table = table.name
        self._make(table)
        source = self._accounts.open(entry)
        try:
            read = self._insert(fit, sheet, entry, source)
        except Unreadable as refusal:
            self._take_back(source, entry, refusal)
            return
        self._supplied[table.name] |= fit.supplied
        entry.notes += [note for note in sheet.notes if note not in entry.notes]
        brought = settle(self._con, table, cells_of(fit), source)
        entry.rows_read, entry.quarantined = brought.rows_read, brought.quarantined
        self._note_headers(source, entry, sheet, fit)
        if brought.beyond:
            entry.notes.append(BEYOND)
        if sheet.last_line in _CUT_OFF or read in _CUT_OFF:
            self._warn_cut_off(entry, max(sheet.last_line, read))
        self._accounts.close(source, entry)

    def _insert(self, fit: Fit, sheet: Sheet, entry: Entry, source: int) -> int:
        """Load the sheet; return how many rows it has, the header and all others included."""
        text = self._reader.text
        if text is None:
            return load(self._con, fit, sheet, source)
        text.narrow(sheet, fit.titled)
        read: int | None = None
        while read is None and not sheet.relation:
            try:
                read = load_pieces(self._con, fit, sheet, text, source)
                if read is None:
                    # DuckDB did not see the records that the lines say: read it again, line by line
                    self._reader.read_again(sheet)
            except UnicodeDecodeError:
                text.next_encoding()
            if read is None:
                self._con.execute(f"DELETE FROM {named(fit.table.name)} WHERE _source = {source}")
        entry.encoding = text.encodings[0][0].removesuffix("-sig")
        if bad := sum(piece.bad for piece in text.made):
            sheet.notes.append(Text(f"有 {bad} 处无法解码", f"{bad} places could not be decoded"))
        sheet.last_line = sum(piece.lines for piece in text.made)
        return load(self._con, fit, sheet, source) if read is None else read

    def _note_headers(self, source: int, entry: Entry, sheet: Sheet, fit: Fit) -> None:
        row = sheet.lines[fit.header]
        for header in fit.unknown.values():
            near = self._fitter.near(header, fit.table)
            why = Text(f"不认识的表头，未读{near.zh}", f"a header that is not known; not read{near.en}")
            self._accounts.issue(source, entry, row, header, header, why)
        for header in fit.taken.values():
            why = Text("另一列已是这个含义，本列未读", "another column has this meaning already; not read")
            self._accounts.issue(source, entry, row, header, header, why)
        for position, match in fit.matches.items():
            if match.loose:
                title, column = fit.titles[position], match.column
                entry.notes.append(Text(f"“{title}”按“{column.title.zh}”读", f"`{title}` was read as {column.name}"))

    def _warn_cut_off(self, entry: Entry, rows: int) -> None:
        why = Text(f"正好 {rows} 行，导出很可能被截断", f"exactly {rows} rows: the export was probably cut off")
        entry.notes.append(why)
        remedy = Text("请分批导出后重新导入", "Export it in parts")
        self._warnings.append(Problem(_place(entry), why, remedy))

    def _leave_out(self, entry: Entry, sheet: Sheet, problem: Problem, *, beside_others: bool) -> None:
        """Refuse a sheet that fits no table; a page of notes beside sheets that were read is only noted."""
        if beside_others and not self._fitter.looks_like_export(sheet.head):
            entry.notes.append(Text("没有认识的表头，未读", "no known headers; not read"))
            self._set_aside(entry, None, None)
            return
        self._set_aside(entry, None, Unreadable(problem.cause, problem.remedy))

    def _set_aside(self, entry: Entry, note: Text | None, refusal: Unreadable | None) -> None:
        if note:
            entry.notes.append(note)
        if refusal:
            entry.refused = refusal.cause
            self._refused.append(refusal.at(_place(entry)))
        self._accounts.close(self._accounts.open(entry), entry)

    def settle(self, standing: Standing | None) -> Intake:
        """Settle the account of every table and return what the intake brought."""
        for name in self._made - self._supplied.keys():
            self._con.execute(f"DROP TABLE {named(name)}")
        supplied = [name for name in self._vocabulary.tables if name in self._supplied]
        for name in supplied:
            if standing:
                standing.bring(self._con, self._vocabulary[name])
            settle_table(self._con, self._vocabulary[name])
        self._accounts.settle()
        sums = self._con.execute(
            "SELECT count(DISTINCT file), sum(rows_read), sum(loaded), sum(duplicates), sum(replaced), "
            "sum(quarantined), sum(issues) FROM _inputs"
        ).fetchone()
        totals = [int(value or 0) for value in sums or ()]
        columns = {name: frozenset(self._supplied[name]) for name in supplied}
        return Intake(tuple(supplied), columns, tuple(self._refused), tuple(self._warnings), *totals)


def _place(entry: Entry) -> str:
    return f"{entry.file} [{entry.sheet}]" if entry.sheet else entry.file


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
