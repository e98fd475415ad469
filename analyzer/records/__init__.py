"""Exports in: detect the files, read them, match headers, type cells, and account for every row.

May import `model` only (the vocabulary is handed in). Start with `intake.take_in`; the SQL for each kind of cell is in
`cells`, the account of rows in `accounts`, canonical tables as Parquet in `canonical`.
"""

from analyzer.records.canonical import read_canonical, unknown_as_names
from analyzer.records.intake import Intake, take_in

__all__ = ["Intake", "read_canonical", "take_in", "unknown_as_names"]
