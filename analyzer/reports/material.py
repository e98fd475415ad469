"""What every report of a package is made from: opened and counted once, whatever is written of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import duckdb

from analyzer.model.errors import Language
from analyzer.reports.bureau_tables import Records, make_bureau_tables
from analyzer.reports.entries import number_findings
from analyzer.reports.figure_table import FigureTable
from analyzer.reports.figures import Figures, make_figures
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.masking import mask_sentence
from analyzer.reports.plan import PlanFigures, make_plan_figures
from analyzer.reports.problem_states import ProblemStates
from analyzer.reports.wording import Words
from analyzer.store.package import Package

if TYPE_CHECKING:
    from analyzer.ledger.entry import Entry as LedgerEntry

VERDICT_FILLS = {"breach": "#FCE4D6", "review": "#DDEBF7"}
SEVERITY_FILLS = {"critical": "#F8CBAD", "high": "#FCE4D6", "medium": "#FFF2CC"}

_DUCKDB_MEMORY = "256MB"


@dataclass(frozen=True)
class Material:
    """An open package in one language: its figures, its law, and the ledger where there is one."""

    package: Package
    con: duckdb.DuckDBPyConnection
    figures: Figures
    plan: PlanFigures
    law: Lawbook
    words: Words
    show_personal: bool
    states: ProblemStates | None

    @property
    def as_of(self) -> date:
        """The day of the audit."""
        return date.fromisoformat(self.figures.summary["as_of"])

    @cached_property
    def bureau_tables(self) -> tuple[FigureTable, ...]:
        """The five statistical tables."""
        columns = {name: frozenset(found) for name, found in self.figures.summary["columns"].items()}
        named = {key: self.agency(key) for key in self.agencies}
        records = Records(self.con, self.package.tables, columns, self.law, self.words, named)
        return make_bureau_tables(records, self.plan, self.states)

    @cached_property
    def agencies(self) -> dict[str, str]:
        """What each agency of the register is called, by its id."""
        known = set(self.figures.summary["columns"].get("agencies", ()))
        if "agencies" not in self.package.tables or not {"agency_id", "name"} <= known:
            return {}
        query = "SELECT agency_id, name FROM records_agencies WHERE name IS NOT NULL"
        return dict(self.con.execute(query).fetchall())

    def agency(self, key: str | None) -> str:
        """Return what an agency is called, with its id."""
        if key is None:
            return self.words.t("by.several")
        name = self.agencies.get(key)
        return self.words.t("subject_of.named", name=name, id=key) if name and name != key else key

    def masked(self, text: str | None) -> str | None:
        """A sentence of the intake, masked unless personal data is shown."""
        return text if text is None or self.show_personal else mask_sentence(text)


@contextmanager
def opened(
    package: Package, language: Language, show_personal: bool, ledger: Iterable[LedgerEntry] | None = None
) -> Iterator[Material]:
    """Open a package, number its findings and count it."""
    words, law = Words(language), Lawbook.of(package)
    with tempfile.TemporaryDirectory(prefix="analyzer-") as spill, package.connect() as con:
        con.execute(f"SET memory_limit = '{_DUCKDB_MEMORY}'")
        con.execute(f"SET temp_directory = '{spill}'")
        figures = make_figures(package, con)
        number_findings(con)
        plan = make_plan_figures(figures, law, con)
        as_of = date.fromisoformat(figures.summary["as_of"])
        states = None if ledger is None else ProblemStates.of(ledger, as_of)
        yield Material(package, con, figures, plan, law, words, show_personal, states)


__all__ = ["SEVERITY_FILLS", "VERDICT_FILLS", "Material", "opened"]
