"""What a scan may change in the ledger, and what it may not."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from analyzer.ledger import Assign, Close, Confirm, Filter, Ledger, Plan, Presence, Proof, Reject, State, Suppress
from analyzer.model import AnalyzerError
from tests.ledger.conftest import Clock, Scans, make_found

A, B = "2023-0001", "2023-0002"


def close(ledger: Ledger, number: str) -> None:
    ledger.act(number, Confirm(), by="li")
    ledger.act(number, Assign(leader="张局长", responsible="李科长"), by="li")
    ledger.act(number, Plan("补检定", date(2023, 6, 30)), by="li")
    ledger.act(number, Close("已检定", (Proof("证书1号"),)), by="li")


def test_new_ones_are_numbered_gravest_first(ledger: Ledger, scan: Scans) -> None:
    done = scan(
        make_found("a", severity="low"), make_found("b", severity="critical"), make_found("c", verdict="review")
    )
    assert (done.new, done.still) == (3, 0)
    assert [(one.number, one.severity) for one in ledger.every()] == [
        (A, "critical"),
        (B, "high"),
        ("2023-0003", "low"),
    ]
    assert all(one.state is State.PENDING for one in ledger.every())


def test_the_same_audit_twice_changes_nothing(ledger: Ledger, scan: Scans) -> None:
    scan(make_found("a"), run_id="x")
    lines = len(ledger.history())
    assert scan(make_found("a"), make_found("b"), run_id="x").already
    assert len(ledger.history()) == lines
    assert len(ledger.every()) == 1
    assert scan(make_found("b"), run_id="y").new == 1
    assert scan(make_found("a"), run_id="x").back == 1, "the same data again after others is news"


def test_an_older_audit_is_refused_unless_it_is_meant(ledger: Ledger, scan: Scans) -> None:
    scan(make_found("a"), as_of=date(2023, 5, 2))
    with pytest.raises(AnalyzerError, match="2023-05-02"):
        scan(make_found("a"), as_of=date(2023, 5, 1))
    assert not scan(make_found("a"), as_of=date(2023, 5, 1), older=True).already


def test_a_decision_survives_every_scan(ledger: Ledger, scan: Scans, clock: Clock) -> None:
    a, b, c = make_found("a"), make_found("b"), make_found("c")
    scan(a, b, c)
    ledger.act(A, Reject("照片齐全"), by="li")
    close(ledger, B)
    ledger.act("2023-0003", Confirm(), by="li")
    decided = {one.number: (one.state, one.version, one.reason) for one in ledger.every()}
    worse = [make_found(name, record_count=9, severity="high", fingerprint="new") for name in "abc"]
    for found in ((a, b, c), worse, (a, b, c)):
        clock.later(days=1)
        scan(*found)
        assert {one.number: (one.state, one.version, one.reason) for one in ledger.every()} == decided
    clock.later(days=1)
    scan(*worse)
    assert ledger.entry(B).grown_by == 6, "told: more records than were closed"
    scan()
    gone = ledger.every(Filter(presence=Presence.GONE))
    assert {one.number: (one.state, one.version, one.reason) for one in gone} == decided, (
        "gone is told, nothing closes itself"
    )


def test_closed_gone_and_back_is_reopened(ledger: Ledger, scan: Scans, clock: Clock) -> None:
    scan(make_found("a"))
    close(ledger, A)
    clock.later(days=1)
    assert scan().gone == 1
    assert ledger.entry(A).state is State.CLOSED
    clock.later(days=1)
    done = scan(make_found("a"))
    entry = ledger.entry(A)
    assert (done.back, done.came_back) == (1, 1)
    assert (entry.state, entry.times_repeated, entry.repeated_on) == (State.PENDING, 1, date(2023, 5, 4))
    assert (entry.leader, entry.deadline, entry.closed_on) == ("张局长", None, None)
    line = ledger.history(A)[-1]
    assert (line.what, line.by, line.old["state"], line.new["state"]) == ("came_back", "scan", "closed", "pending")
    assert ledger.entries(Filter(repeated=True)).total == 1


def test_closed_and_gone_on_after_it_is_reopened(ledger: Ledger, scan: Scans, clock: Clock) -> None:
    """The finding was never gone, but it has records dated after the closing: the problem went on."""
    scan(make_found("a", ended_on=date(2023, 4, 30)))
    close(ledger, A)
    clock.later(days=30)
    assert scan(make_found("a", ended_on=date(2023, 5, 1), record_count=4)).came_back == 0, (
        "records from before the closing"
    )
    assert scan(make_found("a", ended_on=date(2023, 5, 20), record_count=5)).came_back == 1
    assert ledger.entry(A).state is State.PENDING


def test_a_rejected_one_that_comes_back_stays_rejected(ledger: Ledger, scan: Scans) -> None:
    scan(make_found("a"))
    ledger.act(A, Reject("照片齐全"), by="li")
    scan()
    scan(make_found("a"))
    assert ledger.entry(A).state is State.REJECTED


def test_a_suppression_runs_out(ledger: Ledger, scan: Scans, clock: Clock) -> None:
    scan(make_found("a"), make_found("b"))
    ledger.act(A, Suppress("等答复", date(2023, 5, 10)), by="li")
    counts = ledger.counts()
    assert (counts[State.SUPPRESSED], sum(counts.values())) == (1, 2), "counted apart, part of the total"
    clock.go_to(date(2023, 5, 10))
    assert scan(make_found("a"), make_found("b")).expired == 0, "the last day is included"
    clock.go_to(date(2023, 5, 11))
    assert scan(make_found("a"), make_found("b")).expired == 1
    entry = ledger.entry(A)
    assert (entry.state, entry.suppressed_until) == (State.PENDING, None)
    assert ledger.history(A)[-1].what == "expired"


def test_another_answer_is_told_and_counts_as_a_change(ledger: Ledger, scan: Scans) -> None:
    scan(make_found("a", verdict="review"))
    assert scan(make_found("a", verdict="breach", severity="critical")).changed == 1
    entry = ledger.entry(A)
    assert (entry.verdict, entry.severity, entry.version) == ("breach", "critical", 2)


def test_rules_that_did_not_answer_say_nothing_of_their_problems(ledger: Ledger, scan: Scans) -> None:
    scan(make_found("a"), make_found("b", rule="DEV-01", family="DEV"))
    done = scan(rules=["NTC-05"])
    assert (done.gone, done.not_judged) == (1, 1)
    assert [one.rule for one in ledger.every(Filter(presence=Presence.PRESENT))] == ["DEV-01"]


def test_unchanged_findings_are_seen_without_being_told_again(ledger: Ledger, scan: Scans, clock: Clock) -> None:
    scan(make_found("a", fingerprint="1"))
    clock.later(days=1)
    assert ledger.fingerprints() == {"f-a": "1"}
    done = scan(unchanged={"f-a"})
    assert (done.still, done.gone) == (1, 0)
    assert ledger.entry(A).last_seen_on == date(2023, 5, 3)
    with pytest.raises(ValueError, match="unchanged"):
        scan(unchanged={"f-unknown"})


def test_a_frame_of_findings_brings_no_sentence_of_its_own(ledger: Ledger) -> None:
    """The columns of findings.parquet are taken as they are; what names people there is left behind."""
    row = {
        "finding_id": "f1", "rule": "NTC-05", "family": "NTC", "verdict": "breach", "severity": "high", "force": "statute",
        "subject_kind": "vehicle", "subject_id": "豫M12345", "agency_id": "01", "station_id": None,
        "started_on": date(2023, 1, 1), "ended_on": None, "record_count": 2, "amount_yuan": 12.5,
        "explanation_zh": "豫M12345 告知超期", "explanation_en": "豫M12345 was told too late",
    }  # fmt: skip
    for number, frame in enumerate(
        (pl.DataFrame([row]), pl.DataFrame([row]).to_arrow(), pl.DataFrame([row]).to_pandas())
    ):
        ledger.follow(frame, run_id=f"r{number}", as_of=date(2023, 5, 2))
    entry = ledger.entry(A)
    assert (entry.amount_fen, entry.record_count, entry.started_on, entry.ended_on) == (1250, 2, date(2023, 1, 1), None)
    assert "豫M12345" not in repr(entry)
    assert "豫M12345" not in repr(ledger.history())
