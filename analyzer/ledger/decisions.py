"""What each action asks for and what it changes; `deciding` carries it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from analyzer.ledger.actions import (
    Account,
    Assign,
    Attach,
    Close,
    ListForSupervision,
    Note,
    Plan,
    Reject,
    Suppress,
    Unlist,
)
from analyzer.ledger.entry import Entry
from analyzer.ledger.states import State
from analyzer.ledger.words import field_title
from analyzer.model import AnalyzerError, Problem, Text
from analyzer.model.errors import NOTHING

_Action = TypeVar("_Action")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the ledger's settings ask of a decision, and the day on which it is taken."""

    today: date
    second_person: bool


@dataclass(frozen=True, slots=True)
class Case(Generic[_Action]):
    """An action about to be done: the entry as it is now, and the state that the action leads to."""

    now: Entry
    action: _Action
    state: State
    by: str
    rules: Rules


def changes_of(case: Case[Any]) -> dict[str, Any]:
    """Return the fields that the action sets; raise `AnalyzerError` naming all that it lacks."""
    return _HANDLERS.get(case.action.name, _only_the_state)(case)


def _only_the_state(case: Case[Any]) -> dict[str, Any]:
    """Confirm and reopen."""
    now, action = case.now, case.action
    reason = getattr(action, "reason", "").strip()
    if action.name == "reopen":
        _needs(now, reason, "reason")
    ended = {"closed_on": None, "suppressed_until": None}
    return {"state": case.state, "reason": reason, **ended}


def _reject(case: Case[Reject]) -> dict[str, Any]:
    now, action, state = case.now, case.action, case.state
    _needs(now, action.reason, "reason")
    if case.rules.second_person and now.state is not State.CHECKING:
        state = State.CHECKING
    elif case.rules.second_person and _same_person(case.by, now.decided_by):
        cause = Text("复核须由另一人进行", "a second person has to agree, not the same one")
        raise AnalyzerError(Problem(now.number, cause, Text(f"初核人：{now.decided_by}", f"first: {now.decided_by}")))
    return {"state": state, "reason": action.reason.strip()}


def _same_person(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _assign(case: Case[Assign]) -> dict[str, Any]:
    now, action = case.now, case.action
    given = {"leader": action.leader, "responsible": action.responsible, "unit": action.unit}
    new = {name: value.strip() for name, value in given.items() if value is not None}
    if not new:
        raise AnalyzerError(Problem(now.number, Text("没有指定任何人或单位", "nobody is named")))
    return new


def _plan(case: Case[Plan]) -> dict[str, Any]:
    now, action = case.now, case.action
    plan = now.plan if action.plan is None else action.plan.strip()
    deadline = now.deadline if action.deadline is None else action.deadline
    if action.deadline is not None and action.deadline != now.deadline:
        if action.deadline < case.rules.today:
            cause = Text("时限早于今天", "the deadline lies before today")
            raise AnalyzerError(Problem(now.number, cause))
        if now.deadline is not None and action.deadline > now.deadline:
            _needs(now, action.reason, "reason", Text("推迟时限须说明理由", "a later deadline needs a reason"))
    complete = bool(plan) and deadline is not None
    if now.state is State.RECTIFYING and not complete:
        _needs(now, "", "plan")
    return {"plan": plan, "deadline": deadline, "state": State.RECTIFYING if complete else now.state}


def _close(case: Case[Close]) -> dict[str, Any]:
    now, action = case.now, case.action
    problems = []
    if not action.reason.strip():
        problems.append(_lacking(now, Text("销号须说明理由（整改结果）", "closing needs a reason (what was done)")))
    if not any(one.reference.strip() for one in action.proofs) and not now.proofs:
        problems.append(
            _lacking(
                now,
                Text("销号须附凭证", "closing needs a proof"),
                Text("文件路径或文号", "a path or a document number"),
            )
        )
    if now.not_filled:
        zh = "、".join(field_title(name).zh for name in now.not_filled)
        en = ", ".join(field_title(name).en for name in now.not_filled)
        remedy = Text("用 assign 和 plan 补齐", "Fill them with assign and plan")
        problems.append(_lacking(now, Text(f"四定不全，缺：{zh}", f"not filled: {en}"), remedy))
    if problems:
        raise AnalyzerError(problems)
    return {"state": case.state, "reason": action.reason.strip(), "closed_on": case.rules.today}


def _suppress(case: Case[Suppress]) -> dict[str, Any]:
    now, action = case.now, case.action
    _needs(now, action.reason, "reason")
    if action.until < case.rules.today:
        raise AnalyzerError(Problem(now.number, Text("暂缓的截止日早于今天", "the last day lies before today")))
    return {"state": case.state, "reason": action.reason.strip(), "suppressed_until": action.until}


def _list(case: Case[ListForSupervision]) -> dict[str, Any]:
    now, action = case.now, case.action
    _needs(now, action.reason, "reason")
    if now.is_listed:
        raise AnalyzerError(Problem(now.number, Text("已经挂牌督办", "it is listed already")))
    return {"listed_on": case.rules.today}


def _unlist(case: Case[Unlist]) -> dict[str, Any]:
    now, action = case.now, case.action
    _needs(now, action.reason, "reason")
    if not now.is_listed:
        raise AnalyzerError(Problem(now.number, Text("没有挂牌督办", "it is not listed")))
    return {"listed_on": None}


def _note(case: Case[Note]) -> dict[str, Any]:
    now, action = case.now, case.action
    _needs(now, action.text, "note")
    return {}


def _attached(case: Case[Attach]) -> dict[str, Any]:
    now, action = case.now, case.action
    _needs(now, "".join(one.reference for one in action.proofs), "proofs")
    return {}


def _account(case: Case[Account]) -> dict[str, Any]:
    return {"accountability": case.action.text.strip()}


_HANDLERS: Mapping[str, Callable[[Case[Any]], dict[str, Any]]] = {
    "reject": _reject,
    "assign": _assign,
    "plan": _plan,
    "close": _close,
    "suppress": _suppress,
    "supervise": _list,
    "unsupervise": _unlist,
    "note": _note,
    "attach": _attached,
    "account": _account,
}


def _needs(now: Entry, text: str, field: str, cause: Text | None = None) -> None:
    if not text.strip():
        title = field_title(field)
        raise AnalyzerError(_lacking(now, cause or Text(f"缺少{title.zh}", f"{title.en} is missing")))


def _lacking(now: Entry, cause: Text, remedy: Text = NOTHING) -> Problem:
    return Problem(now.number, cause, remedy)


__all__ = ["Case", "Rules", "changes_of"]
