"""What the form of a rule file must keep beyond its keys: names, words, dates, and a proof that leaves nothing out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from analyzer.engine.compile import FORM, PLACEHOLDER, RESERVED
from analyzer.model import Problem, Text, Verdict
from analyzer.model.rule import Rule, Wording
from analyzer.rulebook.document import Document, Step, nearest
from analyzer.rulebook.library import Library, RuleFile

UNFINISHED = "TODO"
"""The word that a skeleton leaves where a person has to write; a rule that still holds it is refused."""

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_FAULT_FIRST = re.compile(r"(?:check|ensure)\b|确保", re.IGNORECASE)
_PARAMETER = re.compile(r"\bp\.([a-z_]\w*)")
_WORDINGS = ("title", "requirement", "explain", "remedy", "limits")


def form_problems(library: Library, one: RuleFile) -> list[Problem]:
    """Return what is wrong with the form of one rule file."""
    checks = (unfinished(one), _identity(library, one), _words(one), _answers(one), _dates(library, one), _proof(one))
    return [problem for found in checks for problem in found]


def lint(library: Library, rules: Sequence[RuleFile]) -> list[Problem]:
    """Return what is wrong with the form of several rule files, and between them."""
    return [problem for one in rules for problem in form_problems(library, one)] + _same_codes(library, rules)


def notes(library: Library, today: date) -> list[Text]:
    """Return what is no mistake but worth knowing: parameters that no rule uses, and next year's calendar."""
    found = []
    idle = sorted(set(library.parameters) - _parameters_named(library))
    if idle:
        found.append(Text(f"没有规则用到的参数：{'、'.join(idle)}", f"parameters that no rule uses: {', '.join(idle)}"))
    if today.month == 12 and library.calendar.last.year <= today.year:
        year = today.year + 1
        zh = f"缺少 {year} 年的工作日历（rules/calendar/{year}.csv）；跨年的工作日期限将无法判定"
        en = f"the calendar of {year} is missing (rules/calendar/{year}.csv); working days beyond the year cannot be counted"
        found.append(Text(zh, en))
    return found


def _parameters_named(library: Library) -> set[str]:
    documents = [one.document for one in library.rules.values()] + list(library.base_files.values())
    return {name for one in documents for text in _texts(one.data) for name in _PARAMETER.findall(text[1])}


def _texts(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text in a document with the steps to it."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield (*at, str(key)), str(key)
            yield from _texts(inner, (*at, str(key)))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*at, number))


def unfinished(one: RuleFile) -> list[Problem]:
    """Return the places of a rule file where a skeleton's mark still stands."""
    problems = []
    for at, text in _texts(one.document.data):
        if UNFINISHED in text:
            part = ".".join(str(step) for step in at)
            cause = Text(f"`{part}` 还没有写完（{UNFINISHED}）", f"`{part}` is not written yet ({UNFINISHED})")
            problems.append(one.document.problem(cause, at=at))
    return problems


def _identity(library: Library, one: RuleFile) -> Iterable[Problem]:
    path, rule = one.document.path, one.rule
    own = [path.stem] if path.parent in library.folders else [path.parent.name, path.stem]
    if rule.id.split(".")[-len(own) :] != own:
        wanted = ".".join(own) if len(own) == 2 else f"{rule.id.split('.')[0]}.{path.stem}"
        cause = Text(f"id `{rule.id}` 与文件不一致", f"the id `{rule.id}` is not that of its file")
        remedy = Text(f"请改为 `{wanted}`，或改文件名", f"Write `{wanted}`, or rename the file")
        yield one.document.problem(cause, remedy, ["id"])
    if not re.fullmatch(r"[A-Z]{2,5}-\d{2,3}", rule.code):
        cause = Text(f"代码 `{rule.code}` 的写法不对", f"the code `{rule.code}` is not written right")
        remedy = Text("写作三个大写字母、短横、两位数字，如 OWN-01", "Write three capitals, a dash, two digits: OWN-01")
        yield one.document.problem(cause, remedy, ["code"])


def _same_codes(library: Library, rules: Sequence[RuleFile]) -> list[Problem]:
    """A former code still stands in old letters, so that no other rule may take it."""
    problems = []
    for one in rules:
        for other in library.rules.values():
            if other is not one and one.rule.code in other.rule.formerly:
                where = other.document.path.as_posix()
                cause = Text(
                    f"代码 {one.rule.code} 曾属于 {where}", f"the code {one.rule.code} once was that of {where}"
                )
                problems.append(one.document.problem(cause, at=["code"]))
            if other is not one and one.rule.id == other.rule.id:
                where = other.document.path.as_posix()
                cause = Text(f"id {one.rule.id} 已被 {where} 使用", f"the id {one.rule.id} is used by {where}")
                problems.append(one.document.problem(cause, at=["id"]))
    return problems


_NO_NUMBERS = frozenset(RESERVED) - {"records", "amount"}


