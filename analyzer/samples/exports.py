"""The bureau as the files that a bureau hands over: several formats and spellings, a few rows twice, one unreadable.

`rules/samples/exports.yaml` says which rows go into which file. What is read from them again is exactly the
canonical tables of the bureau, and `truth.json` says how many rows that takes.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from analyzer.model import Table
from analyzer.rulebook.document import read_document
from analyzer.samples.bureau import Bureau
from analyzer.samples.spelling import Part, headers, spelled
from analyzer.samples.workbook import write_archive, write_workbook

Accounting = dict[str, Counter[str]]
_CHUNK = 1_000_000


def write_exports(bureau: Bureau, out_dir: Path) -> None:
    """Write the bureau's exports, `truth.json` and a README into `out_dir`."""
    out_dir.mkdir(parents=True, exist_ok=True)
    plan = read_document(bureau.rules_dir / "samples" / "exports.yaml").data["files"]
    slices = _Slices(bureau, plan)
    for entry in plan:
        if "sheets" in entry:
            sheets = [(_part(one), bureau.vocabulary[one["table"]], slices.take(_part(one))) for one in entry["sheets"]]
            write_workbook(out_dir / entry["file"], sheets)
            continue
        part = _part(entry)
        rows = slices.take(part)
        if part.optional and rows.is_empty():
            continue
        _write_text(out_dir / entry["file"], entry.get("member"), part, bureau.vocabulary[part.table], rows)
    document = bureau.truth.document() | {"accounting": {t: dict(c) for t, c in sorted(slices.accounting.items())}}
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (out_dir / "truth.json").write_text(text + "\n", encoding="utf-8")
    readme = (bureau.rules_dir / "samples" / "README.md").read_text(encoding="utf-8")
    made = {"detections": bureau.truth.detections, "seed": bureau.truth.seed, "as_of": bureau.truth.as_of}
    (out_dir / "README.md").write_text(readme.format(**made), encoding="utf-8")


def _part(entry: dict[str, Any]) -> Part:
    known = {key: value for key, value in entry.items() if key not in ("file", "member")}
    return Part(**known | ({"yes": tuple(entry["yes"])} if "yes" in entry else {}))


class _Slices:
    """Hands out the rows of each table file by file, and counts what a reader must report of them."""

    def __init__(self, bureau: Bureau, plan: list[dict[str, Any]]) -> None:
        self._tables = dict(bureau.tables)
        self._keys = {name: table.key for name, table in bureau.vocabulary.tables.items()}
        self._done: Counter[str] = Counter()
        parts = [_part(one) for entry in plan for one in entry.get("sheets", [entry])]
        self._left = Counter(part.table for part in parts)
        self.accounting: Accounting = {}

    def take(self, part: Part) -> pl.DataFrame:
        """Return the rows of the next file of the part's table, with what is twice, early or broken among them."""
        table, done = self._tables[part.table], self._done[part.table]
        self._left[part.table] -= 1
        size = table.height - done
        if self._left[part.table]:
            size = min(size, round(table.height * part.share), part.most or size)
        rows = table.slice(done, size)
        self._done[part.table] += size
        rest = table.height - done - size
        early = self._older(table.slice(done + size, min(part.early, rest)), part)
        again = table.slice(max(done - part.again, 0), min(part.again, done) if size else 0)
        keyless = table.slice(done, part.keyless).with_columns(
            pl.lit(None, dtype=pl.String).alias(key) for key in self._keys[part.table]
        )
        self._count(part.table, size, early.height, again.height, keyless.height)
        return pl.concat([again, rows, early, keyless])

    def _older(self, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
        """Earlier states of the rows; a row that was no different then is left out, it would be a duplicate."""
        older = rows.with_columns(
            pl.lit(value).cast(rows.schema[name]).alias(name) for name, value in part.older.items()
        )
        changed = [older[name].ne_missing(rows[name]) for name in part.older]
        return older.filter(pl.any_horizontal(*changed)) if changed else older

    def _count(self, table: str, size: int, early: int, again: int, keyless: int) -> None:
        count = self.accounting.setdefault(table, Counter())
        count["rows_read"] += size + early + again + keyless
        count["loaded"] += size
        count["duplicates"] += again
        count["replaced"] += early
        count["quarantined"] += keyless


def _write_text(path: Path, member: str | None, part: Part, table: Table, rows: pl.DataFrame) -> None:
    if member:
        write_archive(path, member, "".join(_texts(part, table, rows)).encode(part.encoding))
        return
    with path.open("wb") as file:
        encoder = io.TextIOWrapper(file, encoding=part.encoding, newline="", write_through=True)
        for text in _texts(part, table, rows):
            encoder.write(text)
        encoder.flush()
        encoder.detach()


def _texts(part: Part, table: Table, rows: pl.DataFrame) -> Iterator[str]:
    """The file as text, a million rows at a time."""
    if part.title:
        yield part.title + "\r\n"
    yield part.separator.join(headers(table, part)) + "\r\n"
    for start in range(0, rows.height, _CHUNK):
        texts = _smudged(spelled(table, rows.slice(start, _CHUNK), part), part)
        yield texts.write_csv(include_header=False, separator=part.separator, line_terminator="\r\n")
    if part.footer:
        yield part.footer + "\r\n"


def _smudged(texts: pl.DataFrame, part: Part) -> pl.DataFrame:
    """Make one cell of an ordinary pass unreadable."""
    if part.smudge is None or texts.is_empty():
        return texts
    first = int(texts["violation_type"].is_null().arg_max() or 0)
    here = pl.int_range(texts.height) == first
    name = part.smudge["column"]
    return texts.with_columns(pl.when(here).then(pl.lit(part.smudge["text"])).otherwise(pl.col(name)).alias(name))
