"""The data behind the pages: a package, or what a store has published, limited to what the viewer may see.

Every query goes through `Source.rows` or `Source.frame`: on a cursor of one connection for each package, over views
that show the viewer's agencies only, remembered by package, limits and role. Pages never limit anything themselves.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analyzer.dashboard.opening import EVIDENCE, Opened, open_package, scope_name
from analyzer.dashboard.viewer import Viewer
from analyzer.model import AnalyzerError, Problem, Text
from analyzer.model.errors import Language
from analyzer.reports.entries import Entries
from analyzer.reports.figures import Figures, make_figures
from analyzer.reports.lawbook import Lawbook
from analyzer.store.package import Package
from analyzer.store.places import Store, existing

_TRIES = 4
"""How often data is opened anew that another run replaced while it was being opened."""


@dataclass(frozen=True)
class Place:
    """Where the data is: the folder of a package, or of a store; at most one of them."""

    package: Path | None = None
    store: Path | None = None

    def folder(self) -> Path:
        """Return the folder of the package to show; raise `AnalyzerError` when nothing was published yet."""
        if self.store is None:
            assert self.package is not None
            return self.package
        from analyzer.store.publish import open_current  # brings the whole scan along: only where there is a store

        return open_current(Store(self.store)).folder

    def exists(self) -> None:
        """Raise `AnalyzerError` when the folder is not there, or holds no package; an empty store is well."""
        if self.store is not None:
            existing(self.store)
        elif self.package is not None:
            Package(self.package)

    def version(self) -> str:
        """Return what changes whenever the data does."""
        folder = self.folder()
        try:
            return f"{folder}|{(folder / 'manifest.json').stat().st_mtime_ns}"
        except OSError:
            return f"{folder}|0"


def folder_of(version: str) -> Path:
    """Return the folder of a version: what is opened is what was asked for, whatever was published since."""
    return Path(version.rpartition("|")[0])


@dataclass(frozen=True)
class Source:
    """One version of the data as one viewer may see it."""

    place: Place
    version: str
    role: str
    scope: frozenset[str] | None = None

    @cached_property
    def package(self) -> Package:
        """The package; read its files for what no view gives. It is not limited to the viewer's agencies."""
        return self._opened.package

    @property
    def is_store(self) -> bool:
        """Whether the data is a store's, with runs before it and a ledger beside it."""
        return self.place.store is not None

    @property
    def limited(self) -> bool:
        """Whether the viewer sees the records of some agencies only: then what stands for all of them is left out."""
        return self.scope is not None

    @property
    def law(self) -> Lawbook:
        """Titles of rules, tables and columns, and the parameters in force."""
        return self._opened.law

    @property
    def summary(self) -> dict[str, Any]:
        """The contents of summary.json; its totals are those of all agencies."""
        return self._opened.summary

    @property
    def tables(self) -> frozenset[str]:
        """The names that a query may use: `findings`, `finding_records`, `records_cases`, `finding_life` ..."""
        return self._opened.tables

    def is_outdated(self) -> bool:
        """Whether another version is shown by now."""
        try:
            return self.place.version() != self.version
        except AnalyzerError:
            return False

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        return table in self.tables

    def records(self, table: str) -> str | None:
        """Return what holds the records of a canonical table: whole, or those that findings name; None for neither.

        Only what is asked about single findings may be asked of a part: it has no counts and no denominators.
        """
        found = (f"{prefix}{table}" for prefix in ("records_", EVIDENCE))
        return next((one for one in found if self.has(one)), None)

    @property
    def in_lake(self) -> tuple[str, ...]:
        """The tables whose rows stayed in a lake: the package holds those that findings name."""
        return tuple(self.summary.get("findings_only", ()))

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query over the views; values are given apart (`?`) and are not masked.

        Besides the tables of the package there are `numbered` (finding_id, number, address) and the macro
        `keyed(text)`: a short hash under a secret of this store, for addresses that lead to a vehicle or an officer.
        """
        return _rows(self.version, self._key, self.role, sql, tuple(params), _of=self)

    def frame(self, sql: str, params: Sequence[object] = ()) -> pd.DataFrame:
        """Return the same as a frame; limit the rows in the query."""
        return _frame(self.version, self._key, self.role, sql, tuple(params), _of=self)

    def one(self, sql: str, params: Sequence[object] = ()) -> tuple[Any, ...]:
        """Return the only row of a query."""
        return self.rows(sql, params)[0]

    def figures(self) -> Figures:
        """Return the figures of the findings that the viewer may see; see `limited`."""
        return _figures(self.version, self._key, _of=self)

    def in_words(self, language: Language, show_personal: bool = False) -> Entries:
        """Return what puts findings into words, masked unless the viewer revealed them."""
        return self._opened.entries(language, show_personal)

    def finding_id(self, number: int) -> str:
        """Return the id of the finding of a running number, for the ledger; it is not for the screen."""
        return str(self.one("SELECT finding_id FROM numbered WHERE number = ?", [number])[0])

    def address(self, number: int) -> str:
        """Return what stands in an address for the finding of a running number; it is the same on every later run."""
        return str(self.one("SELECT address FROM numbered WHERE number = ?", [number])[0])

    def keyed(self, text: str) -> str:
        """Return what stands in an address for a plate or a certificate number: as the macro `keyed` does."""
        return self._opened.keyed(text)

    def once(self, schema: str, topic: str, make: Callable[[], None]) -> None:
        """Have tables made in a schema of this version's connection, once for everybody. See `queries.prepared`."""
        self._opened.once(schema, topic, make)

    @cached_property
    def _opened(self) -> Opened:
        return _open(self.version, _place=self.place)

    @property
    def _key(self) -> tuple[str, ...] | None:
        return None if self.scope is None else tuple(sorted(self.scope))

    @contextlib.contextmanager
    def cursor(self) -> Iterator[Any]:
        """Give a cursor over the viewer's views for what must not be remembered, and close it."""
        opened = self._opened
        cursor = opened.con.cursor()
        try:
            if self._key is not None:
                opened.limit(self._key)
                cursor.execute(f"SET search_path = '{scope_name(self._key)},main'")
            yield cursor
        finally:
            cursor.close()


