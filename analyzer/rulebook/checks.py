"""Small checks that the files of the law share; each mistake becomes a problem with file, line, remedy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.rulebook.document import Document, Step, nearest, read_document

Steps = tuple[Step, ...]
NOTHING = Text("", "")


def read_folder(folder: Path, problems: list[Problem]) -> list[Document]:
    """Read every YAML file of a folder by name; one that cannot be read is a problem, not an end."""
    documents = []
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        cause = Text("文件夹里没有 .yaml 文件", "there is no .yaml file in this folder")
        problems.append(Problem(folder.as_posix(), cause))
    for path in paths:
        try:
            documents.append(read_document(path))
        except AnalyzerError as error:
            problems.extend(error.problems)
    return documents


@dataclass(frozen=True)
class Checker:
    """Reads parts of one document and notes what is wrong with them."""

    document: Document
    problems: list[Problem]

    def report(self, at: Steps, zh: str, en: str, remedy: Text = NOTHING) -> None:
        """Note a mistake at the node reached by `at`."""
        self.problems.append(self.document.problem(Text(zh, en), remedy, at))

    def mapping(self, value: Any, at: Steps) -> dict[Any, Any] | None:
        """Return the value if it is a mapping, else note the mistake."""
        if isinstance(value, dict):
            return value
        self.report(at, f"`{at[-1]}` 应是“键: 值”", f"`{at[-1]}` must be `key: value` pairs")
        return None

    def keys(self, data: dict[Any, Any], allowed: Collection[str], required: Collection[str], at: Steps = ()) -> None:
        """Note every key that is not allowed, and every required one that is missing."""
        for key in data:
            if key not in allowed:
                self.report((*at, key), f"不认识的键 `{key}`", f"unknown key `{key}`", _allowed(key, allowed))
        for key in required:
            if key not in data:
                self.report(at, f"缺少键 `{key}`", f"the key `{key}` is missing")

    def text(self, data: dict[Any, Any], key: str, at: Steps = (), chinese_only: bool = False) -> Text | None:
        """Return the text `{zh, en}` under a key, None where the key is missing."""
        if key not in data:
            return None
        place = (*at, key)
        value = self.mapping(data[key], place)
        if value is None:
            return None
        self.keys(value, ("zh", "en"), ("zh",) if chinese_only else ("zh", "en"), place)
        zh = str(value.get("zh", ""))
        return Text(zh, str(value.get("en", zh)))

    def day(self, data: dict[Any, Any], key: str, at: Steps = ()) -> date | None:
        """Return the date under a key, None where the key is missing."""
        value = data.get(key)
        if value is None or type(value) is date:
            return value
        remedy = Text("日期写作 2021-07-15", "Write dates like 2021-07-15")
        self.report((*at, key), f"`{value}` 不是日期", f"`{value}` is not a date", remedy)
        return None

    def word(self, data: dict[Any, Any], key: str, allowed: Collection[str], at: Steps = ()) -> str | None:
        """Return the word under a key if it is one of `allowed`, None where the key is missing."""
        value = data.get(key)
        if value is None or (isinstance(value, str) and value in allowed):
            return value
        remedy = _allowed(str(value), allowed)
        self.report((*at, key), f"`{key}` 不能是 `{value}`", f"`{key}` cannot be `{value}`", remedy)
        return None


def _allowed(word: object, allowed: Collection[str]) -> Text:
    near = nearest(str(word), allowed)
    words = ", ".join(sorted(allowed))
    return Text(f"{near.zh}可用：{words}", f"{near.en} Allowed: {words}".strip())
