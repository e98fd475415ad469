"""What a rule reaches: the columns that decide its answer, and those whose blank the rule itself asks for."""

from __future__ import annotations

from datetime import date

from analyzer.engine.judge import plan_rules
from analyzer.engine.reach import ASKS_FOR_BLANK, ASKS_FOR_UNKNOWN, Reach, reach_of
from analyzer.engine.setting import Setting, Supply
from analyzer.rulebook.rulings import resolve
from tests.engine.conftest import SmallRules


def reach(rules: SmallRules, body: str, reads: str = "cases") -> Reach:
    code = rules.write(body, reads)
    library = rules.library()
    rulings = resolve(library.parameters, library.profiles, library.laws)
    supply = Supply({name: frozenset(table.columns) for name, table in library.vocabulary.tables.items()})
    setting = Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, date(2025, 12, 31), supply)
    return reach_of(plan_rules(setting, library, [library.rules[code]])[0].rules[0])


def test_named_facts_and_links_lead_to_columns(rules: SmallRules) -> None:
    found = reach(rules, "breach: fined and detection.device.kind = 'camera'")
    assert {("cases", "fine_yuan"), ("detections", "device_id"), ("devices", "kind")} <= found.columns.keys()
    assert {("cases", "record_id"), ("detections", "device_id")} <= found.links
    assert ("cases", "served_on") not in found.columns


def test_only_what_stands_under_the_word_is_asked_for(rules: SmallRules) -> None:
    found = reach(rules, "breach: blank(served_on) and or_else(closed_on, filed_on) > decided_on")
    assert found.is_asked(("cases", "served_on"), ASKS_FOR_BLANK)
    assert found.is_asked(("cases", "closed_on"), ASKS_FOR_BLANK)
    assert not found.is_asked(("cases", "closed_on"), ASKS_FOR_UNKNOWN)
    assert not found.is_asked(("cases", "noticed_fine_yuan"), ASKS_FOR_BLANK)


def test_who_asks_behind_a_link_asks_for_the_link(rules: SmallRules) -> None:
    found = reach(rules, "breach: not known(agency.kind = 'police')")
    assert found.is_asked(("cases", "agency_id"), ASKS_FOR_UNKNOWN)
    assert found.is_asked(("agencies", "kind"), ASKS_FOR_UNKNOWN)


def test_gathers_are_followed_with_their_keys_and_parameters(rules: SmallRules) -> None:
    body = """
gather:
  sent:
    by: [case_id]
    sql: |
      SELECT n.case_id, is_any(n.kind = 'decision' AND filled(n.issued_at)) AS is_sent
      FROM notices AS n WHERE filled(n.case_id) GROUP BY n.case_id
breach: not is_sent and fine_yuan > p.overload_cap_yuan
"""
    found = reach(rules, body)
    assert ("notices", "case_id") in found.links
    assert found.is_asked(("notices", "issued_at"), ASKS_FOR_BLANK)
    assert not found.is_asked(("notices", "kind"), ASKS_FOR_BLANK)
    assert "overload_cap_yuan" in found.parameters
    assert next(iter(found.tables)) == "cases"
