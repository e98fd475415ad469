"""What people may do to a problem, what it needs, and what happens when two of them do it at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analyzer.ledger import (
    Account,
    Assign,
    Attach,
    Close,
    Confirm,
    Entry,
    Filter,
    Ledger,
    ListForSupervision,
    Note,
    Plan,
    Proof,
    Reject,
    Reopen,
    State,
    Suppress,
    Unlist,
)
from analyzer.ledger.deciding import Conflict, Unchanged
from analyzer.ledger.states import TRANSITIONS
from analyzer.model import AnalyzerError
from tests.ledger.conftest import Clock, Scans, make_found

N = "2023-0001"
SOON = date(2023, 6, 30)
ACTIONS = {
    "confirm": Confirm(),
    "reject": Reject("照片齐全"),
    "assign": Assign(leader="张局长"),
    "plan": Plan("补检定", SOON),
    "close": Close("已检定", (Proof("证书1号"),)),
    "reopen": Reopen("复查"),
    "suppress": Suppress("等答复", SOON),
    "supervise": ListForSupervision("长期未结"),
    "note": Note("已电话核实"),
    "attach": Attach((Proof("证书1号"),)),
    "account": Account("约谈"),
}


@pytest.fixture(autouse=True)
def one_problem(scan: Scans) -> None:
    scan(make_found("a"))


def bring_to(ledger: Ledger, number: str, state: State) -> Entry:
    """Take a problem to a state by the ordinary way."""
    if state in (State.CONFIRMED, State.RECTIFYING, State.CLOSED):
        ledger.act(number, Confirm(), by="li")
    if state in (State.RECTIFYING, State.CLOSED):
        ledger.act(number, Assign(leader="张局长", responsible="李科长"), by="li")
        ledger.act(number, Plan("补检定", SOON), by="li")
    if state is State.CLOSED:
        ledger.act(number, ACTIONS["close"], by="li")
    if state in (State.REJECTED, State.CHECKING):
        ledger.act(number, ACTIONS["reject"], by="li")
    if state is State.SUPPRESSED:
        ledger.act(number, ACTIONS["suppress"], by="li")
    entry = ledger.entry(number)
    assert entry.state is state
    return entry


ALL_STATES = [
    state if state in (State.PENDING, State.RECTIFYING) else pytest.param(state, marks=pytest.mark.slow)
    for state in State
]


@pytest.mark.parametrize("state", ALL_STATES)
def test_every_action_in_every_state(ledger: Ledger, scan: Scans, state: State) -> None:
    """What the table of transitions allows is done and leads where it says; everything else is refused in words."""
    scan(*(make_found(name) for name in ("a", *ACTIONS)))
    if state is State.CHECKING:
        ledger.set("second_person", "true", by="root")
    for number, name in enumerate(ACTIONS, 2):
        before = bring_to(ledger, f"2023-{number:04d}", state)
        if state in TRANSITIONS[name]:
            if before.leader and name in ("assign", "plan"):
                with pytest.raises(Unchanged):
                    ledger.act(before.number, ACTIONS[name], by="wang")
            else:
                assert ledger.act(before.number, ACTIONS[name], by="wang").state is TRANSITIONS[name][state]
            continue
        with pytest.raises(AnalyzerError) as error:
            ledger.act(before.number, ACTIONS[name], by="wang")
        assert state.label.zh in error.value.say("zh")
        assert state.label.en in error.value.say("en")
        assert ledger.entry(before.number) == before, "a refusal changes nothing"
    assert ledger.verify().holds


def test_closing_asks_for_everything_at_once(ledger: Ledger) -> None:
    ledger.act(N, Confirm(), by="li")
    ledger.act(N, Plan("补检定", SOON), by="li")
    with pytest.raises(AnalyzerError) as error:
        ledger.act(N, Close("  "), by="li")
    said = error.value.say("zh")
    assert "销号须说明理由" in said
    assert "销号须附凭证" in said
    assert "责任领导、责任人" in said
    assert ledger.entry(N).state is State.RECTIFYING


def test_a_unit_answers_as_a_person_does_and_a_proof_may_be_attached_before(ledger: Ledger) -> None:
    ledger.act(N, Confirm(), by="li")
    ledger.act(N, Assign(leader="张局长", unit="治超科"), by="li")
    ledger.act(N, Plan("补检定", SOON), by="li")
    ledger.act(N, Attach((Proof("证书1号"),)), by="li")
    entry = ledger.act(N, Close("已检定"), by="li")
    assert (entry.state, entry.closed_on, entry.reason, entry.proofs) == (State.CLOSED, date(2023, 5, 2), "已检定", 1)


@pytest.mark.parametrize(
    "action", [Reject(""), Suppress(" ", SOON), ListForSupervision(""), Note(" "), Attach(()), Assign()]
)
def test_what_is_required(ledger: Ledger, action: object) -> None:
    with pytest.raises(AnalyzerError):
        ledger.act(N, action, by="li")  # type: ignore[arg-type]
    with pytest.raises(AnalyzerError):
        ledger.act(N, Confirm(), by="  ")
    assert ledger.entry(N).version == 1


def test_a_plan_in_two_steps(ledger: Ledger, clock: Clock) -> None:
    ledger.act(N, Confirm(), by="li")
    assert ledger.act(N, Plan(plan="补检定"), by="li").state is State.CONFIRMED
    assert ledger.act(N, Plan(deadline=SOON), by="li").state is State.RECTIFYING
    with pytest.raises(AnalyzerError, match="later deadline needs a reason"):
        ledger.act(N, Plan(deadline=SOON + timedelta(days=1)), by="li")
    assert ledger.act(N, Plan(deadline=SOON + timedelta(days=1), reason="送检排队"), by="li").deadline > SOON
    with pytest.raises(AnalyzerError, match="before today"):
        ledger.act(N, Plan(deadline=clock.now.date() - timedelta(days=1)), by="li")
    with pytest.raises(AnalyzerError):
        ledger.act(N, Plan(plan=""), by="li")


def test_the_second_person(ledger: Ledger) -> None:
    ledger.set("second_person", "是", by="root", reason="局务会")
    assert ledger.act(N, Reject("照片齐全"), by="li").state is State.CHECKING
    with pytest.raises(AnalyzerError, match="second person"):
        ledger.act(N, Reject("照片齐全"), by=" LI ")
    assert ledger.act(N, Reject("复核同意"), by="wang").state is State.REJECTED
    ledger.act(N, Reopen("新证据"), by="wang")
    ledger.act(N, Reject("照片齐全"), by="li")
    assert ledger.act(N, Confirm("复核不同意"), by="wang").state is State.CONFIRMED


def test_a_conflict_tells_what_changed_and_quotes_nobody(ledger: Ledger) -> None:
    seen = ledger.entry(N)
    ledger.act(N, Confirm("豫M12345 已核实"), by="li")
    ledger.act(N, Assign(responsible="赵六"), by="li")
    with pytest.raises(Conflict) as error:
        ledger.act(N, Reject("照片齐全"), by="wang", version=seen.version)
    said = error.value.say("zh")
    assert "li 于 2023-05-02 09:00:00 认定属实（理由，状态 待核查→属实）" in said
    assert "责任人" in said
    assert "豫M12345" not in said
    assert "赵六" not in said
    assert ledger.entry(N).state is State.CONFIRMED
    with pytest.raises(Conflict, match="no version 9"):
        ledger.act(N, Note("x"), by="wang", version=9)


def test_a_note_is_in_nobodys_way(ledger: Ledger) -> None:
    seen = ledger.entry(N)
    ledger.act(N, Note("已电话核实"), by="li")
    assert ledger.act(N, Confirm(), by="wang", version=seen.version).state is State.CONFIRMED


def test_supervision_is_a_mark(ledger: Ledger) -> None:
    assert ledger.act(N, ListForSupervision("积案"), by="li").is_listed
    with pytest.raises(AnalyzerError, match="listed already"):
        ledger.act(N, ListForSupervision("积案"), by="li")
    assert [one.number for one in ledger.entries(Filter(listed=True)).entries] == [N]
    assert not ledger.act(N, Unlist("已推进"), by="li").is_listed
    assert ledger.entries(Filter(listed=True)).total == 0


def test_bulk_is_all_or_none_unless_told(ledger: Ledger, scan: Scans) -> None:
    scan(make_found("a"), make_found("b"), make_found("c"))
    ledger.act("2023-0002", Confirm(), by="li")
    everyone = Filter(rules=("NTC",))
    with pytest.raises(AnalyzerError) as error:
        ledger.bulk(everyone, Confirm("抽查"), by="li")
    assert [one.place for one in error.value.problems] == ["2023-0002"]
    assert ledger.counts()[State.CONFIRMED] == 1
    done = ledger.bulk(everyone, Confirm("抽查"), by="li", skip_refused=True)
    assert (done.done, [number for number, _ in done.refused]) == ((N, "2023-0003"), ["2023-0002"])
    with pytest.raises(AnalyzerError, match="no such number"):
        ledger.bulk([N, "2023-0099"], Note("x"), by="li")
    with pytest.raises(AnalyzerError, match="changed meanwhile"):
        ledger.bulk([N], Note("x"), by="li", versions={N: 1})
    assert [one.reason for one in ledger.history(N) if one.what == "confirm"] == ["抽查"]
    ledger.act(N, Assign(leader="张局长"), by="li")
    done = ledger.bulk(everyone, Assign(leader="张局长"), by="li")
    assert (done.done, done.refused) == (("2023-0002", "2023-0003"), ()), "one was assigned so already"
    with pytest.raises(AnalyzerError, match="nothing would change"):
        ledger.bulk(everyone, Assign(leader="张局长"), by="li")
    assert ledger.verify().holds


def test_filters_and_pages(ledger: Ledger, scan: Scans, clock: Clock) -> None:
    more = [make_found(f"n{n}", severity="low", rule="DEV-01", family="DEV", agency_id="02") for n in range(7)]
    scan(make_found("a"), *more)
    page = ledger.entries(Filter(agencies=("02",)), page=2, size=3)
    assert (page.total, page.pages, len(page.entries)) == (7, 3, 3)
    assert ledger.entries(Filter(rules=("DEV-01",), severities=("low",))).total == 7
    assert ledger.entries(Filter(rules=("DEV", "NTC-05"))).total == 8
    assert ledger.entries(Filter(rules=("' OR 1=1 --",))).total == 0
    assert ledger.entries(size=1).entries[0].number == N, "the gravest first"
    ledger.act("2023-0002", Confirm(), by="li")
    ledger.act("2023-0002", Plan("补检定", date(2023, 5, 10)), by="li")
    clock.go_to(date(2023, 5, 10))
    assert ledger.entries(Filter(overdue=True)).total == 0, "the last day is still in time"
    clock.go_to(date(2023, 5, 11))
    assert [one.number for one in ledger.entries(Filter(overdue=True)).entries] == ["2023-0002"]
    assert ledger.entries(Filter(overdue=False)).total == 7
    assert ledger.entries(size=1).entries[0].number == "2023-0002", "the overdue one first"


def test_an_unknown_number(ledger: Ledger) -> None:
    with pytest.raises(AnalyzerError) as error:
        ledger.entry("2023-0009")
    assert "2023-0001" in error.value.say("zh")


def test_a_problem_entered_by_hand(ledger: Ledger) -> None:
    entry = ledger.add("随意拦车", by="li", severity="high", category="stops", agency_id="01")
    assert (entry.number, entry.origin, entry.finding_id) == ("2023-0002", "hand", None)
    with pytest.raises(AnalyzerError):
        ledger.add("随意拦车", by="li", severity="grave")
    assert ledger.verify().holds
