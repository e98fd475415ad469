"""What the meaning of a rule depends on besides its own text: vocabulary, facts, parameters, supply, the date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from analyzer.model import Vocabulary
from analyzer.model.law import Parameter
from analyzer.model.rule import FactBase

FAR_LARGER = 3
"""A table with so many times the rows of another is cut down to the rows that are wanted before they are joined."""


MANY = 500_000
"""So many rows in all tables together, and more, are judged with an eye on memory; fewer fit as they are."""


@dataclass(frozen=True)
class Supply:
    """Which tables were supplied, and which of their columns at least one file had.

    `unknown` names the columns that are unknown in at least one row, when the rows have been looked at: for all
    others a null is a blank, and the SQL need not ask. `rows` counts the rows of each table, when they have been
    counted: it decides how tables are joined, and no answer.
    """

    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unknown: Mapping[str, frozenset[str]] | None = None
    rows: Mapping[str, int] | None = None

    @property
    def are_many(self) -> bool:
        """Whether there are known to be so many rows that memory has to be thought of."""
        return self.rows is not None and sum(self.rows.values()) >= MANY

    def is_far_larger(self, table: str, other: str) -> bool:
        """Whether a table is known to have several times the rows of another."""
        return self.rows is not None and self.rows.get(table, 0) > FAR_LARGER * self.rows.get(other, 0)

    def may_be_unknown(self, table: str, column: str) -> bool:
        """Whether some row of the table may lack the column or hold a cell that could not be read."""
        return self.unknown is None or column in self.unknown.get(table, frozenset())

    def has(self, table: str) -> bool:
        """Whether the table was supplied; a header without rows counts."""
        return table in self.columns

    def has_column(self, table: str, column: str) -> bool:
        """Whether at least one file of the table had the column."""
        return column in self.columns.get(table, frozenset())


@dataclass(frozen=True)
class Setting:
    """One audit's law and data, as far as compiling needs them.

    `chain` holds the ids of the profile in force and of those it extends, the most local first.
    """

    vocabulary: Vocabulary
    bases: Mapping[str, FactBase]
    parameters: Mapping[str, Parameter]
    chain: tuple[str, ...]
    as_of: date
    supply: Supply
