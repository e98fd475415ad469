"""The first sheet: what this is, for which day and by which law, the totals, and how to read the answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analyzer.model import Force, Verdict
from analyzer.reports.figures import Tally
from analyzer.reports.material import SEVERITY_FILLS, VERDICT_FILLS
from analyzer.reports.rows import safe_cell
from analyzer.reports.sheets import line_count, set_up_page
from analyzer.reports.workbook_material import WorkbookMaterial

_WIDTHS = (18, 14, 14, 14, 60)
_LINE = 15.0


def write_about(made: WorkbookMaterial) -> None:
    """Write the sheet."""
    page = _Page(made)
    said, summary = made.words.t, made.figures.summary
    page.title(said("about.title"))
    page.paragraph("", said("about.lead"))
    settings = said("list.joint").join(summary["set"]) or said("about.none")
    profile = f"{made.words.say(made.law.profile_title())} ({summary['profile']['id']})"
    version = said("about.version_text", analyzer=summary["versions"]["analyzer"], rules=summary["totals"]["rules"])
    for key, text in (
        ("run", summary["run_id"]), ("as_of", summary["as_of"]), ("made_at", summary["made_at"].replace("T", " ")),
        ("profile", profile), ("settings", settings), ("version", version),
    ):  # fmt: skip
        page.paragraph(said(f"about.{key}"), text)
    _totals(page, made)
    _meanings(page, made)
    page.paragraph(said("about.amounts"), said("about.amounts_text"))
    page.paragraph(said("about.fill"), said("about.fill_text"))
    page.paragraph(said("about.personal"), said("about.shown" if made.show_personal else "about.masked"))
    for key in ("refused", "warnings"):
        for one in summary[key]:
            page.paragraph(said(f"about.{key}"), f"{one['place']}: {made.masked(one[made.words.language])}")


def _totals(page: _Page, made: WorkbookMaterial) -> None:
    said, figures = made.words.t, made.figures
    findings, intake = figures.findings, figures.intake
    counts = {verdict.value: _grouped(figures.answered(verdict)) for verdict in Verdict}
    page.paragraph(
        said("about.counts"),
        said(
            "about.counts_findings", total=_grouped(findings.total), breach=_grouped(findings.breach),
            review=_grouped(findings.review), records=_grouped(figures.flagged_records),
        ),
    )  # fmt: skip
    names = ("files", "rows_read", "loaded", "duplicates", "replaced", "quarantined", "issues", "refused")
    page.paragraph("", said("about.counts_intake", **{name: _grouped(getattr(intake, name)) for name in names}))
    page.paragraph("", said("about.counts_answers", total=_grouped(figures.rows_judged), **counts))
    page.tallies(
        said("about.severities"),
        (
            (
                made.words.name("severity", one.key),
                one,
                said(f"severity_means.{one.key}"),
                SEVERITY_FILLS.get(one.key or ""),
            )
            for one in figures.by_severity
        ),
    )
    page.tallies(
        said("about.families"),
        ((made.words.name("family", one.key), one, one.key or "", None) for one in figures.by_family),
    )


def _meanings(page: _Page, made: WorkbookMaterial) -> None:
    said = made.words.t
    page.heading(said("about.answers"))
    for verdict in Verdict:
        page.paragraph(said(f"verdict.{verdict}"), said(f"verdict_means.{verdict}"), VERDICT_FILLS.get(verdict.value))
    page.heading(said("about.forces"))
    for force in Force:
        page.paragraph(said(f"force.{force}"), said(f"force_means.{force}"))
    page.gap()


def _grouped(number: int) -> str:
    return f"{number:,}"


class _Page:
    """A sheet that is written from top to bottom: headings, labelled paragraphs, small tables."""

    def __init__(self, made: WorkbookMaterial) -> None:
        self._made, self._row = made, 0
        name = made.words.t("sheet.about")
        self._sheet = made.book.file.add_worksheet(name)
        set_up_page(self._sheet, made.header(name))
        self._sheet.hide_gridlines(2)
        for column, width in enumerate(_WIDTHS):
            self._sheet.set_column(column, column, width)

    def title(self, text: str) -> None:
        """The title of the workbook."""
        self._sheet.set_row(0, 34)
        style = self._style(bold=True, font_size=18, valign="vcenter", font_color="#1F4E79")
        self._sheet.write_string(0, 0, text, style)
        self._row = 1

    def heading(self, text: str) -> None:
        """A heading, with a blank line above."""
        self._row += 1
        self._sheet.set_row(self._row, 22)
        style = self._style(
            bold=True, font_size=12, valign="vcenter", font_color="#1F4E79", bottom=2, bottom_color="#1F4E79"
        )
        for column in range(len(_WIDTHS)):
            self._sheet.write_string(self._row, column, text if column == 0 else "", style)
        self._row += 1

    def gap(self) -> None:
        """A blank line."""
        self._row += 1

    def paragraph(self, label: str, text: str, fill: str | None = None) -> None:
        """A label and its text, as high as the text needs."""
        room = sum(_WIDTHS[1:]) - 2
        lines = line_count(text, room)
        self._sheet.set_row(self._row, max(_LINE * lines + 4, _LINE * line_count(label, _WIDTHS[0] - 1) + 4))
        coloured = {"bg_color": fill} if fill else {}
        self._sheet.write_string(self._row, 0, safe_cell(label), self._style(bold=True, text_wrap=True, **coloured))
        style = self._style(text_wrap=True, align="left")
        self._sheet.merge_range(self._row, 1, self._row, len(_WIDTHS) - 1, "", style)
        self._sheet.write_string(self._row, 1, safe_cell(text), style)
        self._row += 1

    def tallies(self, title: str, lines: Iterable[tuple[str, Tally, str, str | None]]) -> None:
        """A small table: what, breach, review, both, and a remark."""
        self.heading(title)
        said = self._made.words.t
        head = self._style(bold=True, align="right", bg_color="#D9E2F0", border=1, border_color="#BFBFBF")
        titles = ("", said("verdict.breach"), said("verdict.review"), said("column.total"), "")
        for column, text in enumerate(titles):
            self._sheet.write_string(self._row, column, text, head)
        self._row += 1
        for name, tally, remark, fill in lines:
            cells = (name, tally.breach, tally.review, tally.total, remark)
            self._cells(cells, {"bg_color": fill} if fill else {})

    def _cells(self, cells: tuple[str | int, ...], coloured: dict[str, Any]) -> None:
        if isinstance(cells[-1], str) and (lines := line_count(cells[-1], _WIDTHS[-1] - 2)) > 1:
            self._sheet.set_row(self._row, _LINE * lines + 4)
        lined: dict[str, Any] = {"border": 1, "border_color": "#BFBFBF"}
        for column, value in enumerate(cells):
            if isinstance(value, int):
                self._sheet.write_number(self._row, column, value, self._style(**lined, num_format="#,##0"))
            else:
                # A remark stands beside a number that ends at the same line.
                style = self._style(**lined, text_wrap=True, **({"indent": 1} if column else coloured))
                self._sheet.write_string(self._row, column, safe_cell(value), style)
        self._row += 1

    def _style(self, **settings: Any) -> Any:
        return self._made.book.style(**settings)
