"""One case: its steps against their statutory clocks, all that was done, every rule's answer, the review sheet."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts import marks
from analyzer.dashboard.parts.back import back
from analyzer.dashboard.parts.cards import Card, cards
from analyzer.dashboard.parts.coverage import rule_name
from analyzer.dashboard.parts.finding_filter import names_of_agencies
from analyzer.dashboard.parts.findings_here import findings_here
from analyzer.dashboard.parts.folded import folded
from analyzer.dashboard.parts.history import history, key_of
from analyzer.dashboard.parts.reveal import revealed
from analyzer.dashboard.parts.states import empty, section, sentence, title
from analyzer.dashboard.plots.clocks import clocks, drawn
from analyzer.dashboard.plots.events import make_events
from analyzer.dashboard.plots.look import show as draw
from analyzer.dashboard.queries import short_findings
from analyzer.dashboard.queries.cases import case_file, findings_of, judged_case, named, records_of_package
from analyzer.dashboard.queries.prepared import Row
from analyzer.dashboard.queries.vehicles import key_of_plate, vehicle_of_key
from analyzer.model import Verdict
from analyzer.reports.case_review import CaseReview
from analyzer.reports.facts import Facts
from analyzer.reports.lawbook import Citations
from analyzer.store.case_file import CaseFile
from analyzer.store.reopen import Judged

_MANY_RECORDS = 500_000
_DAYS = ("filed_on", "decided_on")
_SHOWN = {
    "given": (Verdict.BREACH, Verdict.REVIEW, Verdict.COMPLIANT, Verdict.NOT_ASSESSABLE),
    "problems": (Verdict.BREACH, Verdict.REVIEW),
    "compliant": (Verdict.COMPLIANT,),
    "undecided": (Verdict.NOT_ASSESSABLE,),
    "all": tuple(Verdict),
}
_GRAVITY = {verdict: place for place, verdict in enumerate(Verdict)}


def show(page: Page, case_id: str, rows: dict[str, list[Row]]) -> None:
    """Show everything of one case, personal data masked."""
    words, source = page.words, page.source
    case, facts = rows["cases"][0], Facts(source.law, words)
    back(page, "cases", words("cases.back"))
    agency = names_of_agencies(page).get(case["agency_id"] or "", case["agency_id"] or "")
    state = facts.cell("cases", "status", case["status"])
    days = [words("cases.on", what=words(f"cases.{name}"), day=case[name].isoformat()) for name in _DAYS if case[name]]
    title(words("cases.open", id=case_id), " · ".join(part for part in (agency, state, *days) if part))
    of_case = case_file(source, case_id, rows)
    where, params = findings_of(source, case_id)
    shown = revealed(page, f"case.{case_id}", "case")
    _cards(page, case, of_case, where, params)
    _links(page, case, rows, facts)
    _clocks(page, of_case)
    keys = [str(row[key_of(source.law, table)]) for table, some in rows.items() for row in some]
    happened = make_events(rows, named(source, case_id, keys), source.law, words, shown)
    history(page, rows, happened, facts, "case", f"case.{case_id}")
    section(words("cases.all_findings"), words("vehicles.pick"))
    findings_here(page, f"case.{case_id}", where, params, words("cases.no_findings"), f"case.{case_id}")
    _answers(page, case_id)


def _cards(page: Page, case: Row, of_case: CaseFile, where: str, params: list[object]) -> None:
    words, source = page.words, page.source
    total, breaches = source.one(
        f"SELECT count(*), count(*) FILTER (f.verdict = 'breach') FROM {short_findings(source)} WHERE {where}", params
    )
    late = sum(one.state == "late" for one in of_case.timings)
    fine = "—" if case["fine_yuan"] is None else f"{case['fine_yuan']:,.0f}"
    cards(
        [
            Card(words("cases.findings"), total),
            Card(words("cases.breaches"), breaches),
            Card(words("cases.card_late"), late, words("cases.card_late_help")),
            Card(words("cases.card_fine"), fine),
        ]
    )


def _links(page: Page, case: Row, rows: dict[str, list[Row]], facts: Facts) -> None:
    """Links to the vehicle, where findings touch it, and to the device that recorded."""
    with st.container(horizontal=True, gap="small"):
        if case["plate_no"]:
            key = key_of_plate(page.source, case["plate_no"], case["plate_color"])
            if vehicle_of_key(page.source, key) is not None:
                plate = facts.cell("cases", "plate_no", case["plate_no"])
                page.page_link("vehicle", page.words("cases.open_vehicle", plate=plate), vehicle=key)
        for row in rows["detections"]:
            if row["device_id"]:
                page.page_link(
                    "device", page.words("vehicles.open_device", id=row["device_id"]), device=row["device_id"]
                )


def _clocks(page: Page, of_case: CaseFile) -> None:
    words = page.words
    section(words("cases.clocks"), words("cases.clocks_note"))
    shown = drawn(of_case.timings)
    if not shown:
        empty(words("cases.no_clocks"))
    else:
        draw(clocks(of_case.timings, words, Citations(page.source.law, words)), "case.clocks")
        sentence(clocks_said(page, of_case))
    block = CaseReview(of_case, page.lang).clocks()
    if block.rows:
        table = pd.DataFrame(block.rows, columns=list(block.head))
        folded(
            page,
            words("cases.clock_table"),
            "case.clocks",
            lambda: st.dataframe(table, hide_index=True, width="stretch"),
        )


def clocks_said(page: Page, of_case: CaseFile) -> str:
    """Return what the chart of the clocks shows."""
    words, shown = page.words, drawn(of_case.timings)
    states = Counter(one.state for one in shown)
    said = words("cases.said_clocks", n=len(shown), kept=states["kept"], late=states["late"], running=states["running"])
    if rest := len(of_case.timings) - len(shown):
        said += (" " if page.lang == "en" else "") + words("cases.said_unknown", n=rest)
    return said


def _answers(page: Page, case_id: str) -> None:
    """Every rule's answer, compliant ones too, once somebody asks for it: the package has to be judged again."""
    words = page.words
    section(words("cases.answers"), words("cases.answers_note"))
    asked = f"judged.{page.source.version}.{case_id}"
    if not st.session_state.get(asked):
        if (records := records_of_package(page.source)) > _MANY_RECORDS:
            st.text(words("cases.many_records", n=records))
        if not st.button(plain(words("cases.judge")), help=words("cases.judge_help"), key="judge"):
            return
        st.session_state[asked] = True
    with st.spinner(words("cases.judging")):
        judged = judged_case(page.source, case_id)
    counts = Counter(one.verdict for one in judged.answers)
    st.text(words("cases.said_answers", n=len(judged.answers), **{str(one): counts[one] for one in Verdict}))
    changed = sorted({one.rule.rule.code for one in judged.answers if _is_changed(judged, one)})
    if changed:
        st.warning(plain(words("cases.changed", rules=words("list.comma").join(changed))))
    kind = page.filters.part("answers", words("cases.show"), tuple(_SHOWN), lambda one: words(f"cases.show_{one}"))
    _answer_table(page, judged, [one for one in judged.answers if one.verdict in _SHOWN[kind]])
    _sheet(page, judged)


