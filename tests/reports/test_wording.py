"""The two languages say the same: same keys, same placeholders, and every rule of meaning has its words."""

from __future__ import annotations

import re

from analyzer.model import Force, Severity, Verdict
from analyzer.model.law import Status
from analyzer.reports.facts import Facts
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.wording import Words, messages
from analyzer.rulebook.library import load_library
from analyzer.rulebook.parameters import UNITS
from analyzer.store.package import Package

HOLES = re.compile(r"\{(\w+)\}")
ZH, EN = messages("zh"), messages("en")
SPACES = {"list.space"}
"""What stands between sentences: nothing in Chinese."""


def test_both_languages_have_the_same_keys() -> None:
    assert ZH.keys() == EN.keys()


def test_both_languages_have_the_same_placeholders_and_no_empty_word() -> None:
    for key in ZH:
        assert sorted(HOLES.findall(ZH[key])) == sorted(HOLES.findall(EN[key])), key
        assert key in SPACES or (ZH[key].strip() and EN[key].strip()), key


def test_every_fact_of_every_rule_has_a_name(package: Package) -> None:
    law = Lawbook.of(package)
    for language in ("zh", "en"):
        facts = Facts(law, Words(language))
        rules = [one.rule for code, one in law.library.rules.items() if not code.startswith("TST")]
        assert [(rule.code, name) for rule in rules for name in rule.facts if facts.title(rule, name) == name] == []


def test_every_verdict_severity_force_unit_status_rank_and_family_has_its_word() -> None:
    library = load_library()
    wanted = [f"verdict.{one}" for one in Verdict] + [f"verdict_means.{one}" for one in Verdict]
    wanted += [f"severity.{one}" for one in Severity] + [f"severity_means.{one}" for one in Severity]
    wanted += [f"force.{one}" for one in Force] + [f"force_means.{one}" for one in Force]
    wanted += [f"unit.{one}" for one in UNITS if one != "choice"] + [f"status.{one}" for one in Status]
    wanted += [f"rank.{one.rank}" for one in library.laws.values()]
    wanted += [f"family.{one.rule.family}" for one in library.rules.values()]
    wanted += [f"subject.{one.rule.subject.kind}" for one in library.rules.values()]
    assert [key for key in dict.fromkeys(wanted) if key not in ZH] == []


def test_the_force_decides_the_wording() -> None:
    words = Words("zh")
    assert words.t("basis.breach.statute", articles="《行政处罚法》第四十一条") == "违反《行政处罚法》第四十一条"
    assert words.t("basis.breach.policy", articles="《方案》第一项") == "不符合《方案》第一项要求"
    assert words.t("basis.indicator", articles="x").startswith("线索，需人工核查")
    assert "违反" not in words.t("basis.review.statute", articles="x")


def test_a_word_without_a_message_stands_for_itself() -> None:
    assert Words("en").name("family", "XYZ") == "XYZ"
    assert Words("en").name("family", None) == ""
