"""One device: its certificates over what it recorded and fined, its reviews and signs, how steadily it weighs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts.back import back
from analyzer.dashboard.parts.cards import Card, cards
from analyzer.dashboard.parts.findings_here import findings_here
from analyzer.dashboard.parts.states import empty, section, sentence, title
from analyzer.dashboard.plots.device import Mark, Stretch, coverage, steady
from analyzer.dashboard.plots.look import literal
from analyzer.dashboard.plots.look import show as draw
from analyzer.dashboard.queries import rules_by_method
from analyzer.dashboard.queries.devices import (
    Device,
    Gap,
    Month,
    gaps,
    months,
    rows_of,
    station_row,
    terms,
    usual_months,
)  # fmt: skip
from analyzer.dashboard.queries.prepared import Row
from analyzer.dashboard.queries.weights import Steadiness, steadiness
from analyzer.model.tables import UNKNOWN
from analyzer.reports.facts import Facts

_STEPS = (
    "approved_on", "legal_review_on", "technical_review_on", "location_published_on", "sign_installed_on", "commissioned_on",
    "retired_on",
)  # fmt: skip
_STATION_STEPS = ("advance_sign_on", "info_sign_on", "unload_sign_on")
_REVIEWS = _STEPS[:5]
_GAPS_SAID = 4
_DRIFT = "drift_after_reference"


def show(page: Page, device: Device) -> None:
    """Show everything of one device."""
    words, source = page.words, page.source
    facts = Facts(source.law, words)
    back(page, "devices", words("devices.back"))
    kind = facts.cell("devices", "kind", device.kind)
    place = " · ".join(part for part in (kind, device.station or device.station_id or "") if part)
    title(words("devices.open", id=device.device_id), place)
    if not device.is_registered and source.has("records_devices"):
        st.warning(words("devices.unregistered"))
    _cards(page, device)
    registered = next(iter(rows_of(source, "devices", device.device_id)), None)
    certificates = rows_of(source, "calibrations", device.device_id)
    repairs = rows_of(source, "device_maintenance", device.device_id)
    _coverage(page, device, registered, certificates, repairs)
    left, right = st.columns(2, gap="large")
    with left:
        _steps(page, device, registered)
    with right:
        _papers(page, certificates, repairs, facts)
    _drift(page, device, certificates, facts)
    section(words("devices.all_findings"), words("vehicles.pick"))
    where = "(f.subject_kind = 'device' AND f.subject_id = ?) OR (f.subject_kind = 'station' AND f.subject_id = ?)"
    findings_here(
        page,
        f"device.{device.device_id}",
        where,
        [device.device_id, device.station_id or ""],
        words("devices.no_findings"),
    )


def _cards(page: Page, device: Device) -> None:
    words = page.words
    months_ = usual_months(page.source)
    outside: list[Card] = []
    if device.outside is not None and device.fined_outside is not None:
        outside = [
            Card(words("devices.outside"), device.outside, words("devices.card_outside_help", months=months_)),
            Card(
                words("devices.fined_outside"), device.fined_outside, words("devices.card_outside_help", months=months_)
            ),
        ]
    records = Card(words("devices.records"), device.records, words("devices.card_records_help"))
    fined = Card(words("devices.fined"), device.fined, words("devices.card_fined_help"))
    findings = Card(words("devices.findings"), device.findings)
    cards([findings, Card(words("devices.breaches"), device.breaches), records, *outside[:1], fined, *outside[1:]])


def _coverage(
    page: Page, device: Device, registered: Row | None, certificates: Sequence[Row], repairs: Sequence[Row]
) -> None:
    words, source = page.words, page.source
    section(words("devices.coverage"), words("devices.coverage_note"))
    counted = months(source, device.device_id)
    has_papers = source.has("records_calibrations")
    found = gaps(source, device.device_id) if has_papers else []
    if not has_papers:
        counted = [Month(one.month, one.records, 0, one.fined, 0) for one in counted]
    as_of = source.law.setting.as_of
    bars = [
        Stretch(first, last, literal(words("devices.hover_term", first=first.isoformat(), last=last.isoformat())))
        for first, last in terms(certificates, usual_months(source))
    ]
    draw(
        coverage(
            _service(page, registered),
            bars,
            _marks(page, registered, certificates, repairs),
            found,
            counted,
            words,
            as_of,
        ),
        "device.coverage",
    )
    sentence(coverage_said(page, counted, found, has_papers))


def coverage_said(page: Page, counted: Sequence[Month], found: Sequence[Gap], has_papers: bool) -> str:
    """Return what the chart of the verifications shows."""
    words = page.words
    if not counted:
        return words("devices.said_none" if page.source.has("records_detections") else "devices.sum_no_records")
    first, last = counted[0].month.strftime("%Y-%m"), counted[-1].month.strftime("%Y-%m")
    records, outside = sum(one.records for one in counted), sum(one.outside for one in counted)
    if not has_papers:
        return words("devices.said_no_certificates")
    if not outside:
        return words(
            "devices.said_whole", first=first, last=last, records=records, fined=sum(one.fined for one in counted)
        )
    lead = words(
        "devices.said_gaps", first=first, last=last, records=records, outside=outside, share=f"{outside / records:.1%}",
        fined_outside=sum(one.fined_outside for one in counted),
    )  # fmt: skip
    listed = [
        words(
            "devices.said_gap",
            first=one.first.isoformat(),
            last=one.last.isoformat(),
            records=one.records,
            fined=one.fined,
        )
        for one in found[:_GAPS_SAID]
    ]
    if len(found) > _GAPS_SAID:
        listed.append(words("devices.said_more_gaps", n=len(found)))
    return f"{lead}\n{words('list.joint').join(listed)}"


def _service(page: Page, registered: Row | None) -> list[Stretch]:
    if registered is None or registered["commissioned_on"] is None:
        return []
    first, last = registered["commissioned_on"], registered["retired_on"]
    until = last.isoformat() if last else page.words("devices.still")
    hover = literal(page.words("devices.hover_service", first=first.isoformat(), last=until))
    return [Stretch(first, max(first, last or page.source.law.setting.as_of), hover)]


def _marks(page: Page, registered: Row | None, certificates: Sequence[Row], repairs: Sequence[Row]) -> list[Mark]:
    words, law = page.words, page.source.law
    found = []
    for name in _REVIEWS:
        day = registered[name] if registered else None
        if day is not None:
            found.append(
                Mark(day, "review", literal(f"{words.say(law.column_title('devices', name))} {day.isoformat()}"))
            )
    for row in repairs:
        if row["repaired_on"] is not None:
            said = f"{words('devices.mark.repair')} {row['repaired_on'].isoformat()} {row.get('kind') or ''}"
            found.append(Mark(row["repaired_on"], "repair", literal(said.strip())))
    for row in certificates:
        if row["result"] == "failed" and row["verified_on"] is not None:
            hover = words("devices.hover_failed", day=row["verified_on"].isoformat())
            found.append(Mark(row["verified_on"], "failed", literal(hover)))
    return found


def _steps(page: Page, device: Device, registered: Row | None) -> None:
    """The days of reviews, publication and signs against the day on which the device was commissioned."""
    words, law = page.words, page.source.law
    section(words("devices.steps"), words("devices.steps_note"))
    if registered is None:
        empty(words("devices.no_register"))
        return
    begun = registered["commissioned_on"]
    station = station_row(page.source, device.station_id)
    rows = [(words.say(law.column_title("devices", name)), *_step(page, registered, name, begun)) for name in _STEPS]
    if station is not None:
        rows += [
            (words.say(law.column_title("stations", name)), *_step(page, station, name, begun))
            for name in _STATION_STEPS
        ]
    head = [words("devices.step"), words("devices.day"), words("devices.compared")]
    st.dataframe(pd.DataFrame(rows, columns=head), hide_index=True, width="stretch")


def _step(page: Page, row: Row, name: str, begun: date | None) -> tuple[str, str]:
    words, day = page.words, row[name]
    if day is None:
        return words("devices.unknown" if name in (row.get(UNKNOWN) or ()) else "devices.blank"), ""
    if begun is None or name in ("commissioned_on", "retired_on"):
        return day.isoformat(), ""
    days = (day - begun).days
    key = "same" if days == 0 else "before" if days < 0 else "after"
    return day.isoformat(), words(f"devices.{key}", n=abs(days))


def _papers(page: Page, certificates: Sequence[Row], repairs: Sequence[Row], facts: Facts) -> None:
    words = page.words
    section(words("devices.certificates"))
    if certificates:
        _table(
            page,
            "calibrations",
            certificates,
            facts,
            ("certificate_no", "verified_on", "valid_until", "result", "kind", "institute"),
        )
    else:
        empty(
            words("devices.certificates_none")
            if page.source.has("records_calibrations")
            else words("devices.sum_unknown")
        )
    if repairs:
        section(words("devices.maintenance"))
        _table(page, "device_maintenance", repairs, facts, ("maintenance_id", "repaired_on", "kind"))


def _table(page: Page, table: str, rows: Sequence[Row], facts: Facts, names: Sequence[str]) -> None:
    law, words = page.source.law, page.words
    cells = {
        words.say(law.column_title(table, name)): [facts.cell(table, name, row[name]) for row in rows]
        for name in names
        if any(row[name] is not None for row in rows)
    }
    st.dataframe(pd.DataFrame(cells), hide_index=True, width="stretch")


def _drift(page: Page, device: Device, certificates: Sequence[Row], facts: Facts) -> None:
    words, source = page.words, page.source
    found = steadiness(source, device.device_id) if device.kind in (None, "wim") else None
    if found is None:
        section(words("devices.drift.title"))
        empty(words("devices.drift.none"))
        return
    kind = facts.cell("detections", "vehicle_type", found.vehicle_type) if found.vehicle_type else ""
    section(
        words("devices.drift.title"),
        words("devices.drift.note", axles=words("devices.drift.axles", n=found.axle_count, type=kind)),
    )
    least = _least_passes(page)
    flagged = _flagged_months(page, device.device_id)
    verified = [row["verified_on"] for row in certificates if row["result"] == "passed" and row["verified_on"]]
    draw(steady(found, verified, flagged, least, words), "device.drift")
    sentence(drift_said(page, found, flagged, least))


def drift_said(page: Page, found: Steadiness, flagged: Sequence[date], least: int) -> str:
    """Return what the monthly medians show."""
    words = page.words
    enough = [one for one in found.months if one.passes >= least]
    if not enough:
        return words("devices.drift.said_enough_none", least=least)
    parts = [
        words(
            "devices.drift.said", first=enough[0].month.strftime("%Y-%m"), last=enough[-1].month.strftime("%Y-%m"),
            low=f"{min(one.middle for one in enough) / 1000:,.2f}", high=f"{max(one.middle for one in enough) / 1000:,.2f}",
        )
    ]  # fmt: skip
    if few := len(found.months) - len(enough):
        parts.append(words("devices.drift.said_few", n=few, least=least))
    if flagged:
        parts.append(words("devices.drift.said_flagged", n=len(flagged)))
    return " ".join(parts) if page.lang == "en" else "".join(parts)


def _least_passes(page: Page) -> int:
    parameter = page.source.law.rulings.parameters.get("drift_min_passes")
    entry = parameter.at(page.source.law.setting.as_of) if parameter else None
    return int(str(entry.value)) if entry is not None and entry.value is not None else 30


def _flagged_months(page: Page, device_id: str) -> list[date]:
    """The months that a rule on drift marks at this device."""
    rules = rules_by_method(page.source.law, _DRIFT)
    if not rules:
        return []
    rows: list[tuple[Any, ...]] = page.source.rows(
        "SELECT started_on, ended_on FROM findings WHERE subject_kind = 'device' AND subject_id = ?"
        f" AND rule IN ({', '.join('?' * len(rules))})",
        [device_id, *rules],
    )
    found = set()
    for first, last in rows:
        month = datetime(first.year, first.month, 1).date()
        while month <= (last or first):
            found.add(month)
            month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return sorted(found)


__all__ = ["coverage_said", "drift_said", "show"]
