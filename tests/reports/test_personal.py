"""Names are followed to their columns: links, named expressions, gathers."""

from __future__ import annotations

import shutil
from pathlib import Path

from analyzer.reports.entries import Entries, number_findings
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.personal import PersonalNames
from analyzer.reports.wording import Words
from analyzer.store.package import Package


def test_a_fact_is_as_personal_as_the_column_it_comes_from(package: Package) -> None:
    law = Lawbook.of(package)
    fined = PersonalNames(law.setting, law.rule("TST-01"))
    assert fined.subject() == {"name"}
    assert fined.fact("plate_no") == {"plate"}
    assert fined.fact("contact_phone") == {"phone"}
    assert fined.fact("vehicle") == {"plate", None}
    assert fined.fact("officer1.name") == {"name"}
    assert fined.fact("agency.name") == {None}
    assert fined.fact("detection.vehicle") == {"plate", None}


def test_a_gathered_name_is_found_inside_the_query(package: Package) -> None:
    law = Lawbook.of(package)
    lead = PersonalNames(law.setting, law.rule("TST-03"))
    assert lead.fact("one_party") == {"name"}
    assert "name" not in lead.fact("parties")


def test_every_rule_of_the_library_can_be_followed(package: Package) -> None:
    law = Lawbook.of(package)
    for code, one in law.library.rules.items():
        names = PersonalNames(law.setting, one.rule)
        for fact in one.rule.facts:
            assert "text" not in names.fact(fact), (code, fact)
        assert "text" not in names.subject(), code


def test_without_its_rule_file_a_finding_shows_no_text_of_a_fact(package: Package, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(package.folder, copy)
    shutil.rmtree(copy / "law")
    bare = Package(copy)
    with bare.connect() as con:
        number_findings(con)
        entries = list(Entries(con, Lawbook.of(bare), Words("zh"), show_personal=False))
    text = "".join(entry.explanation + entry.subject for entry in entries)
    assert not any(word in text for word in ("张三", "M12345", "13812345678", "SUM"))
    assert entries[0].problem == "TST-01"
