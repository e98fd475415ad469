"""YAML files with the line of every node, so that each mistake can be shown where it stands.

Files are read with the fast loader; only when something is wrong is the file composed again to find the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz import process
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.model.errors import NOTHING

Step = str | int
_DAY = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")


@dataclass(frozen=True)
class Document:
    """One YAML file: its data, and where each part of it stands."""

    path: Path
    data: dict[str, Any]

    def line(self, *steps: Step) -> int:
        """Return the line (from 1) of the node at `steps`, or of the nearest node above it that exists."""
        text = self.path.read_text(encoding="utf-8")
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
        line = 1
        for step in steps:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line

    def place(self, *steps: Step) -> str:
        """Return "file, line N" of the node at `steps`."""
        return f"{self.path.as_posix()}, line {self.line(*steps)}"

    def problem(self, cause: Text, remedy: Text = NOTHING, at: Iterable[Step] = ()) -> Problem:
        """Return a problem at the node reached by `at`."""
        return Problem(self.place(*at), cause, remedy)


def _child(node: Node | None, step: Step) -> tuple[int, Node] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    return None


def read_document(path: Path) -> Document:
    """Read one YAML file whose top is a mapping.

    Raises `AnalyzerError` with file and line when it cannot be read, is not YAML, or repeats a key.
    """
    try:
        data = _load(path.read_text(encoding="utf-8"))
    except DuplicateKeyError as error:
        raise AnalyzerError(_yaml_problem(path, error, Text("同一个键写了两次", "a key is written twice"))) from None
    except MarkedYAMLError as error:
        raise AnalyzerError(_yaml_problem(path, error, Text("不是正确的 YAML", "this is not correct YAML"))) from None
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        cause = Text(f"文件读不出来：{error}", f"the file cannot be read: {error}")
        raise AnalyzerError(Problem(path.as_posix(), cause)) from None
    except ValueError as error:  # a day that no calendar has, such as 2021-02-30
        cause = Text(f"有不存在的日期或数值：{error}", f"there is a date or number that does not exist: {error}")
        raise AnalyzerError(list(_impossible_days(path)) or Problem(path.as_posix(), cause)) from None
    if not isinstance(data, dict):
        cause = Text("文件最外层应是“键: 值”", "the top of the file must be `key: value` pairs")
        raise AnalyzerError(Problem(f"{path.as_posix()}, line 1", cause))
    return Document(path, data)


def _impossible_days(path: Path) -> Iterator[Problem]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        for match in _DAY.finditer(line):
            try:
                date(*map(int, match.groups()))
            except ValueError:
                cause = Text(f"没有 {match[0]} 这一天", f"there is no day {match[0]}")
                yield Problem(f"{path.as_posix()}, line {number}", cause)


@lru_cache(maxsize=1024)
def _load(text: str) -> Any:
    """Read with libyaml, which is ten times faster but refuses a bare 09:30 in braces; then with the patient loader.

    The same text gives the same data without reading it again, so whoever asks must not change what comes back.
    """
    try:
        return YAML(typ="safe").load(text)
    except MarkedYAMLError:
        return YAML(typ="safe", pure=True).load(text)


def _yaml_problem(path: Path, error: MarkedYAMLError, cause: Text) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    detail = str(error.problem or error.context or "").strip().split("\n")[0]
    return Problem(
        f"{path.as_posix()}, line {line}",
        Text(f"{cause.zh}（{detail}）", f"{cause.en} ({detail})"),
        Text("请检查这一行的缩进、冒号和引号", "Check indentation, colons and quotes on this line"),
    )


def nearest(word: str, known: Iterable[str]) -> Text:
    """Return "Did you mean ...?" for a word that is not known, or an empty text when nothing is near."""
    match = process.extractOne(word, list(known), score_cutoff=60)
    if match is None:
        return Text("", "")
    return Text(f"是不是想写 `{match[0]}`？", f"Did you mean `{match[0]}`?")
