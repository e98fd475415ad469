"""What the tests of vehicles, devices, cases and agencies share: charts read back, packages with something taken away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import polars as pl
from streamlit.testing.v1 import AppTest

from analyzer.dashboard.source import Place, Source
from tests.dashboard.conftest import cells_of, unfold, words_of


def source_of(package: Path) -> Source:
    """The package as an inspector without limits sees it."""
    place = Place(package=package)
    return Source(place, place.version(), "inspector")


def charts_of(page: AppTest) -> list[dict[str, Any]]:
    """The figures of a page, in their order."""
    return [json.loads(one.proto.spec) for one in page.get("plotly_chart")]


def traces_of(chart: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The traces of a figure that have a name."""
    return {one["name"]: one for one in chart["data"] if one.get("name")}


def plates_of(package: Path) -> set[str]:
    """Every plate that the records of a package hold and that is long enough to be somebody's."""
    plates: set[str] = set()
    for path in (package / "records").glob("*.parquet"):
        frame = pl.read_parquet(path)
        if "plate_no" in frame.columns:
            plates |= set(frame["plate_no"].drop_nulls())
    return {one for one in plates if len(one) >= 6}


def said_by(page: AppTest) -> str:
    """Everything that a page shows: words, tables, charts, links, and its address."""
    charts = json.dumps(charts_of(page), ensure_ascii=False)
    links = "\n".join(str(one.proto) for one in page.get("page_link"))
    return "\n".join(
        [words_of(page), cells_of(page), charts, links, json.dumps(dict(page.query_params), ensure_ascii=False)]
    )


def shows_no_plate(page: AppTest, package: Path) -> bool:
    """Whether no whole plate of the package stands anywhere on the page, what is folded away included."""
    said = said_by(unfold(page) if page.expander else page)
    return not [plate for plate in plates_of(package) if plate in said]


def without(package: Path, folder: Path, tables: Iterable[str]) -> Path:
    """A copy of a package that lacks some tables of records."""
    return changed(
        package, folder, lambda copy: [copy.joinpath("records", f"{one}.parquet").unlink() for one in tables]
    )


def without_findings(package: Path, folder: Path) -> Path:
    """A copy of a package in which nothing was found."""

    def clear(copy: Path) -> None:
        for name in ("findings", "finding_records"):
            frame = pl.read_parquet(copy / f"{name}.parquet")
            frame.clear().write_parquet(copy / f"{name}.parquet")

    return changed(package, folder, clear)


def changed(package: Path, folder: Path, change: Callable[[Path], Any]) -> Path:
    """A copy of a package with a change; the database for people who ask with SQL is left out."""
    copy = folder / "changed"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("audit.duckdb"))
    change(copy)
    return copy
