"""The first draft of a rule file: everything a rule must say, with a mark wherever a person has to write."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from analyzer.model import AnalyzerError, Force, Problem, Severity, Text
from analyzer.model.errors import NOTHING
from analyzer.rulebook.document import nearest
from analyzer.rulebook.library import Library

_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_CODE = re.compile(r"[A-Z]{2,5}-\d{2,3}")

_TEMPLATE = """\
# TODO 一两句话：这条规则看什么、为什么这样判。
id: {id}
code: {code}
version: 1
status: active
force: {force}
severity: {severity}
title: {{zh: {title_zh}, en: {title_en}}}
requirement:
  zh: TODO 合法的状态是什么
  en: TODO the lawful state
basis:
  - {{law: {law}, article: "TODO"}}   # 41(3) 表示第四十一条第三款；from: 该条施行的日期

reads: {reads}
applies_when: TODO   # 哪些行归这条规则管；全部都管就写 true
{leg}: TODO   # 什么情况下{leg_zh}；可用的列：{columns}
# blank_is_proof: []   # 空白即证据的列

subject: {{kind: {subject}, id: {key}}}
facts: [{key}]
explain:
  zh: TODO 查到了什么，如“案件 {{{key}}}……”
  en: "TODO what was found, such as: case {{{key}}} ..."
remedy:
  zh: TODO 建议怎么办
  en: TODO what to do about it
limits:
  zh: TODO 数据说明不了什么
  en: TODO what the data cannot show
answers: [{leg}, compliant, not_assessable, not_applicable]
examples:
  base:
    {reads}: {{{key}: X1, TODO: 1}}   # 每一列都要写出来；没写的列算未知
  cases:
    - name: TODO just beyond the boundary
      expect: {leg}
    - name: TODO just within the boundary
      given: {{{reads}: {{TODO: 1}}}}
      expect: compliant
    - name: TODO the deciding cell is blank
      given: {{{reads}: {{TODO: null}}}}
      expect: not_assessable
    - name: TODO the deciding cell cannot be read
      given: {{{reads}: {{TODO: unknown}}}}
      expect: not_assessable
    - name: TODO a row that the law does not reach
      given: {{{reads}: {{TODO: 1}}}}
      expect: not_applicable
"""


@dataclass(frozen=True)
class Draft:
    """What is known of a rule before its logic is written. An empty code takes the next free one of the family."""

    id: str
    title: Text
    reads: str
    force: str
    severity: str
    law: str
    code: str = ""


def write_skeleton(library: Library, draft: Draft, out: Path) -> Path:
    """Write the skeleton to `out/<family>/<name>.yaml` and return the path.

    Raises `AnalyzerError` with every mistake of the draft, and never overwrites a file.
    """
    problems = list(_problems(library, draft))
    family, _, name = draft.id.partition(".")
    path = out / family / f"{name}.yaml"
    if path.exists():
        problems.append(Problem(path.as_posix(), Text("文件已经存在", "the file is already there")))
    if problems:
        raise AnalyzerError(problems)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(skeleton(library, draft), encoding="utf-8")
    return path


def skeleton(library: Library, draft: Draft) -> str:
    """Return the text of the skeleton."""
    table = library.vocabulary[draft.reads]
    indicator = draft.force == Force.INDICATOR
    columns = [name for name in table.columns if name not in table.key]
    return _TEMPLATE.format(
        id=draft.id,
        code=draft.code or next_code(library, draft.id.partition(".")[0]),
        force=draft.force,
        severity=draft.severity,
        title_zh=_quoted(draft.title.zh),
        title_en=_quoted(draft.title.en),
        law=draft.law,
        reads=draft.reads,
        key=table.key[0],
        subject=draft.reads.removesuffix("s"),
        leg="review" if indicator else "breach",
        leg_zh="待核" if indicator else "违规",
        columns="、".join(columns[:8]) + ("……" if len(columns) > 8 else ""),
    )


def next_code(library: Library, family: str) -> str:
    """Return the next free code of a family of rules; a family that the library does not have is OWN."""
    letters = Counter(one.rule.family for one in library.rules.values() if one.rule.id.startswith(f"{family}."))
    word = letters.most_common(1)[0][0] if letters else "OWN"
    taken = {code for one in library.rules.values() for code in (one.rule.code, *one.rule.formerly)}
    numbers = [int(code.split("-")[1]) for code in taken if code.startswith(f"{word}-")]
    return f"{word}-{max(numbers, default=0) + 1:02d}"


def _problems(library: Library, draft: Draft) -> list[Problem]:
    problems = []

    def refuse(option: str, zh: str, en: str, remedy: Text = NOTHING) -> None:
        problems.append(Problem(option, Text(zh, en), remedy))

    if not _ID.fullmatch(draft.id):
        example = Text(
            "写作 notice.told_at_all：类别、点、合法的状态", "Write family, dot, lawful state: notice.told_at_all"
        )
        refuse("FAMILY.NAME", f"`{draft.id}` 的写法不对", f"`{draft.id}` is not written right", example)
    if any(one.rule.id == draft.id for one in library.rules.values()):
        refuse("FAMILY.NAME", f"已有规则 {draft.id}", f"there is a rule {draft.id} already")
    if draft.code and not _CODE.fullmatch(draft.code):
        refuse("--code", f"`{draft.code}` 应写作 OWN-01", f"`{draft.code}` must be written like OWN-01")
    if any(draft.code in (one.rule.code, *one.rule.formerly) for one in library.rules.values() if draft.code):
        free = next_code(library, draft.id.partition(".")[0])
        refuse(
            "--code", f"代码 {draft.code} 已被使用", f"{draft.code} is taken", Text(f"可用 {free}", f"{free} is free")
        )
    for option, word, known in (
        ("--reads", draft.reads, list(library.vocabulary.tables)),
        ("--force", draft.force, [str(one) for one in Force]),
        ("--severity", draft.severity, [str(one) for one in Severity]),
        ("--law", draft.law, list(library.laws)),
    ):
        if word not in known:
            listed = Text(f"可用：{', '.join(known)}", f"Known: {', '.join(known)}")
            near = nearest(word, known)
            refuse(option, f"没有 `{word}`", f"there is no `{word}`", near if near.en else listed)
    for option, text in (("--title-zh", draft.title.zh), ("--title-en", draft.title.en)):
        if not text.strip():
            refuse(option, "没有写标题", "there is no title")
    return problems


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


__all__ = ["Draft", "next_code", "skeleton", "write_skeleton"]
