"""The written report of an audit, composed once for Word and page: what was found, told, not judged, and by which law."""

from __future__ import annotations

from datetime import date

from analyzer.model import Force, Verdict
from analyzer.reports.annexes import annexes
from analyzer.reports.charts import Bar, columns
from analyzer.reports.document import (
    Annexes,
    Block,
    Callout,
    Closing,
    Document,
    Grid,
    Heading,
    Paragraph,
    day_in_words,
)
from analyzer.reports.lawbook import Citations
from analyzer.reports.material import Material
from analyzer.reports.missing import describe_all
from analyzer.reports.plan_section import plan_section
from analyzer.reports.telling import grouped, kinds, percent, picture, sentence, tally_bars
from analyzer.reports.typical_section import typical_section

MOST_AGENCIES, MOST_MONTHS, MOST_GAPS = 10, 24, 15


def audit_report(made: Material) -> Document:
    """Compose the report of an open package."""
    said, summary = made.words.t, made.figures.summary
    made_on = date.fromisoformat(summary["made_at"][:10])
    blocks: list[Block] = [
        *_summary(made), *_results(made), *_spread(made), *plan_section(made), *typical_section(made), *_undecided(made),
        *_next_steps(made), *_method(made),
    ]  # fmt: skip
    attached = annexes(made)
    names = [one.title for one, _ in attached]
    blocks.append(Annexes((*names, said("report.annex_names_workbook"))))
    blocks.append(Closing((said("document.unit"), day_in_words(made_on, made.words.language))))
    for head, parts in attached:
        blocks += [head, *parts]
    as_of = day_in_words(made.as_of, made.words.language)
    return Document(
        title=said("report.title"),
        subtitle=said("report.subtitle", as_of=as_of),
        blocks=blocks,
        language=made.words.language,
        made_on=made_on,
        run_id=summary["run_id"],
    )


def _summary(made: Material) -> list[Block]:
    said, figures = made.words.t, made.figures
    intake, total = figures.intake, figures.findings
    critical = next(one.total for one in figures.by_severity if one.key == "critical")
    numbers = {
        "files": grouped(intake.files), "rows": grouped(intake.rows_read), "total": grouped(total.total),
        "breach": grouped(total.breach), "review": grouped(total.review), "critical": grouped(critical),
        "records": grouped(figures.flagged_records),
    }  # fmt: skip
    text = said("report.sum_up_text" if total.total else "report.sum_up_none", **numbers)
    names = ("breach", "review")
    tiles = [(numbers[name], said(f"verdict.{name}")) for name in names]
    tiles += [
        (numbers["critical"], said("severity.critical")),
        (numbers["records"], said("column.record_count")),
        (grouped(figures.answered(Verdict.NOT_ASSESSABLE)), said("verdict.not_assessable")),
        (grouped(intake.loaded), said("column.loaded")),
    ]
    profile = made.words.say(made.law.profile_title())
    as_of = day_in_words(made.as_of, made.words.language)
    fields = ("files", "rows_read", "loaded", "duplicates", "replaced", "quarantined", "issues", "refused")
    blocks: list[Block] = [
        Paragraph(text, said("report.sum_up")),
        Callout(tuple(tiles)),
        Heading(1, said("report.first")),
        Heading(2, said("report.scope")),
        Paragraph(said("report.scope_text", as_of=as_of, profile=profile, rules=figures.summary["totals"]["rules"])),
        Paragraph(said("report.intake_text", **{name: grouped(getattr(intake, name)) for name in fields})),
    ]
    refused = [made.masked(one["place"]) or "" for one in figures.summary["refused"]]
    if refused:
        blocks.append(Paragraph(said("report.refused_text", names=said("list.articles").join(refused))))
    return blocks


def _results(made: Material) -> list[Block]:
    said, figures, name = made.words.t, made.figures, made.words.name
    rows = [
        (
            name("severity", one.key),
            grouped(one.breach),
            grouped(one.review),
            grouped(one.total),
            sentence(said(f"severity_means.{one.key}")),
        )
        for one in figures.by_severity
    ]
    total = figures.findings
    rows.append((said("column.total"), grouped(total.breach), grouped(total.review), grouped(total.total), ""))
    head = (
        said("doc_column.severity"),
        *(said(f"verdict.{one}") for one in ("breach", "review")),
        said("column.total"),
        said("doc_column.means"),
    )
    blocks: list[Block] = [
        Heading(2, said("report.results")),
        Paragraph(said("report.results_text")),
        Grid(
            said("report.severity_table"),
            head,
            tuple(rows),
            (16, 11, 11, 11, 51),
            ("center", "number", "number", "number", "text"),
            total=True,
        ),
    ]
    if not total.total:
        return blocks
    shown = [one for one in figures.by_severity if one.total]
    top = max(shown, key=lambda one: one.total)
    grave = sum(one.total for one in figures.by_severity if one.key in ("critical", "high"))
    says = said(
        "says.severity", name=name("severity", top.key), top=grouped(top.total), total=grouped(total.total),
        share=percent(top.total, total.total), grave=grouped(grave),
    )  # fmt: skip
    chart = tally_bars(made, [(name("severity", one.key), one) for one in shown])
    return [*blocks, picture(made, chart, "report.severity_chart", says)]


