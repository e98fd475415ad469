"""The typical cases of the written report, each told step by step: facts, course, law, clock, what it means."""

from __future__ import annotations

from analyzer.reports.document import Block, Grid, Heading, Paragraph
from analyzer.reports.lawbook import Citations
from analyzer.reports.material import Material
from analyzer.reports.telling import grouped, sentence
from analyzer.reports.typical import TypicalCase, TypicalCases
from analyzer.store.case_clock import Timing

FEWEST = 2
"""The typical cases that the plan asks for."""


def typical_section(made: Material) -> list[Block]:
    """The rule by which cases are chosen, and the cases."""
    said = made.words.t
    cases = TypicalCases(made.con, made.law, made.words, made.show_personal).chosen(made.plan)
    blocks: list[Block] = [Heading(1, said("report.third"))]
    if not cases:
        return [*blocks, Paragraph(said("report.typical_none"))]
    lead = said("report.typical_open" if made.show_personal else "report.typical_rule", n=len(cases))
    blocks.append(Paragraph(lead + (said("report.typical_few", n=len(cases)) if len(cases) < FEWEST else "")))
    for number, one in enumerate(cases, 1):
        blocks += _case(made, number, one)
    return blocks


def _case(made: Material, number: int, one: TypicalCase) -> list[Block]:
    said, entry = made.words.t, one.entry
    why = said(
        "case.why_text", verdict=said(f"verdict.{entry.verdict}"), severity=said(f"severity.{entry.severity}"),
        force=said(f"force.{one.force}"), records=grouped(entry.record_count),
        group=made.plan.said_of(entry.rule, made.words),
    )  # fmt: skip
    key = "case.facts_text" if entry.agency else "case.facts_no_agency"
    facts = said(
        key,
        subject_kind=sentence(entry.subject_kind),
        subject=entry.subject,
        agency=entry.agency,
        explanation=entry.explanation.rstrip("。."),
    )
    means = said(f"case.means_{entry.verdict}", severity=sentence(said(f"severity_means.{entry.severity}")))
    requirement = made.words.say(one.rule.requirement.text) if one.rule else entry.problem
    blocks: list[Block] = [
        Heading(2, said("case.heading", n=number, title=entry.problem)),
        Paragraph(why, said("case.why")),
        Paragraph(facts, said("case.facts")),
        *_facts(made, one),
        *_steps(made, one),
        Paragraph(said("case.law_text", requirement=requirement, basis=entry.basis), said("case.law")),
        *_clock(made, one),
        Paragraph(means, said("case.means")),
    ]
    if one.rule and one.rule.limits:
        text = said("case.sentence", text=made.words.say(one.rule.limits.text))
        blocks.append(Paragraph(text, said("case.limits")))
    blocks.append(Paragraph(said("case.sentence", text=entry.remedy.rstrip("。.")), said("case.remedy")))
    return blocks


def _facts(made: Material, one: TypicalCase) -> list[Block]:
    said = made.words.t
    rows = tuple(
        (fact.title, fact.value) for fact in one.facts if fact.title != fact.name
    )  # names of rule files say nothing
    if not rows:
        return []
    head = (said("doc_column.fact"), said("doc_column.value"))
    return [Grid(said("case.facts_table"), head, rows, (40, 60), ("text", "text"))]


def _steps(made: Material, one: TypicalCase) -> list[Block]:
    said = made.words.t
    if not one.steps:
        return []
    records = one.entry.record_count
    if one.case_id is None:
        text = said("case.steps_record", record=one.record[1])
    elif records > 1:
        text = said("case.steps_first", n=grouped(records), case=one.case_id)
    else:
        text = said("case.steps_case", case=one.case_id)
    head = tuple(said(f"doc_column.{key}") for key in ("day", "step", "record"))
    rows = tuple((step.day.isoformat(), step.what, step.record) for step in one.steps)
    note = said("case.steps_more", n=one.steps_left_out) if one.steps_left_out else ""
    return [
        Paragraph(text, said("case.steps")),
        Grid(said("case.steps_table"), head, rows, (22, 50, 28), ("center", "text", "text"), note),
    ]


def _clock(made: Material, one: TypicalCase) -> list[Block]:
    said = made.words.t
    late = [timing for timing in one.timings if timing.state == "late"]
    said_of_clock = ""
    if one.timings:
        said_of_clock = said("case.clock_late", n=len(late)) if late else said("case.clock_kept")
    values = said("case.clock_values", values=one.entry.parameters) if one.entry.parameters else ""
    joint = " " if made.words.language == "en" else ""
    blocks: list[Block] = []
    if said_of_clock or values:
        blocks.append(Paragraph(joint.join(filter(None, (said_of_clock, values))), said("case.clock")))
    if one.timings:
        head = tuple(said(f"doc_column.{key}") for key in ("step", "from", "to", "used", "limit", "result"))
        citations = Citations(made.law, made.words)
        rows = tuple(_timing(made, citations, timing) for timing in one.timings)
        widths, kinds = (29, 16, 16, 13, 14, 12), ("text", "center", "center", "center", "center", "center")
        blocks.append(Grid(said("case.clock_table"), head, rows, widths, kinds))
    return blocks


def _timing(made: Material, citations: Citations, one: Timing) -> tuple[str, ...]:
    said = made.words.t
    key = "more" if one.clock.run_out else "least" if one.clock.at_least else "most"
    limit = said(f"clock_limit.{key}", value=citations.value(one.unit, one.limit))
    used = citations.value("wd" if one.unit == "wd" else "cd", one.used) if one.used is not None else "—"
    end = one.end.isoformat() if one.end else said("clock_limit.not_done")
    return (made.words.say(one.clock.title), one.start.isoformat(), end, used, limit, said(f"clock_state.{one.state}"))


__all__ = ["FEWEST", "typical_section"]
