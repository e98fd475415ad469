"""The history walked from its first line: nothing changed, dropped or put in between, and the ledger as it says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from analyzer.ledger.accounts import SAID
from analyzer.ledger.entry import Verification
from analyzer.ledger.history import START, hash_of
from analyzer.ledger.tables import ACCOUNTS, CLUES, ENTRIES, HISTORY, PROOFS
from analyzer.ledger.words import field_title
from analyzer.model import Text

DECIDED = (
    "state", "leader", "responsible", "unit", "plan", "deadline", "accountability", "reason", "closed_on",
    "suppressed_until", "listed_on", "times_repeated", "repeated_on", "presence", "gone_on", "verdict", "severity",
    "version",
)  # fmt: skip
"""The fields of an entry that no one may change past the history."""

_FIRST: Mapping[str, Any] = {"times_repeated": 0, "presence": "present"}
_OF_CLUES = ("version", "state", "handler", "result", "concluded_on", "replied_on", "is_satisfied")
_MOST = 20


def verify(con: sa.Connection, expect: str | None) -> Verification:
    """Walk the chain. See `book.Ledger.verify`; a broken chain is named at its first broken line and not read further."""
    seq, previous, expected = 0, START, expect in (None, START)
    replayed: dict[tuple[str, str], dict[str, Any]] = {}
    proofs: dict[str, int] = {}
    for row in con.execution_options(yield_per=2_000).execute(sa.select(HISTORY).order_by(HISTORY.c.seq)):
        seq += 1
        data = dict(row._mapping)
        if cause := _broken(data, seq, previous):
            return Verification(seq - 1, previous, ((seq, cause),))
        previous = data["hash"]
        expected = expected or previous == expect
        new = json.loads(data["new"])
        replayed.setdefault((data["about"], data["subject"]), {}).update(new, version=data["version"])
        if data["about"] == "entry":
            proofs[data["subject"]] = proofs.get(data["subject"], 0) + len(new.get("proofs", ()))
    problems = [] if expected else [(None, _CUT)]
    problems += [(None, one) for one in _past_the_history(con, replayed, proofs)]
    return Verification(seq, previous, tuple(problems))


_CUT = Text(
    "历史里找不到先前记下的校验值：末尾被截去，或者换成了另一份台账",
    "the hash noted before is not in the history: its end was cut off, or it is another ledger",
)


def _broken(data: Mapping[str, Any], seq: int, previous: str) -> Text | None:
    if data["seq"] != seq:
        return Text(f"缺第 {seq} 行，接着的是第 {data['seq']} 行", f"line {seq} is missing; line {data['seq']} follows")
    if data["previous"] != previous:
        return Text(f"第 {seq} 行接不上前一行", f"line {seq} does not follow the one before it")
    if data["hash"] != hash_of(data):
        return Text(f"第 {seq} 行的内容被改动过", f"line {seq} has been changed")
    return None


def _past_the_history(
    con: sa.Connection, replayed: Mapping[tuple[str, str], Mapping[str, Any]], proofs: Mapping[str, int]
) -> list[Text]:
    """What stands in the ledger otherwise than its history says."""
    attached = sa.select(sa.func.count()).where(PROOFS.c.entry_id == ENTRIES.c.id).scalar_subquery().label("attached")
    found: list[Text] = []
    seen: dict[str, set[str]] = {"entry": set(), "clue": set(), "account": set()}
    wanted = [ENTRIES.c.number, *(ENTRIES.c[name] for name in DECIDED)]
    for row in con.execute(sa.select(*wanted, attached).order_by(ENTRIES.c.id)):
        seen["entry"].add(row.number)
        said = {**_FIRST, **replayed.get(("entry", row.number), {})}
        wrong = [name for name in DECIDED if _plain(getattr(row, name)) != _plain(said.get(name))]
        wrong += ["proofs"] if row.attached != proofs.get(row.number, 0) else []
        if wrong:
            found.append(_differs(row.number, wrong))
    for row in con.execute(sa.select(CLUES).order_by(CLUES.c.id)):
        seen["clue"].add(row.number)
        said = dict(replayed.get(("clue", row.number), {}))
        if wrong := [name for name in _OF_CLUES if _plain(getattr(row, name)) != _plain(said.get(name))]:
            found.append(_differs(row.number, wrong))
    for row in con.execute(sa.select(ACCOUNTS).order_by(ACCOUNTS.c.name)):
        seen["account"].add(row.name)
        said = dict(replayed.get(("account", row.name), {}))
        values = {**row._mapping, "agencies": json.loads(row.agencies or "[]")}
        if wrong := [name for name in SAID if values[name] != said.get(name)]:
            found.append(_differs(row.name, wrong))
    for about, subject in replayed:
        if about in seen and subject not in seen[about]:
            found.append(
                Text(f"{subject} 在历史里有记录，在台账里却没有", f"{subject} is in the history but not in the ledger")
            )
    if len(found) > _MOST:
        rest = len(found) - _MOST
        found = [*found[:_MOST], Text(f"另有 {rest} 处", f"and {rest} more")]
    return found


def _plain(value: Any) -> Any:
    if value in (None, ""):
        return ""
    return value if isinstance(value, bool | int) else str(value)


def _differs(subject: str, fields: list[str]) -> Text:
    titles = [field_title(name) for name in fields]
    zh, en = "、".join(one.zh for one in titles), ", ".join(one.en for one in titles)
    return Text(f"{subject} 与历史不符：{zh}", f"{subject} is not as its history says: {en}")


__all__ = ["DECIDED", "verify"]
