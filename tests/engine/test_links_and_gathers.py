"""Look-ups and gathers: found, not found, not supplied, and keys that nobody can match."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import SmallRules

UNKNOWN = "unknown"
RECORD = {"record_id": "R1", "device_id": "D1", "detected_at": "2024-03-05 08:00"}


def judge(rules: SmallRules, body: str, record: dict[str, Any], **tables: Any) -> str:
    given = {"detections": [{**RECORD, **record}], **tables}
    return rules.judge(body, given, "detections")["R1"]


@pytest.mark.parametrize(
    ("device", "table", "expected"),
    [
        ("D1", [{"device_id": "D1"}], "breach"),
        ("D2", [{"device_id": "D1"}], "compliant"),
        ("D2", [], "compliant"),
        (None, [{"device_id": "D1"}], "not_assessable"),
        (UNKNOWN, [{"device_id": "D1"}], "not_assessable"),
        ("D1", UNKNOWN, "not_assessable"),
    ],
)
def test_a_register_that_lacks_the_row_is_a_fact(rules: SmallRules, device: object, table: Any, expected: str) -> None:
    assert judge(rules, "breach: found(device)", {"device_id": device}, devices=table) == expected


def test_a_blank_permit_number_means_no_permit(rules: SmallRules) -> None:
    assert judge(rules, "breach: found(permit)", {"permit_no": None}, permits=UNKNOWN) == "compliant"
    assert judge(rules, "breach: found(permit)", {"permit_no": "X"}, permits=UNKNOWN) == "not_assessable"


def test_a_case_whose_detection_is_not_there_is_unknown(rules: SmallRules) -> None:
    case = {"case_id": "C1", "record_id": "R9", "status": "closed", "decided_on": "2024-03-05"}
    given = {"cases": [case], "detections": [RECORD]}
    assert rules.judge("breach: not found(detection)", given)["C1"] == "not_assessable"


def test_what_a_missing_row_would_have_said_is_unknown_not_blank(rules: SmallRules) -> None:
    assert (
        judge(rules, "breach: blank(device.kind)", {"device_id": "D2"}, devices=[{"device_id": "D1"}])
        == "not_assessable"
    )
    assert judge(rules, "breach: blank(device.kind)", {}, devices=[{"device_id": "D1", "kind": None}]) == "breach"


def test_two_links_in_a_row(rules: SmallRules) -> None:
    given = {
        "cases": [{"case_id": "C1", "record_id": "R1", "status": "closed", "decided_on": "2024-03-05"}],
        "detections": [{**RECORD, "permit_no": "X1"}],
        "permits": [{"permit_no": "X1", "valid_until": "2024-03-05"}],
    }
    assert rules.judge("breach: detection.permit.valid_until >= detection.d", given)["C1"] == "breach"


GATHER = """
gather:
  same_device:
    by: [device_id]
    sql: |
      SELECT o.device_id, count(*) AS passes, is_any(o.speed_kmh > 100) AS some_fast, is_every(o.speed_kmh > 100) AS all_fast
      FROM detections AS o GROUP BY o.device_id
  notices_of_it:
    by: [record_id]
    sql: SELECT n.record_id, count(*) AS notices FROM notices AS n WHERE filled(n.record_id) GROUP BY n.record_id
    none: {notices: 0}
"""


def test_a_gather_counts_the_rows_of_its_key(rules: SmallRules) -> None:
    given = {"detections": [{**RECORD, "record_id": f"R{n}"} for n in (1, 2, 3)]}
    assert set(rules.judge(GATHER + "breach: passes = 3", given, "detections").values()) == {"breach"}


def test_a_row_with_a_blank_key_joins_no_group(rules: SmallRules) -> None:
    given = {"detections": [{**RECORD, "record_id": f"R{n}", "device_id": None} for n in (1, 2)]}
    assert set(rules.judge(GATHER + "breach: passes = 2", given, "detections").values()) == {"not_assessable"}


@pytest.mark.parametrize(
    ("notices", "expected"),
    [([], "breach"), ([{"notice_id": "N1", "record_id": "R1"}], "compliant"),
     ([{"notice_id": "N1", "record_id": None}], "breach"), (UNKNOWN, "not_assessable")],
)  # fmt: skip
def test_none_stands_for_a_known_key_that_finds_nothing(rules: SmallRules, notices: Any, expected: str) -> None:
    assert judge(rules, GATHER + "breach: notices = 0", {}, notices=notices) == expected


@pytest.mark.parametrize(
    ("speeds", "some", "every"),
    [((120, 120), "breach", "breach"), ((120, 80), "breach", "compliant"), ((80, 80), "compliant", "compliant"),
     ((120, None), "breach", "not_assessable"), ((80, None), "not_assessable", "compliant")],
)  # fmt: skip
def test_any_and_every_are_unknown_only_where_it_matters(rules: SmallRules, speeds: Any, some: str, every: str) -> None:
    given = {"detections": [{**RECORD, "record_id": f"R{n}", "speed_kmh": speed} for n, speed in enumerate(speeds)]}
    assert set(rules.judge(GATHER + "breach: some_fast", given, "detections").values()) == {some}
    assert set(rules.judge(GATHER + "breach: all_fast", given, "detections").values()) == {every}
