"""Which language the command line speaks: Chinese, unless `--lang en` or ANALYZER_LANG says English."""

from __future__ import annotations

import os
import sys

from analyzer.model.errors import Language


def chosen(arguments: list[str] | None = None) -> Language:
    """Return the language that the arguments or the environment ask for.

    It is needed before the arguments are parsed, because the help texts are in it too.
    """
    words = sys.argv[1:] if arguments is None else arguments
    for number, word in enumerate(words):
        if word == "--lang" and number + 1 < len(words):
            return "en" if words[number + 1] == "en" else "zh"
        if word.startswith("--lang="):
            return "en" if word.removeprefix("--lang=") == "en" else "zh"
    return "en" if os.environ.get("ANALYZER_LANG", "").startswith("en") else "zh"


LANGUAGE: Language = chosen()


def say(zh: str, en: str) -> str:
    """Return the text in the language of this run."""
    return zh if LANGUAGE == "zh" else en
