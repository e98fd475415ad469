"""机构与人员 Agencies and officers: rates with the limits of chance, like cases, months. Leads to look at, never charges."""

from __future__ import annotations

import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts.back import back, keep_filters
from analyzer.dashboard.parts.cards import Card, cards
from analyzer.dashboard.parts.finding_filter import agencies_found, names_of_agencies
from analyzer.dashboard.parts.findings_here import findings_here
from analyzer.dashboard.parts.funnel_part import Said, funnel_part
from analyzer.dashboard.parts.states import empty, in_lake, section, sentence, title
from analyzer.dashboard.plots.like import like_cases, medians
from analyzer.dashboard.plots.look import show as draw
from analyzer.dashboard.plots.months import LEAST_MONTHS, bars, heat, usual, value_of
from analyzer.dashboard.plots.months import MEASURES as MONTH_MEASURES
from analyzer.dashboard.queries import findings_prepared, rules_by_method, short_findings
from analyzer.dashboard.queries.agencies import (
    BURST,
    MEASURES,
    SPREAD,
    SURGE,
    AgencyMonth,
    LikeCell,
    band_kg,
    like_cells,
    like_choices,
    marked_months,
    months_of,
    units_of,
)  # fmt: skip
from analyzer.reports.funnels import Settings

_PARTS = ("rates", "like", "months", "leads")
_PEOPLE = ("officer", "reviewer", "party", "payer")


def render(page: Page) -> None:
    """Show the agency that the address names, or the comparisons."""
    words, agency = page.words, page.asked("agency")
    with st.spinner(words("filter.preparing")):
        findings_prepared(page.source)
        months_of(page.source)
    if agency is not None:
        _one(page, agency)
        return
    title(words("dashboard.page.agencies"), words("agencies.said"))
    part = page.filters.part(
        "part",
        words("dashboard.overview.part"),
        _PARTS,
        lambda one: words(f"agencies.tab_{one}"),
        label_visibility="collapsed",
    )
    keep_filters("agencies")
    {"rates": _rates, "like": _like, "months": _months, "leads": _leads}[part](page)


def _rates(page: Page) -> None:
    words = page.words
    key = page.filters.part(
        "rate", words("agencies.measure"), tuple(MEASURES), lambda one: words(f"agencies.measure_{one}")
    )
    measure = MEASURES[key]
    names, agency = names_of_agencies(page), None
    if measure.unit == "officer":
        options = sorted({one.agency_id for one in months_of(page.source)})
        agency = page.filters.one("within", words("agencies.within"), options, lambda one: names.get(one, one))
    if in_lake(page, *measure.tables):
        return
    units = units_of(page.source, measure, agency)
    if not units:
        empty(words("agencies.no_units"), words("agencies.no_units_remedy"))
        return
    texts = Said(words(f"agencies.note_{key}"), words(f"agencies.axis_{key}"), words(f"agencies.sample_{key}"))
    is_agency = measure.unit == "agency"
    funnel_part(
        page, f"agencies.{key}", units, names if is_agency else {}, Settings.of(page.source.law, measure.min_sample), texts,
        side=measure.side, lead="agency" if is_agency else None,
    )  # fmt: skip


def _like(page: Page) -> None:
    words, source = page.words, page.source
    if in_lake(page, "cases", "detections"):
        return
    choices = like_choices(source)
    if not choices:
        empty(words("agencies.like.none"), words("agencies.like.none_remedy"))
        return
    names = names_of_agencies(page)
    agencies = tuple(dict.fromkeys(one[0] for one in choices))
    left, middle, right = st.columns([2, 1, 1])
    with left:
        agency = (
            page.filters.one("of", words("agencies.like.agency"), agencies, lambda one: names.get(one, one))
            or agencies[0]
        )
    years = tuple(str(year) for year in sorted({one[1] for one in like_choices(source, agency)}, reverse=True))
    with middle:
        year = int(page.filters.part("year", words("agencies.like.year"), years))
    axles = tuple(str(number) for number in dict.fromkeys(one[2] for one in like_choices(source, agency, year)))
    with right:
        number = int(page.filters.part("axles", words("agencies.like.axles"), axles))
    cells = like_cells(source, agency, year, number)
    st.caption(plain(words("agencies.like.note", agency=names.get(agency, agency), year=str(year), axles=number)))
    draw(like_cases(cells, band_kg(source), words), "agencies.like")
    sentence(like_said(page, cells))
    rules = rules_by_method(source.law, SPREAD)
    _leads_of(
        page, "like", f"f.agency_id = ? AND f.rule IN ({', '.join('?' * len(rules)) or 'NULL'})", [agency, *rules]
    )


def like_said(page: Page, cells: list[LikeCell]) -> str:
    """Return what the chart of like cases shows."""
    words, middles = page.words, medians(cells)
    every = sum(one.cases for one in cells)
    same = sum(one.cases for one in cells if one.fine_yuan == middles[one.band_kg])
    marked = sum(one.marked for one in cells)
    return words(
        "agencies.like.said", n=every, bands=len(middles), same=same, share=f"{same / every:.0%}", marked=marked
    )


