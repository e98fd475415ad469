"""The only way out for a table: a CSV file with the cells as the page shows them, masked, and no cell a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.reports.rows import safe_cell

MOST_ROWS = 100_000
"""The rows of one export; more are the workbook's."""


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as CSV that opens in Excel: UTF-8 with its mark, every text safe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe_cell(one) for one in head])
    for row in rows:
        writer.writerow(["" if one is None else safe_cell(str(one)) for one in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def export_button(page: Page, key: str, name: str, make: Callable[[], bytes]) -> None:
    """Offer a file that is made when it is asked for; `make` gives what the page may show, no more."""
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.download_button(
            plain(page.words("dashboard.export.button")),
            make,
            file_name=f"{name}.csv",
            mime="text/csv",
            key=f"export.{key}",
            help=plain(page.words("dashboard.export.help")),
            on_click="ignore",
        )


__all__ = ["MOST_ROWS", "csv_bytes", "export_button"]
