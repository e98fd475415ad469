"""The family of errors: each says place, cause and remedy, in both languages, many at once.

    AnalyzerError
      one or more Problem(place, cause, remedy)

A mistake in a file, a rule or an option is raised as one `AnalyzerError` that carries every problem found, so
that a person mends all of them in one go. Personal data never goes into a problem's text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str

    def say(self, language: Language = "zh") -> str:
        """Return the sentence in `language`."""
        return self.zh if language == "zh" else self.en


NOTHING = Text("", "")
"""No sentence at all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is, what is wrong, what to do."""

    place: str
    cause: Text
    remedy: Text = NOTHING

    def say(self, language: Language = "zh") -> str:
        """Return the problem as lines of text: the place, then cause and remedy indented below it."""
        lines = [self.place, "  " + self.cause.say(language)]
        if remedy := self.remedy.say(language):
            lines.append("  " + remedy)
        return "\n".join(lines)


class AnalyzerError(Exception):
    """What was asked cannot be done; `problems` says why, all at once."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(problem.say("en") for problem in self.problems))

    def say(self, language: Language = "zh") -> str:
        """Return every problem in `language`, one below the other."""
        return "\n".join(problem.say(language) for problem in self.problems)
