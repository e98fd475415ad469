"""The bureau as canonical Parquet: one file a table, for benchmarks and for engines that read a lake."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from analyzer.model.tables import UNKNOWN
from analyzer.samples.bureau import Bureau


def write_canonical(bureau: Bureau, out_dir: Path) -> None:
    """Write `<table>.parquet` for each table, with the (empty) list of unknown columns in each row."""
    out_dir.mkdir(parents=True, exist_ok=True)
    nothing = pl.lit(pl.Series([[]], dtype=pl.List(pl.String))).first()
    for name, rows in bureau.tables.items():
        rows.lazy().with_columns(nothing.alias(UNKNOWN)).sink_parquet(out_dir / f"{name}.parquet")
