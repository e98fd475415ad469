"""A package opened once for all viewers: its connection, its law, its numbering, and the views of limited viewers."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from analyzer.model.errors import Language
from analyzer.reports.entries import Entries, number_findings
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.wording import Words
from analyzer.store.contents import quoted_path
from analyzer.store.package import Package

EVIDENCE = "evidence_"
"""How a table is called of which the package holds only the records that findings name; a whole one is `records_`."""

FILE_ROW = "file_row"
"""A column of `findings` besides the package's own: the row of the file, by which a few findings are read without the rest."""

_SECRET = ".address-key"
_BY_AGENCY = "agency_id IN ({agencies})"
_LIMITS = {
    "records_stations": _BY_AGENCY,
    "records_devices": "station_id IN (SELECT station_id FROM {scope}.records_stations)",
    "records_detections": "station_id IN (SELECT station_id FROM {scope}.records_stations)",
    "records_calibrations": "device_id IN (SELECT device_id FROM {scope}.records_devices)",
    "records_device_maintenance": "device_id IN (SELECT device_id FROM {scope}.records_devices)",
    "records_payments": "case_id IN (SELECT case_id FROM {scope}.records_cases)",
    "records_permits": "permit_no IN (SELECT permit_no FROM {scope}.records_detections)",
    "records_enterprises": "enterprise_id IN (SELECT enterprise_id FROM {scope}.records_detections)",
    "records_documents": "TRUE",
}
"""How a table is limited to agencies where it does not name the agency itself. A table of neither kind is empty."""

_HOLD_FINDINGS = ("findings", "resolved_findings")

_WHOLE = {
    "verdict_counts": "SELECT v.* REPLACE (0 AS compliant, 0 AS not_assessable, 0 AS not_applicable,"
    " coalesce(o.breach, 0) AS breach, coalesce(o.review, 0) AS review,"
    " coalesce(o.breach, 0) + coalesce(o.review, 0) AS total, coalesce(o.findings, 0) AS findings)"
    " FROM (SELECT v.* FROM main.verdict_counts AS v) AS v LEFT JOIN ("
    " SELECT rule AS of_rule, count(DISTINCT record_key) FILTER (WHERE verdict = 'breach') AS breach,"
    " count(DISTINCT record_key) FILTER (WHERE verdict = 'review') AS review,"
    " count(DISTINCT finding_id) AS findings FROM {scope}.finding_records GROUP BY 1) AS o ON o.of_rule = v.rule",
}


@dataclass
class Opened:
    """An open package. `con` is shared: every query takes a cursor of its own."""

    package: Package
    con: Any
    law: Lawbook
    summary: dict[str, Any]
    tables: frozenset[str]
    secret: str
    _entries: dict[tuple[Language, bool], Entries] = field(default_factory=dict)
    _scopes: set[str] = field(default_factory=set)
    _made: dict[tuple[str, str], threading.Lock | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def entries(self, language: Language, show_personal: bool) -> Entries:
        """Return what puts findings into words; what it has learnt of the rules is kept."""
        with self._lock:
            key = (language, show_personal)
            if key not in self._entries:
                self._entries[key] = Entries(self.con.cursor(), self.law, Words(language), show_personal)
            return self._entries[key]

    def once(self, schema: str, topic: str, make: Callable[[], None]) -> None:
        """Have the tables of a topic made in a schema, once for this connection; whoever comes meanwhile waits."""
        with self._lock:
            lock = self._made.setdefault((schema, topic), threading.Lock())
        if lock is None:
            return
        with lock:
            if self._made[schema, topic] is not None:
                make()
                self._made[schema, topic] = None

    def keyed(self, text: str) -> str:
        """Return the keyed hash of a text, as the macro of the same name does."""
        inner = hashlib.sha256((self.secret + text).encode()).hexdigest()
        return hashlib.sha256((self.secret + inner).encode()).hexdigest()[:20]

    def limit(self, agencies: Sequence[str]) -> None:
        """Make the views of these agencies, once."""
        scope = scope_name(agencies)
        with self._lock:
            if scope not in self._scopes:
                _limit(self.con.cursor(), scope, agencies, self._columns)
                self._scopes.add(scope)

    @cached_property
    def _columns(self) -> dict[str, set[str]]:
        rows = self.con.cursor().execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'main'"
        )
        columns: dict[str, set[str]] = {}
        for table, column in rows.fetchall():
            columns.setdefault(table, set()).add(column)
        return columns


