"""Which row of a sheet is the header, and which canonical table it belongs to.

Headers decide; the file's or sheet's name only breaks a tie; two tables that fit equally well fit neither.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from analyzer.model import Problem, Table, Text, Vocabulary
from analyzer.model.mapping import FileMapping
from analyzer.records.headers import Headers, Match, close, compared, is_ordinary, nearest, shown, words_in

Row = Sequence[str | None]
_NONE = FileMapping(match="")
_LONGEST_TITLE = 60
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Fit:
    """How a sheet is read: its table, the last header row (from 0 in the head) and the column of each position."""

    table: Table
    header: int
    titles: tuple[str, ...]
    matches: dict[int, Match]
    unknown: dict[int, str] = field(default_factory=dict)
    taken: dict[int, str] = field(default_factory=dict)
    mapping: FileMapping = _NONE

    @property
    def supplied(self) -> frozenset[str]:
        """The canonical columns that this sheet has."""
        return frozenset(match.column.name for match in self.matches.values()) | self.mapping.constants.keys()

    @property
    def titled(self) -> int:
        """How many columns the header spans, empty titles between others included."""
        return max((position + 1 for position, title in enumerate(self.titles) if title.strip()), default=0)

    @property
    def has_key(self) -> bool:
        """Whether every column of the key is there."""
        return all(column in self.supplied for column in self.table.key)


class Fitter:
    """Fits sheets to the tables of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, mappings: Sequence[FileMapping]) -> None:
        """Prepare the headers of every table; `mappings` are tried in order, the first that fits decides."""
        self._tables = vocabulary.tables
        self._headers = {name: Headers(table) for name, table in vocabulary.tables.items()}
        self._mappings = mappings
        self._words = {word for headers in self._headers.values() for word in headers.spellings}
        self._words |= {compared(header) for mapping in mappings for header in mapping.columns}

    def fit(self, head: Sequence[Row], file: str, sheet: str | None) -> Fit | Problem:
        """Return how to read a sheet whose first rows are `head`, or why no table or no single table fits."""
        mapping = self._mapping(file, sheet)
        names = [mapping.table] if mapping.table else list(self._tables)
        fits = [fit for name in names if (fit := self._best_row(self._tables[name], head, mapping))]
        good = [fit for fit in fits if fit.has_key]
        if not good:
            return _nothing_fits(fits, head, self._headers)
        top = max(len(fit.supplied) for fit in good)
        best = [fit for fit in good if len(fit.supplied) == top]
        if len(best) > 1:
            best = _by_name(best, file, sheet)
        return best[0] if len(best) == 1 else _several_fit(best)

    def known(self, rows: Sequence[Row]) -> int:
        """Return how many known headers of one table the best of `rows` holds."""
        return max(
            (
                sum(1 for cell in row if cell and len(cell) <= _LONGEST_TITLE and headers.match(cell))
                for row in rows
                if self._may_be_header(row)
                for headers in self._headers.values()
            ),
            default=0,
        )

    def looks_like_export(self, head: Sequence[Row]) -> bool:
        """Whether a row of `head` holds three known headers or more, so that it is no mere page of notes."""
        return self.known(head) >= 3

    def near(self, header: str, table: Table) -> Text:
        """Return the known headers of `table` nearest to `header`."""
        return nearest(header, [self._headers[table.name]])

    def _may_be_header(self, row: Row) -> bool:
        """Whether any cell holds a known word; spares the rows of data a comparison with every table."""
        return any(cell and len(cell) <= _LONGEST_TITLE and not self._words.isdisjoint(words_in(cell)) for cell in row)

    def _mapping(self, file: str, sheet: str | None) -> FileMapping:
        name = PurePosixPath(file).name
        for mapping in self._mappings:
            of_file = fnmatchcase(name, mapping.match) or fnmatchcase(file, mapping.match)
            if of_file and (mapping.sheet is None or fnmatchcase(sheet or "", mapping.sheet)):
                return mapping
        return _NONE

    def _best_row(self, table: Table, head: Sequence[Row], mapping: FileMapping) -> Fit | None:
        headers, best = self._headers[table.name], None
        for at, row in enumerate(head):
            if not self._may_be_header(row):
                continue
            titles = [cell or "" for cell in row]
            for fit in (
                _fit(table, headers, at, titles, mapping),
                _two_rows(table, headers, at, head, mapping),
            ):
                if fit and (best is None or len(fit.matches) > len(best.matches)):
                    best = fit
        enough = 1 if mapping.table else 2
        return best if best and len(best.matches) >= enough else None


def _fit(table: Table, headers: Headers, at: int, titles: Sequence[str], mapping: FileMapping) -> Fit:
    found = _found(table, headers, titles, mapping)
    first: dict[str, int] = {}
    for position, match in sorted(found.items(), key=lambda item: (item[1].rank, item[0])):
        first.setdefault(match.column.name, position)
    matches = {position: match for position, match in found.items() if first[match.column.name] == position}
    if len(matches) < 1 + (not mapping.table):
        return Fit(table, at, tuple(titles), matches, mapping=mapping)
    ignored = {compared(header) for header in mapping.ignore}
    left = {p: t for p, t in enumerate(titles) if p not in matches and compared(t) not in ignored}
    unknown = {p: shown(t) for p, t in left.items() if p not in found and not is_ordinary(t)}
    taken = {p: shown(t) for p, t in left.items() if p in found}
    return Fit(table, at, tuple(titles), matches, unknown, taken, mapping)


