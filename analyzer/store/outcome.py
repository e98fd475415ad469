"""What came of a scan: for the line of the morning, for `--json`, and for the command that tells somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analyzer.model import Problem
from analyzer.store.inbox import Arrival, Offered
from analyzer.store.judging import Judged
from analyzer.store.life import Lived
from analyzer.store.warehouse import Run


@dataclass(frozen=True)
class Outcome:
    """What came of a scan. `judged` is false when the last run said everything already; its figures are given then."""

    run_id: str
    run_no: int
    as_of: str
    judged: bool
    lived: Lived
    how: Judged | None
    said: Mapping[str, Any]
    refused: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    again: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    unreadable: tuple[Problem, ...] = field(default=())

    @classmethod
    def of(
        cls, run: Run, how: Judged, refused: Sequence[Problem], warnings: Sequence[Problem],
        again: Sequence[Arrival], offered: Offered,
    ) -> Outcome:  # fmt: skip
        """Return the outcome of a scan that made a run."""
        return cls(
            run.run_id, run.run_no, str(run.as_of), True, Lived(**run.summary["life"]), how, run.summary,
            tuple(refused), tuple(warnings), tuple(one.source.label for one in again), offered.waiting,
            offered.unreadable,
        )  # fmt: skip

    @classmethod
    def nothing_new(cls, last: Run | None, again: Sequence[Arrival], offered: Offered) -> Outcome:
        """Return the outcome of a scan that found nothing to do."""
        labels = tuple(one.source.label for one in again)
        if last is None:
            return cls("", 0, "", False, Lived(), None, {}, (), (), labels, offered.waiting, offered.unreadable)
        lived = Lived(**last.summary["life"])
        return cls(
            last.run_id, last.run_no, str(last.as_of), False, lived, None, last.summary, (), (), labels,
            offered.waiting, offered.unreadable,
        )  # fmt: skip

    @property
    def is_complete(self) -> bool:
        """Whether every file that was complete was also read."""
        return not self.refused and not self.unreadable

    def as_data(self) -> dict[str, Any]:
        """Return the outcome as data: numbers first, then names of files."""
        return {
            "run_id": self.run_id,
            "run_no": self.run_no,
            "as_of": self.as_of,
            "judged": self.judged,
            **self.lived.as_data(),
            "new_by_severity": self.said.get("new_by_severity", {}),
            "findings": self.said.get("totals", {}).get("findings", 0),
            "night": self.said.get("night", {}) if self.judged else {},
            "refused": [_problem(one) for one in self.refused],
            "unreadable": [_problem(one) for one in self.unreadable],
            "waiting": list(self.waiting),
            "again": list(self.again),
            "warnings": [_problem(one) for one in self.warnings],
        }


def told(run: Run) -> dict[str, Any]:
    """Return what a command is told of a run: numbers and rule codes, no file names, no subjects."""
    said = run.summary
    return {
        "run_id": run.run_id,
        "run_no": run.run_no,
        "as_of": str(run.as_of),
        **said["life"],
        "new_by_severity": said["new_by_severity"],
        "findings": said["totals"]["findings"],
        "files": said["night"]["files"],
    }


def _problem(one: Problem) -> dict[str, str]:
    return {"place": one.place, "zh": one.cause.zh, "en": one.cause.en}


__all__ = ["Outcome", "told"]