def _words(one: RuleFile) -> Iterable[Problem]:
    rule = one.rule
    for part in _WORDINGS:
        wording: Wording | None = getattr(rule, part)
        if wording is not None:
            yield from _two_languages(one.document, part, wording)
    for part in ("explain", "remedy"):
        wording = getattr(rule, part)
        zh, en = set(PLACEHOLDER.findall(wording.zh)), set(PLACEHOLDER.findall(wording.en))
        if zh != en:
            odd = "、".join(sorted(zh ^ en))
            cause = Text(f"{part} 两种语言的占位符不同：{odd}", f"{part} has placeholders in one language only: {odd}")
            yield one.document.problem(cause, at=[part])
        for language, names in (("zh", zh), ("en", en)):
            if unsaid := {form[0] for form in FORM.findall(getattr(wording, language))} - (names - _NO_NUMBERS):
                told = "、".join(sorted(unsaid))
                cause = Text(
                    f"{part} 按 {told} 变词形，但没有写出这个数",
                    f"{part} has a form for {told}, whose number it does not give",
                )
                yield one.document.problem(cause, at=[part, language])
    for language in ("zh", "en"):
        title = getattr(rule.title, language)
        if _FAULT_FIRST.match(title):
            cause = Text(
                f"标题不要以“检查”“确保”一类的词开头：{title}", f"a title does not begin with Check or Ensure: {title}"
            )
            remedy = Text("标题写问题本身，如“告知超期”", "Name the problem itself: The party was told late")
            yield one.document.problem(cause, remedy, ["title", language])


def _two_languages(document: Document, part: str, wording: Wording) -> Iterable[Problem]:
    if not wording.zh.strip() or not wording.en.strip():
        cause = Text(f"{part} 缺少一种语言", f"{part} lacks a language")
        yield document.problem(cause, at=[part])
    elif not _CHINESE.search(wording.zh):
        yield document.problem(Text(f"{part}.zh 不是中文", f"{part}.zh is not Chinese"), at=[part, "zh"])
    elif _CHINESE.search(PLACEHOLDER.sub("", wording.en)):
        yield document.problem(Text(f"{part}.en 里有中文", f"{part}.en holds Chinese"), at=[part, "en"])


def _answers(one: RuleFile) -> Iterable[Problem]:
    rule = one.rule
    if rule.breach is None and rule.review is None:
        yield one.document.problem(Text("既没有 breach 也没有 review", "there is neither `breach` nor `review`"))
    if str(rule.force) == "indicator" and rule.breach is not None:
        cause = Text("线索类规则不能判违规", "an indicator may not say breach")
        yield one.document.problem(cause, Text("请改用 review", "Use review"), ["breach"])
    known = [str(verdict) for verdict in Verdict]
    for word in rule.answers:
        if word not in known:
            cause = Text(f"`{word}` 不是结论", f"`{word}` is no answer")
            yield one.document.problem(cause, nearest(word, known), ["answers"])


def _dates(library: Library, one: RuleFile) -> Iterable[Problem]:
    for number, citation in enumerate(one.rule.basis):
        law, start, end = library.laws.get(citation.law), citation.from_, citation.until
        at: list[Step] = ["basis", number, "from"]
        if start and end and end < start:
            yield one.document.problem(Text("until 早于 from", "`until` lies before `from`"), at=at)
        if law and start and law.from_ and start < law.from_:
            cause = Text(
                f"from {start} 早于 {citation.law} 的施行日 {law.from_}",
                f"from {start} lies before {citation.law} was in force ({law.from_})",
            )
            yield one.document.problem(cause, at=at)
        if law and start and law.until and start > law.until:
            cause = Text(
                f"from {start} 晚于 {citation.law} 的失效日 {law.until}",
                f"from {start} lies after {citation.law} ended ({law.until})",
            )
            yield one.document.problem(cause, at=at)


def _proof(one: RuleFile) -> Iterable[Problem]:
    """A rule over rows that have more than their key can meet a blank and an unreadable cell, and shows both."""
    if not one.rule.examples.cases:
        return
    values = list(_example_cells(one.rule))
    if not any(value is None for value in values):
        cause = Text("没有一个示例含空白（null）单元格", "no example has a blank cell (null)")
        remedy = Text("加一个示例，说明空白时怎么判", "Add one that shows what a blank comes to")
        yield one.document.problem(cause, remedy, ["examples"])
    if "unknown" not in values:
        cause = Text("没有一个示例含读不出的单元格（unknown）", "no example has an unreadable cell (unknown)")
        remedy = Text("加一个示例，说明未知时怎么判", "Add one that shows what an unknown cell comes to")
        yield one.document.problem(cause, remedy, ["examples"])


def _example_cells(rule: Rule) -> Iterator[Any]:
    """Every cell written in the examples; a table that was not supplied is unknown in all of its cells."""
    for rows in (rule.examples.base, *(case.given for case in rule.examples.cases)):
        for of_table in rows.values():
            if isinstance(of_table, str):
                yield of_table
            for row in of_table if isinstance(of_table, list) else [of_table]:
                yield from row.values() if isinstance(row, dict) else ()


__all__ = ["UNFINISHED", "form_problems", "lint", "notes", "unfinished"]
