"""The review sheet of one case (案卷评查): its steps with their clocks, every answer, what is missing, what is left to a person."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from analyzer.model import Text, Verdict
from analyzer.model.errors import Language
from analyzer.model.law import Citation
from analyzer.model.rule import Wording
from analyzer.reports.lawbook import Citations, Lawbook
from analyzer.reports.masking import mask
from analyzer.reports.wording import Words
from analyzer.store.case_clock import Timing
from analyzer.store.case_file import LINKED, CaseFile
from analyzer.store.reopen import Judged

_STATES = {
    "kept": Text("在期限内", "in time"),
    "late": Text("超期或不足", "late, or too short"),
    "running": Text("未完成，期限未到", "not done, time still runs"),
    "unlimited": Text("没有生效的天数", "no number in force"),
    "unknown": Text("日期缺失，无法计算", "a date is missing"),
}
_METHOD = Text(
    "计分方法：合规项 ÷（合规＋违规＋待核）；不适用和无法判定的不计。这不是任何官方评查标准的分数。",
    "Method: compliant ÷ (compliant + breach + review); not applicable and not assessable are left out. This is no score of any official standard.",
)


@dataclass(frozen=True)
class Block:
    """One part of the sheet: a heading, sentences, and a table where there is one."""

    heading: str
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class CaseReview:
    """The sheet of one case in one language."""

    def __init__(self, case: CaseFile, language: Language, show_personal: bool = False) -> None:
        """Take the case; personal cells are masked unless `show_personal`."""
        self.case, self.words, self.show_personal = case, Words(language), show_personal
        opened = case.opened
        self.law = Lawbook(opened.library, opened.rulings, opened.setting)
        self.citations = Citations(self.law, self.words)

    def markdown(self) -> str:
        """Return the sheet as Markdown."""
        lines = [f"# {self.title()}", ""]
        for block in self.blocks():
            lines += [f"## {block.heading}", "", *(f"{line}\n" for line in block.lines)]
            if block.rows:
                lines += [f"| {' | '.join(block.head)} |", f"|{'---|' * len(block.head)}"]
                lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in block.rows]
                lines.append("")
        return "\n".join(lines).rstrip() + "\n"

    def html(self) -> str:
        """Return the sheet as one HTML page without outside parts."""
        parts = [f"<h1>{html.escape(self.title())}</h1>"]
        for block in self.blocks():
            parts.append(f"<h2>{html.escape(block.heading)}</h2>")
            parts += [f"<p>{html.escape(line)}</p>" for line in block.lines]
            if block.rows:
                rows = [("th", block.head), *(("td", row) for row in block.rows)]
                cells = ("".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row) for tag, row in rows)
                parts.append("<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>")
        style = (
            "body{font-family:sans-serif;max-width:60em;margin:2em auto;line-height:1.5}"
            "table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3em .5em;text-align:left}"
        )
        lang = "zh-CN" if self.words.language == "zh" else "en"
        return (
            f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{html.escape(self.title())}</title>'
            f"<style>{style}</style><body>{''.join(parts)}</body></html>\n"
        )

    def data(self) -> dict[str, Any]:
        """Return the sheet as plain data."""
        compliant, scored = self.case.score
        return {
            "case_id": self.case.case_id,
            "as_of": self.case.opened.setting.as_of.isoformat(),
            "profile": self.case.opened.rulings.profile,
            "rows": {
                table: [
                    {name: self.shown(table, name, row) for name in row if not name.startswith("_")} for row in rows
                ]
                for table, rows in self.case.rows.items()
            },
            "clocks": [self.timing_data(one) for one in self.case.timings],
            "answers": [self.answer_data(one) for one in self.case.answers],
            "score": {"compliant": compliant, "scored": scored, "method": self.words.say(_METHOD)},
            "for_the_reviewer": [self.words.say(one) for one in self.case.clocks.for_the_reviewer],
        }

    # What the sheet says

    def t(self, zh: str, en: str) -> str:
        """Return one of two texts."""
        return zh if self.words.language == "zh" else en

    def title(self) -> str:
        """Return the title of the sheet."""
        return self.t(f"案卷评查表 {self.case.case_id}", f"Case review {self.case.case_id}")

    def blocks(self) -> list[Block]:
        """Return the parts of the sheet in their order."""
        return [self.about(), self.file(), self.clocks(), self.findings(), self.missing(), self.kept(), self.left()]

    def about(self) -> Block:
        """The score and how it is made."""
        compliant, scored = self.case.score
        opened = self.case.opened
        profile = self.words.say(self.law.profile_title())
        said = self.t(
            f"审核日 {opened.setting.as_of}；法律配置：{profile}。",
            f"As of {opened.setting.as_of}; profile: {profile}.",
        )
        score = self.t(
            f"可由程序核对的 {scored} 项中合规 {compliant} 项", f"{compliant} of {scored} checkable items are in order"
        )
        share = f"{100 * compliant / scored:.0f}%" if scored else "—"
        return Block(
            self.t("结论", "Result"),
            (
                said,
                f"{score}（{share}）" if self.words.language == "zh" else f"{score} ({share}).",
                self.words.say(_METHOD),
            ),
        )

    def file(self) -> Block:
        """The cells of the case and of what belongs to it."""
        rows = []
        for table in ("cases", *LINKED):
            for row in self.case.rows[table]:
                key = str(row[self.case.keys[table]])
                cells = [
                    f"{self.words.say(self.law.column_title(table, name))} {self.shown(table, name, row)}"
                    for name in row
                    if not name.startswith("_") and name != self.case.keys[table] and row[name] is not None
                ]
                rows.append((self.words.say(self.law.table_title(table)), key, self.t("；", "; ").join(cells)))
        return Block(
            self.t("案卷内容", "The file"),
            (),
            (self.t("表", "Table"), self.t("编号", "Key"), self.t("内容", "Content")),
            tuple(rows),
        )

    def clocks(self) -> Block:
        """Every step that began, with its limit."""
        head = self.t("步骤,起,止,已用,期限,剩余,状态,依据", "Step,From,To,Used,Limit,Left,State,Law").split(",")
        rows = tuple(self.timing(one) for one in self.case.timings)
        return Block(self.t("步骤与期限", "Steps and time limits"), (), tuple(head), rows)

    def timing(self, one: Timing) -> tuple[str, ...]:
        """One step as a row of the table."""
        basis = one.entry.basis if one.entry and one.entry.basis else (one.clock.law,)
        limit = self.citations.value(one.unit, one.limit) if one.limit is not None else "—"
        if one.limit is not None and one.clock.at_least:
            least = self.t("超过", "more than ") if one.clock.run_out else self.t("不少于", "at least ")
            limit = least + limit
        if one.last_day is not None and not one.clock.at_least:
            limit += self.t(f"（至 {one.last_day}）", f" (to {one.last_day})")
        days = "wd" if one.unit == "wd" else "cd"
        counted = self.t("未完成", "not done") if one.end is None else str(one.end)
        return (
            self.words.say(one.clock.title), str(one.start), counted,
            "—" if one.used is None else self.citations.value(days, one.used), limit,
            "—" if one.left is None else str(one.left), self.words.say(_STATES[one.state]),
            self.citations.places(basis, marked=True),
        )  # fmt: skip

    def findings(self) -> Block:
        """What is not in order."""
        found = self.case.with_verdict(Verdict.BREACH, Verdict.REVIEW)
        none = (
            ()
            if found
            else (self.t("没有违规或待核的项目。", "Nothing was found to be a breach or in need of review."),)
        )
        head = self.t("规则,问题,记录,结论,依据,建议", "Rule,Problem,Record,Answer,Law,Remedy").split(",")
        rows = tuple(
            (one.rule.rule.code, self.words.say(one.rule.rule.title.text), one.key,
             self.words.name("verdict", str(one.verdict)), self.basis(one), self.remedy(one))
            for one in found
        )  # fmt: skip
        return Block(self.t("违规与待核", "Breaches and reviews"), none, tuple(head), rows)

    def remedy(self, one: Judged) -> str:
        """The remedy where it names no fact of the finding."""
        text = self.words.say(one.rule.rule.remedy.text)
        return "" if "{" in text else text

    def basis(self, one: Judged) -> str:
        """The law of a rule."""
        cited = [
            Citation(each.law, each.article.text if isinstance(each.article, Wording) else each.article)
            for each in one.rule.rule.basis
        ]
        return self.citations.places(cited, marked=True)

    def missing(self) -> Block:
        """What could not be answered and why."""
        rows = tuple(
            (
                one.rule.rule.code,
                self.words.say(one.rule.rule.title.text),
                one.key,
                self.t("；", "; ").join(map(self.label, one.missing)),
            )
            for one in self.case.with_verdict(Verdict.NOT_ASSESSABLE)
        )
        head = self.t("规则,问题,记录,缺少", "Rule,Problem,Record,Missing").split(",")
        return Block(self.t("无法判定", "Not assessable"), (), tuple(head), rows)

    def label(self, label: str) -> str:
        """What was missing, in words: `cell:cases.served_on` is the title of the column."""
        kind, _, place = label.partition(":")
        table, _, column = place.partition(".")
        if kind in ("cell", "column") and column and " " not in place:
            where = (
                f"{self.words.say(self.law.table_title(table))} {self.words.say(self.law.column_title(table, column))}"
            )
            return where + (self.t("（无此列）", " (no such column)") if kind == "column" else "")
        if kind == "table":
            return self.t("缺表 ", "table ") + self.words.say(self.law.table_title(place))
        if kind == "parameter" and place in self.law.rulings.parameters:
            return self.words.say(self.law.rulings.parameters[place].title)
        return place or label

    def kept(self) -> Block:
        """What is in order, and what does not apply."""
        kept = self.case.with_verdict(Verdict.COMPLIANT)
        rows = tuple((one.rule.rule.code, self.words.say(one.rule.rule.requirement.text), one.key) for one in kept)
        other = len(self.case.with_verdict(Verdict.NOT_APPLICABLE))
        head = self.t("规则,要求,记录", "Rule,Requirement,Record").split(",")
        return Block(
            self.t("合规", "In order"),
            (self.t(f"另有 {other} 项不适用。", f"{other} more do not apply."),),
            tuple(head),
            rows,
        )

    def left(self) -> Block:
        """What only a person can judge, with room to write."""
        rows = tuple((self.words.say(one), "", "") for one in self.case.clocks.for_the_reviewer)
        head = self.t("项目,评查意见,评查人", "Item,Opinion,Reviewer").split(",")
        note = self.t("以下项目数据说明不了，由评查人填写。", "The data cannot show these; the reviewer fills them in.")
        return Block(self.t("由评查人填写", "For the reviewer"), (note,), tuple(head), rows)

    # Values

    def shown(self, table: str, name: str, row: Any) -> str | None:
        """A cell as it may be shown."""
        value = row[name]
        if value is None:
            return None
        meaning = self.law.personal(table, name)
        if isinstance(value, bool):
            return self.t("是", "yes") if value else self.t("否", "no")
        text = value.isoformat(" ") if isinstance(value, datetime) else str(value)
        spellings = (self.law.library.vocabulary[table].columns[name].values or {}).get(text)
        if spellings and self.words.language == "zh":
            return spellings[0]
        return mask(text, meaning) if meaning and not self.show_personal else text

    def timing_data(self, one: Timing) -> dict[str, Any]:
        """One clock as plain data."""
        return {
            "step": self.words.say(one.clock.title), "record_key": one.key, "from": str(one.start),
            "to": _day(one.end), "counted_to": _day(one.counted_to), "used": one.used, "limit": one.limit,
            "unit": one.unit, "at_least": one.clock.at_least, "last_day": _day(one.last_day), "left": one.left,
            "state": one.state, "parameter": one.clock.parameter,
        }  # fmt: skip

    def answer_data(self, one: Judged) -> dict[str, Any]:
        """One answer as plain data."""
        rule = one.rule.rule
        return {
            "rule": rule.code, "title": self.words.say(rule.title.text), "table": one.table, "record_key": one.key,
            "verdict": str(one.verdict), "missing": list(one.missing), "basis": self.basis(one),
        }  # fmt: skip


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


__all__ = ["Block", "CaseReview"]
