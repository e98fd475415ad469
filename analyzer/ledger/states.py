"""The states of a problem in the ledger, and which action leads from which to which: all of it as data, here only."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from analyzer.model import AnalyzerError, Problem, Text


class State(StrEnum):
    """Where a problem stands. What the scan says of it (`Presence`) is kept apart from what people decided."""

    PENDING = "pending"
    CHECKING = "checking"  # one person said "not a problem", a second one has to agree
    CONFIRMED = "confirmed"
    RECTIFYING = "rectifying"
    CLOSED = "closed"
    REJECTED = "rejected"
    SUPPRESSED = "suppressed"  # put aside until a date; counted apart, never left out

    @property
    def label(self) -> Text:
        """What the state is called."""
        return STATE_TITLES[self]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self in OPEN_STATES


class Presence(StrEnum):
    """What the last scan that judged the rule said: the data still shows the problem, or does not any more."""

    PRESENT = "present"
    GONE = "gone"

    @property
    def label(self) -> Text:
        """What it is called."""
        return PRESENCE_TITLES[self]


class ClueState(StrEnum):
    """Where a clue stands; that the answer was given to the person (反馈) is a date of its own."""

    RECEIVED = "received"
    HANDLING = "handling"
    CONCLUDED = "concluded"

    @property
    def label(self) -> Text:
        """What the state is called."""
        return CLUE_STATE_TITLES[self]


STATE_TITLES: Mapping[State, Text] = {
    State.PENDING: Text("待核查", "To be checked"),
    State.CHECKING: Text("待复核", "Awaiting a second person"),
    State.CONFIRMED: Text("属实", "Confirmed"),
    State.RECTIFYING: Text("整改中", "Being rectified"),
    State.CLOSED: Text("已销号", "Closed"),
    State.REJECTED: Text("不属实", "Not a problem"),
    State.SUPPRESSED: Text("暂缓处理", "Suppressed"),
}
PRESENCE_TITLES: Mapping[Presence, Text] = {
    Presence.PRESENT: Text("数据中仍存在", "Still in the data"),
    Presence.GONE: Text("数据中已不再出现", "No longer in the data"),
}
CLUE_STATE_TITLES: Mapping[ClueState, Text] = {
    ClueState.RECEIVED: Text("待办", "Received"),
    ClueState.HANDLING: Text("办理中", "In hand"),
    ClueState.CONCLUDED: Text("已办结", "Concluded"),
}
OPEN_STATES = frozenset({State.PENDING, State.CHECKING, State.CONFIRMED, State.RECTIFYING})

LISTED = Text("挂牌督办", "Listed for supervision")
REPEATED = Text("屡查屡犯", "Came back")

_NOT_DONE = {State.PENDING: State.PENDING, State.CHECKING: State.CHECKING, State.CONFIRMED: State.CONFIRMED}
_OPEN = {**_NOT_DONE, State.RECTIFYING: State.RECTIFYING}
_ANY = {one: one for one in State}

TRANSITIONS: Mapping[str, Mapping[State, State]] = {
    "confirm": {State.PENDING: State.CONFIRMED, State.CHECKING: State.CONFIRMED},
    "reject": {
        State.PENDING: State.REJECTED,
        State.CHECKING: State.REJECTED,
        State.CONFIRMED: State.REJECTED,
        State.RECTIFYING: State.REJECTED,
    },
    "assign": {**_OPEN, State.SUPPRESSED: State.SUPPRESSED},
    "plan": {State.CONFIRMED: State.RECTIFYING, State.RECTIFYING: State.RECTIFYING},
    "close": {State.RECTIFYING: State.CLOSED},
    "reopen": {
        State.CLOSED: State.CONFIRMED,
        State.REJECTED: State.PENDING,
        State.SUPPRESSED: State.PENDING,
        State.CHECKING: State.PENDING,
    },
    "suppress": dict.fromkeys((State.PENDING, State.CONFIRMED, State.RECTIFYING), State.SUPPRESSED),
    "supervise": _OPEN,
    "unsupervise": _OPEN,
    "note": _ANY,
    "attach": _ANY,
    "account": _ANY,
    "link": _ANY,
}
"""What a person may do: action -> the state it is done in -> the state it leads to. Anything else is refused.

A rejection leads to CHECKING first when the ledger asks for a second person; a plan leads to RECTIFYING once measures and
deadline are both there; see `deciding`.
"""

ACTION_TITLES: Mapping[str, Text] = {
    "confirm": Text("认定属实", "confirm"),
    "reject": Text("认定不属实", "reject"),
    "assign": Text("定领导、定责任", "assign"),
    "plan": Text("定方案、定时限", "plan"),
    "close": Text("销号", "close"),
    "reopen": Text("重新打开", "reopen"),
    "suppress": Text("暂缓处理", "suppress"),
    "supervise": Text("挂牌督办", "list for supervision"),
    "unsupervise": Text("解除挂牌", "end the supervision"),
    "note": Text("备注", "note"),
    "attach": Text("附凭证", "attach proof"),
    "account": Text("问责情况", "accountability"),
    "link": Text("关联线索", "link a clue"),
    "add": Text("录入问题", "enter a problem"),
    "import": Text("导入", "import"),
    # what the scan does
    "found": Text("扫描发现", "found by the scan"),
    "changed": Text("结论变化", "the finding changed"),
    "gone": Text("数据中不再出现", "no longer in the data"),
    "back": Text("数据中又出现", "back in the data"),
    "came_back": Text("屡查屡犯，重新打开", "came back, reopened"),
    "expired": Text("暂缓到期", "suppression expired"),
    "follow": Text("跟进审核结果", "an audit was followed"),
    # the rest of the ledger
    "clue": Text("线索", "clue"),
    "account_saved": Text("账户", "account"),
    "password": Text("更改口令", "password changed"),
    "reveal": Text("查看个人信息", "personal data shown"),
    "setting": Text("更改设置", "setting changed"),
}
"""What a line of the history is called, by its kind."""


def next_state(action: str, state: State, number: str) -> State:
    """Return the state that `action` leads to from `state`; raise `AnalyzerError` naming what is possible instead."""
    allowed = TRANSITIONS[action]
    if state in allowed:
        return allowed[state]
    word = ACTION_TITLES[action]
    cause = Text(
        f"状态是“{state.label.zh}”，不能{word.zh}", f"its state is “{state.label.en}”; `{action}` is not possible"
    )
    from_zh = "、".join(f"“{one.label.zh}”" for one in allowed)
    from_en = ", ".join(f"“{one.label.en}”" for one in allowed)
    possible = [name for name, steps in TRANSITIONS.items() if state in steps and name != "link"]
    remedy = Text(
        f"该操作只能在{from_zh}时进行；现在可以：{'、'.join(f'{ACTION_TITLES[one].zh}（{one}）' for one in possible)}",
        f"It is possible from {from_en}; possible now: {', '.join(possible)}",
    )
    raise AnalyzerError(Problem(number, cause, remedy))


__all__ = [
    "ACTION_TITLES",
    "LISTED",
    "OPEN_STATES",
    "REPEATED",
    "STATE_TITLES",
    "TRANSITIONS",
    "ClueState",
    "Presence",
    "State",
    "next_state",
]
