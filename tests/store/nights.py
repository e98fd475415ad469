"""A store under test: files laid into the inbox, nights scanned, what is published read back."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from analyzer.engine.audit import Order
from analyzer.store.outcome import Outcome
from analyzer.store.package import Package
from analyzer.store.places import Store
from analyzer.store.publish import open_current
from analyzer.store.scan import Request, scan
from tests.small_export import CERTIFICATES, FILES

SELECT = ("DEV-01", "NTC-05")
"""A rule on the devices' certificates and one on the time until the party was told."""

LATE_CERTIFICATE = CERTIFICATES.splitlines()[0] + "\nC2,D2,2024-01-01,2024-12-31,合格\n"
"""The second device was verified in time after all."""

LAPSED_CERTIFICATE = CERTIFICATES.splitlines()[0] + "\nC2,D2,2023-01-01,2023-06-30,合格\n"


@dataclass
class Nights:
    """A store and the way to scan it."""

    root: Path
    select: tuple[str, ...] = SELECT

    @property
    def store(self) -> Store:
        return Store(self.root)

    def put(self, files: Mapping[str, str]) -> None:
        """Lay files into the inbox."""
        for name, text in files.items():
            path = self.store.inbox / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def request(self, day: date = date(2025, 12, 1), **changes: Any) -> Request:
        settings = changes.pop("settings", ())
        rules = changes.pop("rules", ())
        select = changes.pop("select", self.select)
        order = Order(inputs=(), as_of=day, select=select, settings=settings, rules=rules)
        return Request(self.store, self.store.inbox, order, settle=0, **changes)

    def scan(self, day: date = date(2025, 12, 1), **changes: Any) -> Outcome:
        return scan(self.request(day, **changes))

    @property
    def package(self) -> Package:
        return open_current(self.store)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return rows_of(self.package, query)

    def lives(self) -> dict[str, str]:
        """The status of each finding by its rule; there is one for each rule in the small export."""
        return dict(self.rows("SELECT rule, status FROM finding_life ORDER BY rule"))

    def copy(self, root: Path) -> Nights:
        shutil.copytree(self.root, root)
        return Nights(root, self.select)


def rows_of(package: Package, query: str) -> list[tuple[Any, ...]]:
    con = package.connect()
    try:
        return con.execute(query).fetchall()
    finally:
        con.close()


def small_store(root: Path) -> Nights:
    """A store whose first night took in the small export."""
    nights = Nights(root)
    nights.put(FILES)
    nights.scan()
    return nights
