"""A funnel on a page: the chart, the sentence that says what is seen, who stands out, and what it does not mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts.export import csv_bytes, export_button
from analyzer.dashboard.parts.picking import leads_from_mark
from analyzer.dashboard.parts.states import empty, sentence
from analyzer.dashboard.plots.funnel import funnel
from analyzer.dashboard.plots.look import show as draw
from analyzer.reports.funnels import Funnel, Settings, Unit, make_funnel

_NAMED = 5


@dataclass(frozen=True)
class Said:
    """The words of a funnel: what it does not mean, the rate, the size; how many trials a rate is given for."""

    note: str
    axis: str
    sample: str
    per: int = 100


def funnel_part(
    page: Page, key: str, units: Sequence[Unit], names: Mapping[str, str], settings: Settings, texts: Said,
    side: str = "both", lead: str | None = None,
) -> None:  # fmt: skip
    """Show how units compare. A mark that is picked leads to the page `lead` of that unit."""
    words = page.words
    found, per = make_funnel(units, settings, side), texts.per
    if not found.units:
        empty(words("agencies.funnel.none"))
        return
    st.caption(plain(texts.note))
    chart = f"{key}.funnel"
    more: dict[str, Any] = {"on_select": leads_from_mark(page, chart, lead), "selection_mode": "points"} if lead else {}
    draw(funnel(found, names, words, texts.axis, texts.sample, per), chart, **more)
    sentence(said(page, found, names, per))
    with st.expander(plain(words("agencies.funnel.as_table"))):
        head = [words(f"agencies.funnel.{name}") for name in ("unit", "sample", "events", "rate", "answer")]
        rows = [
            (names.get(one.key, one.key), one.trials, one.events, round(one.rate * per, 1), words(f"agencies.funnel.{answer(one.stands_out)}"))
            for one in sorted(found.units, key=lambda one: (one.stands_out is not True, -one.rate, one.key))
        ]  # fmt: skip
        st.dataframe(pd.DataFrame(rows, columns=head), hide_index=True, width="stretch")
        export_button(page, chart, "rates", lambda: csv_bytes(head, rows))


def answer(stands_out: bool | None) -> str:
    """Return the name of what the comparison says of a unit."""
    return "small" if stands_out is None else "outside" if stands_out else "inside"


def said(page: Page, found: Funnel, names: Mapping[str, str], per: int) -> str:
    """Return what the funnel shows: how many were compared, the usual rate, who lies outside, and the smallest sample."""
    words, settings = page.words, found.settings
    unit = "%" if per == 100 else ""
    least = words("agencies.funnel.least", sample=settings.min_sample, peers=settings.peers_min)
    if found.centre is None:
        return f"{words('agencies.funnel.too_few', n=len(found.compared) or sum(one.trials >= settings.min_sample for one in found.units))}\n{least}"
    usual = f"{found.centre * per:.1f}{unit}"
    outside = found.outside
    if not outside:
        seen = words("agencies.funnel.said_none", n=len(found.compared), usual=usual)
    else:
        listed = words("list.comma").join(names.get(one.key, one.key) for one in outside[:_NAMED])
        if len(outside) > _NAMED:
            listed = words("agencies.funnel.and_more", listed=listed, n=len(outside))
        seen = words("agencies.funnel.said", n=len(found.compared), usual=usual, outside=len(outside), listed=listed)
    return f"{seen}\n{least}"


__all__ = ["Said", "answer", "funnel_part", "said"]