def open_package(folder: Path, secret_folder: Path) -> Opened:
    """Open a package and number its findings; the secret of its addresses lies in `secret_folder`."""
    package = Package(folder)
    con = package.connect()
    for path in sorted((folder / "evidence").glob("*.parquet")):  # the rest of these tables stayed in a lake
        con.execute(f"CREATE VIEW \"{EVIDENCE}{path.stem}\" AS SELECT * FROM read_parquet('{quoted_path(path)}')")
    findings = f"read_parquet('{quoted_path(package.path('findings'))}', file_row_number = true)"
    con.execute(f"CREATE OR REPLACE VIEW findings AS SELECT * RENAME (file_row_number AS {FILE_ROW}) FROM {findings}")
    number_findings(con)
    secret = _secret(secret_folder)
    con.execute(f"CREATE MACRO keyed(t) AS left(sha256('{secret}' || sha256('{secret}' || t)), 20)")
    con.execute(
        "CREATE TABLE main.numbered AS SELECT *, keyed(finding_id) AS address FROM temp.numbered ORDER BY number"
    )
    con.execute("DROP TABLE temp.numbered")
    names = con.execute("SELECT DISTINCT table_name FROM information_schema.tables").fetchall()
    tables = frozenset(str(row[0]) for row in names)
    return Opened(package, con, Lawbook.of(package), package.summary, tables, secret)


def scope_name(agencies: Sequence[str]) -> str:
    """Return the name of the schema that shows these agencies only."""
    return "scope_" + hashlib.sha256("\n".join(sorted(agencies)).encode()).hexdigest()[:16]


def _limit(cursor: Any, scope: str, agencies: Sequence[str], columns: dict[str, set[str]]) -> None:
    """Make a schema whose views hide every other agency; what cannot be told apart by agency is empty."""
    listed = ", ".join("'" + one.replace("'", "''") + "'" for one in agencies) or "NULL"
    cursor.execute(f"CREATE SCHEMA {scope}")
    done: set[str] = set()
    for table in _in_order(columns):
        condition = _condition(table, columns[table], done).format(agencies=listed, scope=scope)
        cursor.execute(f'CREATE VIEW {scope}."{table}" AS SELECT * FROM main."{table}" WHERE {condition}')
        done.add(table)
    for table, query in _WHOLE.items():
        if table in done:
            cursor.execute(f'CREATE OR REPLACE VIEW {scope}."{table}" AS {query.format(scope=scope)}')


def _in_order(columns: dict[str, set[str]]) -> list[str]:
    """The tables, those first that others are limited by."""
    first = [*_HOLD_FINDINGS, "records_stations", "records_devices", "records_cases", "records_detections"]
    return [one for one in first if one in columns] + sorted(columns.keys() - set(first))


def _condition(table: str, columns: set[str], done: set[str]) -> str:
    ways = []
    if "agency_id" in columns:
        ways.append(_BY_AGENCY)
    if "finding_id" in columns and table not in _HOLD_FINDINGS:
        ways += [f"finding_id IN (SELECT finding_id FROM {{scope}}.{of})" for of in _HOLD_FINDINGS if of in done]
    limit = _LIMITS.get(table.replace(EVIDENCE, "records_"), "")
    if not ways and limit:
        needs = [one for one in done if f"{{scope}}.{one})" in limit + ")"]
        if needs or "{scope}" not in limit:
            ways.append(limit)
    return " OR ".join(f"({way})" for way in ways) or "FALSE"


def _secret(folder: Path) -> str:
    """The secret of a store's addresses: made once, readable by its owner; only for this run where none can be kept."""
    path = folder / _SECRET
    try:
        if not path.is_file():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        kept = path.read_text(encoding="ascii").strip()
    except OSError:
        kept = ""
    return kept if len(kept) == 64 and kept.isalnum() else secrets.token_hex(32)


__all__ = ["EVIDENCE", "FILE_ROW", "Opened", "open_package", "scope_name"]