def _is_changed(judged: CaseFile, one: Judged) -> bool:
    kept = judged.opened.package.manifest["rules"].get(one.rule.rule.code)
    return kept is not None and kept["sha256"] != one.rule.sha256


def _answer_table(page: Page, judged: CaseFile, shown: list[Judged]) -> None:
    words, law = page.words, page.source.law
    if not shown:
        empty(words("cases.answers_none"))
        return
    review = CaseReview(judged, page.lang)
    rows: list[tuple[Any, ...]] = [
        (
            [words.name("verdict", str(one.verdict))], rule_name(page, one.rule.rule.code),
            words.say(one.rule.rule.requirement.text), words.say(law.table_title(one.table)), one.key,
            words("list.joint").join(review.label(label) for label in one.missing), review.basis(one),
        )
        for one in sorted(shown, key=lambda one: (_GRAVITY[one.verdict], one.rule.rule.code, one.key))
    ]  # fmt: skip
    head = [
        words("column.verdict"), words("column.rule"), words("cases.requirement"),
        words("cases.table"), words("column.record_key"), words("cases.missing"), words("column.basis"),
    ]  # fmt: skip
    st.dataframe(
        pd.DataFrame(rows, columns=head), hide_index=True, width="stretch", height=min(38 + 35 * len(rows), 480),
        column_config={head[0]: marks.mark_column(page, "verdict", head[0], marks.VERDICT_COLORS)},
    )  # fmt: skip


def _sheet(page: Page, judged: CaseFile) -> None:
    words = page.words
    section(words("cases.review"), words("cases.review_note"))
    review = CaseReview(judged, page.lang)
    name = "review-" + re.sub(r"[^\w-]", "_", judged.case_id)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            plain(words("cases.review_html")), lambda: review.html().encode(), file_name=f"{name}.html",
            mime="text/html", key="review.html", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            plain(words("cases.review_markdown")), lambda: review.markdown().encode("utf-8-sig"),
            file_name=f"{name}.md", mime="text/markdown", key="review.md", on_click="ignore",
        )  # fmt: skip


__all__ = ["clocks_said", "show"]
