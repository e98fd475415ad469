"""Exports in: detect the files, read them, match headers, type cells, and account for every row.

May import `model` only (the vocabulary is handed in). Start with `intake.take_in`; the SQL for each kind of cell is in
`cells`, the account of rows in `accounts`, canonical tables as Parquet in `canonical`.
"""

from analyzer.records.canonical import read_canonical, unknown_as_names
from analyzer.records.intake import Intake, Standing, take_in, take_sources
from analyzer.records.sources import Source, length_as_text

__all__ = [
    "Intake",
    "Source",
    "Standing",
    "length_as_text",
    "read_canonical",
    "take_in",
    "take_sources",
    "unknown_as_names",
]
