"""The tables of the monthly and the final report, from the figures of the ledger (`ledger.progress`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from analyzer.reports.figure_table import Cell, FigureTable
from analyzer.reports.masking import mask_sentence
from analyzer.reports.plan import without_number
from analyzer.reports.problem_states import STATES
from analyzer.reports.wording import Words

if TYPE_CHECKING:
    from analyzer.ledger.progress import ClueProgress, GroupLine, Item, Movement, Standing

_MARKS = ("overdue", "listed", "repeated", "gone", "unassigned")
MOVEMENTS = (
    "new", "confirmed", "rejected", "started", "closed", "closed_late", "repeated", "reopened", "suppressed", "expired",
    "became_overdue", "listed",
)  # fmt: skip
"""What happens in a period, in the order of its table."""


class LedgerTables:
    """Makes the tables in one language. What people wrote freely is masked; who leads and answers is named."""

    def __init__(self, words: Words, show_personal: bool = False) -> None:
        """Take the language, and whether personal data is shown."""
        self._words, self._open = words, show_personal

    def standing(self, now: Standing, before: Standing | None) -> FigureTable:
        """Where the problems stand, against the end of the last period."""
        said = self._words.t
        rows: list[tuple[Cell, ...]] = []
        for key in ("total", "open", *STATES, *_MARKS):
            current = int(getattr(now, key))
            last = (int(getattr(before, key)),) if before else ()
            change = (f"{current - last[0]:+,}" if current != last[0] else "0",) if last else ()
            rows.append((said(f"standing.{key}"), *last, current, *change))
        heads = ("indicator", *(("last", "now", "change") if before else ("now",)))
        kinds = ("text", *(("whole", "whole", "change") if before else ("whole",)))
        return self._table("standing", heads, kinds, rows, (said("ledger_report.standing_note"),))

    def movement(self, now: Movement, before: Movement) -> FigureTable:
        """What happened in the period, against the one before."""
        rows: list[tuple[Cell, ...]] = [
            (self._words.t(f"movement.{key}"), int(getattr(before, key)), int(getattr(now, key))) for key in MOVEMENTS
        ]
        return self._table("movement", ("indicator", "last_period", "this_period"), ("text", "whole", "whole"), rows)

    def months(self, months: Sequence[tuple[str, Movement]]) -> FigureTable:
        """What happened in each month."""
        keys = ("new", "confirmed", "rejected", "started", "closed", "repeated", "became_overdue")
        rows: list[tuple[Cell, ...]] = [(month, *(int(getattr(one, key)) for key in keys)) for month, one in months]
        head = (self._words.t("ledger_column.month"), *(self._words.t(f"movement.{key}") for key in keys))
        kinds = ("text", *("whole" for _ in keys))
        return FigureTable("months", self._words.t("ledger_report.months"), head, kinds, tuple(rows))

    def groups(self, key: str, lines: Sequence[GroupLine]) -> FigureTable:
        """The problems of each group, agency or severity; those without any problem are left out."""
        rows: list[tuple[Cell, ...]] = []
        for one in lines:
            if not one.standing.total:
                continue
            now = one.standing
            rows.append((
                self.name(key, one), now.total, one.movement.new, one.movement.closed, now.open, now.closed,
                now.rejected, now.suppressed, now.overdue, now.closing_rate,
            ))  # fmt: skip
        heads = ("group", "total", "new", "closed_now", "open", "closed", "rejected", "suppressed", "overdue", "rate")
        return self._table(key, heads, ("text", *("whole",) * 8, "share"), rows)

    def name(self, key: str, one: GroupLine) -> str:
        """Return what a group of problems is called."""
        title = self._words.say(one.title)
        return self._words.name("severity", one.key) if key == "by_severity" and one.key else without_number(title)

    def items(self, key: str, items: Sequence[Item]) -> FigureTable:
        """Problems as lines of the ledger: what, whose, who leads, what plan, by when, closed on what proof."""
        names = (
            "number", "group", "problem", "severity", "agency", "subject", "facts", "state", "leader", "responsible",
            "plan", "deadline", "overdue_days", "closed_on", "reason", "proofs",
        )  # fmt: skip
        kinds = {"deadline": "date", "closed_on": "date", "overdue_days": "whole"}
        rows = [tuple(self._item(one)[name] for name in names) for one in items]
        return self._table(key, names, tuple(kinds.get(name, "text") for name in names), rows)

    def short(self, key: str, items: Sequence[Item], names: Sequence[str]) -> FigureTable:
        """Problems with some of the columns of `items`, for a page turned upright."""
        kinds = {"deadline": "date", "closed_on": "date", "overdue_days": "whole"}
        rows = [tuple(self._item(one)[name] for name in names) for one in items]
        return self._table(key, names, tuple(kinds.get(name, "text") for name in names), rows)

    def accountability(self, items: Sequence[Item]) -> FigureTable:
        """Who was held to account for the problems found true; what nobody wrote yet is left to fill."""
        names = ("number", "problem", "agency", "responsible", "accountability")
        rows = [
            tuple(self._item(one)[name] for name in names)
            for one in items
            if one.state in ("confirmed", "rectifying", "closed")
        ]
        return self._table(
            "accountability", names, ("text",) * len(names), rows, (self._words.t("ledger_report.to_fill"),)
        )

    def clues(self, clues: ClueProgress) -> FigureTable:
        """Clues by source: received and concluded in the period, and the rates up to its end with their numbers."""
        rows: list[tuple[Cell, ...]] = []
        for one in (*clues.by_source, clues.all):
            is_all = one is clues.all
            name = self._words.t("column.total") if is_all else self._words.name("clue_source", one.key)
            rows.append((
                name, one.received, one.concluded, one.total, one.total_concluded, one.conclusion_rate, one.total_replied,
                one.reply_rate,
            ))  # fmt: skip
        heads = (
            "source",
            "received",
            "concluded",
            "all_received",
            "all_concluded",
            "concluded_rate",
            "replied",
            "replied_rate",
        )
        kinds = ("text", "whole", "whole", "whole", "whole", "share", "whole", "share")
        return self._table(
            "clues", heads, kinds, rows, (self._words.t("ledger_report.clues_note", n=clues.linked),), total=True
        )

    def _item(self, one: Item) -> dict[str, Cell]:
        say: Callable[..., str] = self._words.say
        return {
            "number": one.number,
            "group": without_number(say(one.group_title)),
            "problem": say(one.problem),
            "severity": self._words.name("severity", one.severity),
            "agency": one.agency or "—",
            "subject": say(one.subject),
            "facts": say(one.explanation),
            "state": say(one.state.label),
            "leader": one.leader or "—",
            "responsible": one.responsible or one.unit or "—",
            "plan": self.masked(one.plan) or "—",
            "deadline": one.deadline,
            "overdue_days": one.overdue_days or None,
            "closed_on": one.closed_on,
            "reason": self.masked(one.reason) or "—",
            "proofs": self._words.t("list.joint").join(self.masked(proof) for proof in one.proofs) or "—",
            "times": self._words.t("ledger_report.times", n=one.times_repeated) if one.times_repeated else "—",
            "until": one.suppressed_until.isoformat() if one.suppressed_until else "—",
            "accountability": self.masked(one.accountability) or "",
        }

    def masked(self, text: str) -> str:
        """What a person wrote, masked unless personal data is shown."""
        return text if self._open else mask_sentence(text)

    def _table(
        self, key: str, heads: Sequence[str], kinds: Sequence[str], rows: Sequence[tuple[Cell, ...]],
        notes: tuple[str, ...] = (), *, total: bool = False,
    ) -> FigureTable:  # fmt: skip
        said = self._words.t
        head = tuple(said(f"ledger_column.{one}") for one in heads)
        return FigureTable(key, said(f"ledger_report.{key}"), head, tuple(kinds), tuple(rows), notes, total)


__all__ = ["MOVEMENTS", "LedgerTables"]