def open_source(place: Place, viewer: Viewer) -> Source:
    """Return the data as `viewer` may see it; raise `AnalyzerError` for what is no package or a damaged one.

    A night that publishes meanwhile, and takes an old package away, is followed to the new one.
    """
    for left in reversed(range(_TRIES)):
        source = Source(place, place.version(), viewer.role.value, viewer.agencies)
        try:
            source.rows("SELECT count(*) FROM numbered")
        except Exception as error:
            if source.is_outdated() and left:
                continue
            if isinstance(error, AnalyzerError):
                raise
            cause = Text("这个结果包不完整或已损坏", "this package is damaged or not whole")
            raise AnalyzerError(Problem(place.folder().name, cause, Text("请重新审核", "Audit again"))) from None
        return source
    raise AssertionError


@st.cache_resource(max_entries=2, show_spinner=False)
def _open(version: str, _place: Place) -> Opened:
    secret = _place.store if _place.store is not None else _place.package
    assert secret is not None
    return open_package(folder_of(version), secret)


@st.cache_data(max_entries=500, show_spinner=False)
def _rows(
    version: str,  # noqa: ARG001 - these three are parts of the key
    key: tuple[str, ...] | None,  # noqa: ARG001
    role: str,  # noqa: ARG001
    sql: str,
    params: tuple[object, ...],
    _of: Source,
) -> list[tuple[Any, ...]]:
    with _of.cursor() as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(sql, list(params)).fetchall()
    return found


@st.cache_data(max_entries=100, show_spinner=False)
def _frame(
    version: str,  # noqa: ARG001
    key: tuple[str, ...] | None,  # noqa: ARG001
    role: str,  # noqa: ARG001
    sql: str,
    params: tuple[object, ...],
    _of: Source,
) -> pd.DataFrame:
    with _of.cursor() as cursor:
        found: pd.DataFrame = cursor.execute(sql, list(params)).df()
    return found


@st.cache_resource(max_entries=8, show_spinner=False)
def _figures(version: str, key: tuple[str, ...] | None, _of: Source) -> Figures:  # noqa: ARG001
    with _of.cursor() as cursor:
        return make_figures(_of.package, cursor)


__all__ = ["Place", "Source", "open_source"]
