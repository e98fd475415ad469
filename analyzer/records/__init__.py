"""Exports in: detect the files, read them, match headers, type cells, and account for every row.

May import `model` only (the vocabulary is handed in). Start with `intake.take_in`; one SQL expression for each kind of
cell is in `cells`, the account of rows in `accounts`.
"""

from analyzer.records.intake import Intake, take_in

__all__ = ["Intake", "take_in"]
