"""A broken rule is reported with file, line, cause and the nearest right name, all at once, before anything runs."""

from __future__ import annotations

import pytest

from analyzer.engine.audit import Order, prepare
from analyzer.engine.check import check_rules
from analyzer.engine.connect import connect, lock
from analyzer.model import AnalyzerError
from tests.engine.conftest import SmallRules


def problems_of(rules: SmallRules, *bodies: str, reads: str = "cases") -> str:
    codes = [rules.write(body, reads) for body in bodies]
    library = rules.library()
    found = check_rules(library, [library.rules[code] for code in codes])
    return "\n".join(problem.say("en") for problem in found)


def test_an_unknown_column_is_named_with_its_line_and_the_nearest(rules: SmallRules) -> None:
    text = problems_of(rules, "breach: severed_on > decided_on")
    assert "TST-01.yaml, line 10" in text
    assert "`severed_on` is no column" in text
    assert "Did you mean `served_on`?" in text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("breach: coalesce(fine_yuan, 0) > 1", "would hide a blank"),
        ("breach: fine_yuan is null", "would hide a blank"),
        ("breach: blanc(fine_yuan)", "Did you mean `blank`?"),
        ("breach: fine_yuan > p.plea_day", "Did you mean `plea_days`?"),
        ("breach: found(agancy)", "There are: detection"),
        ("breach: fine_yuan >", "cannot be read"),
        ("breach: cd(decided_on) > 1", "takes 2 arguments"),
        ("breach: decided_on > current_date", "may not say"),
        ("breach: fine_yuan > (select 1)", "may not say"),
        ("breach: random() > 1", "a rule may not say"),
        ("gather: {x: {by: [case_id], sql: SELECT 1 FROM nothing AS n}}\nbreach: true", "there is no table `nothing`"),
        ('gather: {x: {by: {k: "random()"}, sql: SELECT c.case_id AS k FROM cases AS c}}\nbreach: true', "a rule may not say"),
        ("gather: {x: {by: [case_id], sql: SELECT c.case_id FROM cases AS c, parts: {of: cases}}}\nbreach: true", "end with groups"),
        ("gather: {x: {by: [case_id], sql: DROP TABLE cases}}\nbreach: true", "must be one SELECT"),
        ("gather: {x: {by: [case_id], sql: SELECT c.nope FROM cases AS c}}\nbreach: true", "`nope` is no column"),
        ("gather: {x: {by: [case_id], sql: \"SELECT * FROM read_csv('x.csv') AS c\"}}\nbreach: true", "may not say"),
        ("gather: {x: {by: [case_id], sql: SELECT getenv('HOME') AS h FROM cases AS c}}\nbreach: true", "getenv"),
    ],
)  # fmt: skip
def test_each_mistake_says_what_is_wrong(rules: SmallRules, body: str, said: str) -> None:
    assert said.lower() in problems_of(rules, body).lower()


def test_all_mistakes_are_reported_at_once(rules: SmallRules) -> None:
    text = problems_of(rules, "breach: one_wrong > 1", "breach: other_wrong > 1")
    assert "one_wrong" in text
    assert "other_wrong" in text


def test_form_mistakes_name_the_key_and_the_line(rules: SmallRules) -> None:
    rules.write("breech: true")
    rules.write("breach: true\nlevel_of: x")
    with pytest.raises(AnalyzerError) as caught:
        rules.library()
    text = caught.value.say("en")
    assert "Did you mean `breach`?" in text
    assert "level_of" in text
    assert "TST-01.yaml, line 10" in text


def test_a_repeated_key_is_refused(rules: SmallRules) -> None:
    rules.write("breach: true\nbreach: false")
    with pytest.raises(AnalyzerError, match="written twice"):
        rules.library()


def test_a_code_that_is_taken_is_refused(rules: SmallRules) -> None:
    rules.write("breach: true")
    other = rules.folder / "zz.yaml"
    other.write_text((rules.folder / "TST-01.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(AnalyzerError, match="already used"):
        rules.library()


def test_placeholders_must_be_the_same_in_both_languages(rules: SmallRules) -> None:
    code = rules.write("breach: true")
    path = rules.folder / f"{code}.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("{records} records", "{subject}"), encoding="utf-8")
    library = rules.library()
    text = "\n".join(one.say("en") for one in check_rules(library, [library.rules[code]]))
    assert "placeholders in one language only" in text


def test_an_indicator_may_not_say_breach(rules: SmallRules) -> None:
    code = rules.write("breach: true", force="indicator")
    library = rules.library()
    assert "may not say breach" in "\n".join(one.say("en") for one in check_rules(library, [library.rules[code]]))


def test_profile_settings_selection_and_rules_are_wrong_together(tmp_path: object) -> None:
    from datetime import date
    from pathlib import Path

    order = Order((Path("x"),), date(2025, 1, 1), profile="henna", settings=("plea_days=many",), select=("NTC-99",))
    with pytest.raises(AnalyzerError) as caught:
        prepare(order)
    text = caught.value.say("en")
    assert "Did you mean `henan`?" in text
    assert "plea_days" in text
    assert "NTC-99" in text


def test_sql_reaches_no_file_once_locked(tmp_path: object) -> None:
    con = connect()
    lock(con)
    with pytest.raises(Exception, match="disabled"):
        con.execute("SELECT * FROM read_csv('/etc/hostname')")
    with pytest.raises(Exception, match="locked"):
        con.execute("SET enable_external_access = true")