def _months(page: Page) -> None:
    words = page.words
    if in_lake(page, "cases"):
        return
    months = months_of(page.source)
    if not months:
        empty(words("agencies.months.none"), words("agencies.months.none_remedy"))
        return
    measure = page.filters.part(
        "by", words("agencies.months.measure"), MONTH_MEASURES, lambda one: words(f"agencies.months.by_{one}")
    )
    names = names_of_agencies(page)
    marked = marked_months(page.source, (SURGE, BURST))
    if not usual(months, measure):
        empty(words("agencies.months.too_few", least=LEAST_MONTHS), words("agencies.months.none_remedy"))
        return
    st.caption(plain(words("agencies.months.note")))
    draw(heat(months, measure, names, marked, words), "agencies.heat")
    sentence(months_said(page, months, measure, len(marked)))
    rules = rules_by_method(page.source.law, SURGE, BURST)
    _leads_of(page, "months", f"f.rule IN ({', '.join('?' * len(rules)) or 'NULL'})", rules)


def months_said(page: Page, months: list[AgencyMonth], measure: str, marked: int) -> str:
    """Return which month stands out most, and how many a rule marks; few cases make large multiples, and that is said."""
    words, names, middle = page.words, names_of_agencies(page), usual(months, measure)
    top = max(
        (one for one in months if one.agency_id in middle),
        key=lambda one: (value_of(one, measure) / middle[one.agency_id], one.agency_id),
    )
    value = value_of(top, measure)
    amount = words(f"agencies.months.amount_{measure}", n=f"{value:,.0f}")
    said = words(
        "agencies.months.said", agency=names.get(top.agency_id, top.agency_id), month=top.month.strftime("%Y-%m"), amount=amount,
        times=f"{value / middle[top.agency_id]:.1f}",
    )  # fmt: skip
    key = "agencies.months.said_marked" if marked else "agencies.months.said_unmarked"
    parts = [said, words(key, n=marked)]
    if few := len({one.agency_id for one in months} - middle.keys()):
        parts.append(words("agencies.months.few", n=few, least=LEAST_MONTHS))
    return (" " if page.lang == "en" else "").join(parts)


def _leads(page: Page) -> None:
    words, names = page.words, agencies_found(page)
    left, right = st.columns(2)
    with left:
        kind = page.filters.part(
            "whose",
            words("agencies.leads.whose"),
            ("agency", "people", "indicator"),
            lambda one: words(f"agencies.leads.{one}"),
        )
    with right:
        agency = page.filters.one("within", words("column.agency"), list(names), lambda one: names.get(one, one))
    conditions, params = {
        "agency": (["f.subject_kind = 'agency'"], []),
        "people": ([f"f.subject_kind IN ({', '.join('?' * len(_PEOPLE))})"], list(_PEOPLE)),
        "indicator": (["f.force = 'indicator'"], []),
    }[kind]
    if agency:
        conditions, params = [*conditions, "f.agency_id = ?"], [*params, agency]
    st.caption(plain(words("agencies.leads.note")))
    findings_here(page, f"agencies.{kind}", " AND ".join(conditions), params, words("agencies.leads.none"))


def _leads_of(page: Page, key: str, where: str, params: list[str]) -> None:
    section(page.words("agencies.leads.title"), page.words("agencies.leads.note"))
    findings_here(page, f"agencies.{key}", where, params, page.words("agencies.leads.none"))


def _one(page: Page, agency: str) -> None:
    """One agency: its findings and its months."""
    words, source = page.words, page.source
    back(page, "agencies", words("agencies.back"))
    months = months_of(source, agency)
    total, breaches, leads = source.one(
        "SELECT count(*), count(*) FILTER (f.verdict = 'breach'), count(*) FILTER (f.force = 'indicator')"
        f" FROM {short_findings(source)} WHERE f.agency_id = ?",
        [agency],
    )
    names = names_of_agencies(page)
    if not months and not total and agency not in names:
        title(words("dashboard.page.agencies"))
        empty(words("agencies.gone"))
        return
    title(names.get(agency, agency), agency)
    cards(
        [
            Card(words("agencies.card_findings"), total, words("agencies.card_findings_help")),
            Card(words("agencies.card_breaches"), breaches),
            Card(words("agencies.card_leads"), leads, words("agencies.card_leads_help")),
            Card(words("agencies.card_filed"), sum(one.filed for one in months)),
            Card(words("agencies.card_decided"), sum(one.decided for one in months)),
            Card(words("agencies.card_paid"), f"{sum(one.paid_yuan for one in months):,.0f}"),
        ]
    )
    if months:
        section(words("agencies.months.title"), words("agencies.months.note_one"))
        measure = page.filters.part(
            "by", words("agencies.months.measure"), MONTH_MEASURES, lambda one: words(f"agencies.months.by_{one}")
        )
        marked = {month for key, month in marked_months(source, (SURGE, BURST)) if key == agency}
        if usual(months, measure):
            draw(bars(months, measure, marked, words), "agency.months")
            sentence(months_said(page, months, measure, len(marked)))
        else:
            empty(words("agencies.months.too_few", least=LEAST_MONTHS))
    section(words("agencies.all_findings"), words("vehicles.pick"))
    findings_here(page, f"agency.{agency}", "f.agency_id = ?", [agency], words("agencies.no_findings"))


__all__ = ["like_said", "months_said", "render"]
