"""What a mapping file (`--mapping`) says: how exports that are not ours come to the canonical tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FileMapping:
    """One entry of a mapping file. The first whose `match` (and `sheet`) fits a file decides.

    `columns` maps a header to a canonical column, `values` a column's spellings to canonical values, `constants`
    gives columns that the file lacks, `formats` strptime formats by column, `ignore` headers known and not wanted.
    """

    match: str
    sheet: str | None = None
    table: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
