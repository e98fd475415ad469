"""The words of the reports in both languages, by dotted key: `messages/zh.toml`, `messages/en.toml`, and beside them files of
one subject such as `document.zh.toml`. A key stands in one of them only."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from analyzer.model import Text
from analyzer.model.errors import Language


class Words:
    """The words of one language.

    >>> Words("zh").t("verdict.breach")
    '违规'
    """

    def __init__(self, language: Language) -> None:
        """Take the messages of `language`."""
        self.language: Language = language
        self._messages = messages(language)

    def __contains__(self, key: str) -> bool:
        """Whether there is a message of this key."""
        return key in self._messages

    def t(self, key: str, **values: object) -> str:
        """Return the message at a dotted key, its placeholders filled; raise `KeyError` for a key that is not there."""
        text = self._messages[key]
        return text.format(**values) if values else text

    def name(self, group: str, word: str | None) -> str:
        """Return what `word` is called (`severity`, `high`), or the word itself where no message names it."""
        return "" if word is None else self._messages.get(f"{group}.{word}", word)

    def say(self, text: Text) -> str:
        """Return a text in this language."""
        return text.say(self.language)


@lru_cache(maxsize=2)
def messages(language: Language) -> Mapping[str, str]:
    """Return every message of a language by its dotted key."""
    found: dict[str, str] = {}
    for path in sorted((files("analyzer.reports") / "messages").iterdir(), key=lambda one: one.name):
        if path.name.split(".")[-2:] == [language, "toml"]:
            pairs = dict(_flat(tomllib.loads(path.read_text(encoding="utf-8")), ""))
            assert not found.keys() & pairs.keys(), (path.name, found.keys() & pairs.keys())
            found |= pairs
    return found


def _flat(data: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in data.items():
        pairs += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, str(value))]
    return pairs
