"""What the fields of the ledger are called, for conflicts and histories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.ledger.states import ACTION_TITLES, ClueState, Presence, State
from analyzer.model import Text

FIELD_TITLES: Mapping[str, Text] = {
    "state": Text("状态", "state"),
    "version": Text("版本", "version"),
    "presence": Text("数据情况", "in the data"),
    "leader": Text("责任领导", "leader"),
    "responsible": Text("责任人", "responsible person"),
    "unit": Text("责任单位", "responsible unit"),
    "plan": Text("整改措施", "measures"),
    "deadline": Text("整改时限", "deadline"),
    "accountability": Text("问责情况", "accountability"),
    "reason": Text("理由", "reason"),
    "closed_on": Text("销号日期", "closed on"),
    "suppressed_until": Text("暂缓至", "suppressed until"),
    "listed_on": Text("挂牌日期", "listed on"),
    "gone_on": Text("不再出现日期", "gone on"),
    "times_repeated": Text("屡查屡犯次数", "times it came back"),
    "repeated_on": Text("再次出现日期", "came back on"),
    "verdict": Text("结论", "answer"),
    "severity": Text("严重程度", "severity"),
    "proofs": Text("凭证", "proofs"),
    "note": Text("备注", "note"),
    "clue": Text("线索", "clue"),
    "handler": Text("经办人", "handler"),
    "result": Text("办理结果", "result"),
    "concluded_on": Text("办结日期", "concluded on"),
    "replied_on": Text("反馈日期", "replied on"),
    "is_satisfied": Text("是否满意", "satisfied"),
    "category": Text("问题类别", "category"),
}
_OPEN_VALUES = {"state", "presence", "deadline", "closed_on", "suppressed_until", "listed_on", "gone_on", "repeated_on"}
"""Fields whose values may stand in a message: no one can have written a name or a plate there."""


def field_title(name: str) -> Text:
    """Return what a field is called."""
    return FIELD_TITLES.get(name, Text(name, name))


def value_title(field: str, value: Any) -> Text:
    """Return a value of the history in words."""
    if value in (None, ""):
        return Text("空", "empty")
    for kind in (State, Presence, ClueState):
        if field in ("state", "presence") and value in list(kind):
            return kind(value).label
    return Text(str(value), str(value))


def changes_in_words(old: Mapping[str, Any], new: Mapping[str, Any]) -> Text:
    """Return which fields a line of the history changed, with the values that cannot hold personal data."""
    parts = [_change(name, old.get(name), value) for name, value in new.items()]
    return Text("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))


def _change(name: str, old: Any, new: Any) -> Text:
    title = field_title(name)
    if name not in _OPEN_VALUES:
        return title
    before, after = value_title(name, old), value_title(name, new)
    return Text(f"{title.zh} {before.zh}→{after.zh}", f"{title.en} {before.en} -> {after.en}")


def action_title(what: str) -> Text:
    """Return what a line of the history is called."""
    return ACTION_TITLES.get(what, Text(what, what))


__all__ = ["FIELD_TITLES", "action_title", "changes_in_words", "field_title", "value_title"]