def _spread(made: Material) -> list[Block]:
    said, figures = made.words.t, made.figures
    if not figures.findings.total:
        return []
    blocks: list[Block] = [Heading(2, said("report.spread"))]
    dated = [one for one in figures.by_month if one.key]
    if dated:
        shown = dated[-MOST_MONTHS:]
        top = max(dated, key=lambda one: one.total)
        says = said("says.months", name=top.key, top=grouped(top.total), n=len(dated))
        if left := sum(one.total for one in dated[:-MOST_MONTHS]):
            says += said("report.earlier", n=MOST_MONTHS, left=grouped(left))
        if undated := sum(one.total for one in figures.by_month if not one.key):
            says += said("report.undated", n=grouped(undated))
        parts = [Bar(one.key or "", (one.breach, one.review)) for one in shown]
        blocks.append(picture(made, columns(parts, kinds(made), said("column.findings")), "report.month_chart", says))
    agencies = sorted((one for one in figures.by_agency if one.key), key=lambda one: (-one.total, one.key))
    if len(agencies) > 1:
        first = agencies[0]
        says = said(
            "says.agencies", name=made.agencies.get(first.key or "", first.key), top=grouped(first.total),
            share=percent(first.total, figures.findings.total),
        )  # fmt: skip
        if left := sum(one.total for one in agencies[MOST_AGENCIES:]):
            says += said("report.more_agencies", n=MOST_AGENCIES, left=grouped(left))
        named = [(made.agencies.get(one.key or "", one.key or ""), one) for one in agencies[:MOST_AGENCIES]]
        blocks.append(picture(made, tally_bars(made, named), "report.agency_chart", says))
    return blocks


def _undecided(made: Material) -> list[Block]:
    said, figures = made.words.t, made.figures
    blocks: list[Block] = [Heading(1, said("report.fourth"))]
    gaps = describe_all(figures.lacks, made.law, made.words)
    if not gaps:
        return [*blocks, Paragraph(said("report.undecided_none"))]
    rules = len({one.rule for one in gaps})
    rows = grouped(figures.answered(Verdict.NOT_ASSESSABLE))
    by_place: dict[tuple[str, str], list[int]] = {}
    for gap in gaps:
        found = by_place.setdefault((gap.kind, gap.place), [0, 0])
        found[0] += 1
        found[1] += gap.rows
    whole = [
        said(f"missing.{one}.kind") for one in ("table", "column")
    ]  # a missing table is one gap, however many rows it has
    ranked = sorted(by_place.items(), key=lambda pair: (pair[0][0] not in whole, -pair[1][1], -pair[1][0], pair[0]))
    lines = tuple((kind, place, grouped(found[0]), grouped(found[1])) for (kind, place), found in ranked[:MOST_GAPS])
    head = (
        said("column.missing_kind"),
        *(said(f"doc_column.{one}") for one in ("missing", "missing_rules", "missing_rows")),
    )
    left = len(ranked) - len(lines)
    blocks += [
        Paragraph(said("report.undecided_text", rules=rules, rows=rows)),
        Grid(
            said("report.undecided_table"), head, lines, (24, 48, 14, 14), ("text", "text", "number", "number"),
            said("report.undecided_more", n=left) if left else "",
        ),
    ]  # fmt: skip
    lacking = {one.rule for one in gaps}
    idle = sum(
        1 for one in figures.answers if one.counts[Verdict.NOT_APPLICABLE] == one.total and one.rule not in lacking
    )
    return [*blocks, Paragraph(said("report.idle", n=idle))] if idle else blocks


def _next_steps(made: Material) -> list[Block]:
    said, figures = made.words.t, made.figures
    critical = next(one.total for one in figures.by_severity if one.key == "critical")
    blocks: list[Block] = [Heading(1, said("report.fifth"))]
    for key, n in (("grave", critical), ("review", figures.findings.review), ("ledger", None), ("report", None)):
        if n is None or n:
            blocks.append(Paragraph(said(f"next.{key}_text", n=grouped(n or 0)), said(f"next.{key}")))
    return blocks


def _method(made: Material) -> list[Block]:
    said, summary = made.words.t, made.figures.summary
    blocks: list[Block] = [
        Heading(1, said("report.sixth")),
        Heading(2, said("report.method")),
        Paragraph(said("report.method_text")),
        *(Paragraph(said(f"force_means.{one}"), said(f"force.{one}") + said("list.colon")) for one in Force),
        Paragraph(said("report.method_amount")),
        Paragraph(said("report.method_same", run=summary["run_id"], version=summary["versions"]["analyzer"])),
        Heading(2, said("report.law")),
    ]
    rules = [made.law.rule(one.rule) for one in made.figures.answers]
    cited = Citations(made.law, made.words).cited(rule for rule in rules if rule is not None)
    status = [str(made.law.instruments[key].status) for key in cited if key in made.law.instruments]
    counts = {
        "verified": status.count("verified"),
        "partly": status.count("verified_x"),
        "recalled": status.count("recalled"),
    }
    blocks.append(Paragraph(said("report.law_text", n=len(cited), **counts)))
    if summary["set"]:
        blocks.append(Paragraph(said("report.law_changed", settings=said("list.joint").join(summary["set"]))))
    blocks.append(Paragraph(said("report.personal_shown" if made.show_personal else "report.personal_masked")))
    return blocks


__all__ = ["audit_report"]