def _found(table: Table, headers: Headers, titles: Sequence[str], mapping: FileMapping) -> dict[int, Match]:
    wanted = {compared(header): name for header, name in mapping.columns.items()}
    ignored = {compared(header) for header in mapping.ignore}
    found: dict[int, Match] = {}
    for position, title in enumerate(titles):
        key = compared(title) if title and len(title) <= _LONGEST_TITLE else ""
        if not key or key in ignored:
            continue
        match = headers.match(title)
        if key in wanted:
            match = Match(table.columns[wanted[key]], -1) if wanted[key] in table.columns else None
        if match:
            found[position] = match
    return found


def _two_rows(table: Table, headers: Headers, at: int, head: Sequence[Row], mapping: FileMapping) -> Fit | None:
    """Read rows `at` and `at + 1` as one header: a merged group title above (外廓尺寸), its parts below (长, 宽, 高)."""
    if at + 1 >= len(head):
        return None
    above, below = list(head[at]), list(head[at + 1])
    above += [None] * (len(below) - len(above))
    below += [None] * (len(above) - len(below))
    upper = _fit(table, headers, at, [cell or "" for cell in above], mapping)
    # below a header that stands for itself there is nothing: else the lower row is data
    if not upper.matches or not any(below) or any(below[position] for position in upper.matches):
        return None
    titles, group = [], ""
    for high, low in zip(above, below, strict=True):
        group = high or group
        joined = group + (low or "")
        titles.append(high or "" if not low else low if headers.match(low) else joined)
    both = _fit(table, headers, at + 1, titles, mapping)
    return both if len(both.matches) > len(upper.matches) else None


def _by_name(fits: Sequence[Fit], file: str, sheet: str | None) -> list[Fit]:
    """Keep the fits whose table the sheet's name, else the file's name, speaks of; the longest name wins."""
    for text in (sheet or "", PurePosixPath(file).stem):
        name = re.sub(r"[\s_]+", "", text).casefold()
        lengths = [
            max(
                (len(word) for word in (*f.table.names, f.table.title.zh, f.table.name) if _says(name, word)),
                default=0,
            )
            for f in fits
        ]
        if max(lengths) > 0:
            kept = [fit for fit, length in zip(fits, lengths, strict=True) if length == max(lengths)]
            if len(kept) == 1:
                return kept
    return list(fits)


def _says(name: str, word: str) -> bool:
    return re.sub(r"[\s_]+", "", word).casefold() in name


def _several_fit(fits: Sequence[Fit]) -> Problem:
    zh = "、".join(f"{fit.table.title.zh}（{fit.table.name}）" for fit in fits)
    en = ", ".join(fit.table.name for fit in fits)
    return Problem(
        "",
        Text(f"同样符合这几张表，无法确定：{zh}", f"fits these tables equally well: {en}"),
        Text(
            "请把表名写进文件名或工作表名，或用 --mapping 指定",
            "Name the table in the file or sheet name, or use --mapping",
        ),
    )


def _nothing_fits(fits: Sequence[Fit], head: Sequence[Row], headers: dict[str, Headers]) -> Problem:
    remedy = Text(
        "请核对表头，或用 --mapping 说明各列", "Check the headers, or say with --mapping what the columns are"
    )
    if fits:
        fit = max(fits, key=lambda each: len(each.matches))
        lacking = [fit.table.columns[name].title for name in fit.table.key if name not in fit.supplied]
        zh, en = "、".join(title.zh for title in lacking), ", ".join(title.zh for title in lacking)
        hint = "；“序号”不能当编号用" if any("序号" in compared(title) for title in fit.titles) else ""
        titles = [title for position, title in fit.unknown.items()][:8]
        zh_left = f"；不认识的表头：{'、'.join(titles)}" if titles else ""
        en_left = f"; headers not known: {', '.join(titles)}" if titles else ""
        return Problem(
            "",
            Text(
                f"最像“{fit.table.title.zh}”，但缺少主键列“{zh}”{hint}{zh_left}",
                f"most like `{fit.table.name}`, but its key column {en} is missing{en_left}",
            ),
            remedy,
        )
    # without a header row the cells may be anybody's name or plate: only words near a known header are shown
    near: dict[str, str] = {}
    for cell in (cell for row in head for cell in row if cell and not is_ordinary(cell)):
        if len(near) < _SHOWN and (title := close(cell, headers.values())):
            near.setdefault(shown(cell), title)
    if alone := [word for word, title in near.items() if compared(word) == compared(title)]:
        return Problem(
            "",
            Text(
                f"只认出一个表头（“{alone[0]}”），至少要有主键和另一列",
                f"only one known header was found ({alone[0]}); a table needs its key and one more column",
            ),
            remedy,
        )
    zh = "；".join(f"“{word}”近似“{title}”" for word, title in near.items())
    en = "; ".join(f"{word} is near {title}" for word, title in near.items())
    return Problem(
        "",
        Text(
            "没有找到认识的表头" + (f"（{zh}）" if zh else ""),
            "no known headers were found" + (f" ({en})" if en else ""),
        ),
        remedy,
    )
