"""Small packages: a few cases and notices, judged by rules of our own, whose names and texts try to misbehave."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

import analyzer
from analyzer.reports.writing import FILES, write_reports
from analyzer.store.package import Package

CASES = """案件编号,车牌号,车牌颜色,当事人,联系电话,执法机构编号,立案日期,决定日期,罚款金额,案件状态
001,豫M12345,黄,张三,13812345678,01,2024-03-01,2024-03-20,500,结案
002,豫MD12345,绿,甲运输有限公司,0398-2812345,01,2024-03-01,2024-03-21,1500.5,结案
003,陕A00001,黄,=1+1,10012345678,02,2024-03-01,2024-03-22,200,结案
004,陕A00002,黄,＝cmd|' /C calc'!A0,10012345679,02,2024-03-02,2024-03-23,200,结案
005,陕A00003,黄,@SUM(A1),10012345670,02,2024-03-02,2024-03-24,200,结案
006,陕A00004,黄,<r><t>x</t></r>,,02,2024-03-02,2024-04-24,200,结案
007,陕A00005,黄,李四,,02,2024-03-02,2024-04-25,王小明,结案
"""
NOTICES = """文书编号,车牌号,车牌颜色,文书类型,下达时间,执法机构编号
W1,豫M12345,黄,告知书,2024-03-05 09:00,01
W2,豫M12345,黄,告知书,2024-03-06 09:00,01
W3,无牌,,告知书,2024-03-06 09:00,01
"""
AGENCIES = """执法机构编号,执法机构名称,机构类型
01,三门峡市交通运输执法支队,交通运输
"""
FINED = """
id: tests.fined
code: TST-01
force: statute
severity: high
severity_when: {critical: fine_yuan > 1000}
title: {zh: 作出罚款, en: A fine}
requirement: {zh: 不罚款, en: No fine}
basis:
  - {law: APL-2021, article: "41(1)", from: 2021-07-15}
  - {law: APL-2021, article: "63", from: 2021-07-15}
  - {law: APL-2017, article: "42", until: 2021-07-14}
reads: cases
breach: fine_yuan > p.cash_limit_yuan
subject: {kind: party, id: party_name}
episode: case_id
facts: [party_name, plate_no, contact_phone, decided_on]
explain:
  zh: 当事人 {subject}（{party_name}）的车辆 {plate_no}，电话 {contact_phone}，罚款 {amount} 元；另有车辆鲁B·88888和电话13900001111
  en: "{subject} ({party_name}) with {plate_no}, telephone {contact_phone}, was fined {amount} yuan"
remedy: {zh: "与 {party_name} 核对", en: "Ask {party_name}"}
examples: {cases: [{name: none, expect: compliant}]}
"""
TOLD = """
id: tests.told
code: TST-02
force: policy
severity: low
title: {zh: 下达文书, en: A notice}
requirement: {zh: 不下达, en: No notice}
basis: [{law: S2, article: {zh: 第二部分（一）, en: section 2 (1)}}]
reads: notices
review: filled(issued_at)
subject: {kind: vehicle, id: vehicle}
explain: {zh: "{subject} 收到文书 {records} 份", en: "{subject} got {records} notices"}
remedy: {zh: 核查, en: Look}
examples: {cases: [{name: none, expect: compliant}]}
"""
LEAD = """
id: tests.lead
code: TST-03
force: indicator
severity: info
title: {zh: 同一机构的当事人, en: Parties of one agency}
requirement: {zh: 无, en: None}
basis: [{law: APL-2021, article: "5"}]
reads: cases
gather:
  of_agency:
    about: {zh: 同一机构的案件, en: Cases of the agency}
    by: [agency_id]
    sql: |
      SELECT c.agency_id AS agency_id, max(c.party_name) AS one_party, count(*) AS parties
      FROM cases AS c GROUP BY c.agency_id
review: parties > 2 and filled(hearing_on)
undecided_when: parties < 3
subject: {kind: agency, id: agency_id}
facts: [one_party, parties]
explain: {zh: "该机构 {parties} 案，如 {one_party}", en: "{parties} cases, {one_party} say"}
remedy: {zh: 核查, en: Look}
examples: {cases: [{name: none, expect: compliant}]}
"""


def build(folder: Path, cases: str = CASES) -> Package:
    """Judge the small exports and return the package."""
    exports, rules = folder / "exports", folder / "rules"
    exports.mkdir(parents=True)
    rules.mkdir()
    for name, text in (("案件", cases), ("告知与文书", NOTICES), ("执法主体", AGENCIES)):
        (exports / f"{name}.csv").write_text(text, encoding="utf-8")
    for name, text in (("fined", FINED), ("told", TOLD), ("lead", LEAD)):
        (rules / f"{name}.yaml").write_text(text, encoding="utf-8")
    out = folder / "out"
    analyzer.audit(exports, rules=rules, select=["TST"], as_of="2024-12-31", out=out)
    return Package(out)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return build(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def package_without_findings(tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("nothing")
    (folder / "检查.csv").write_text("检查编号,检查日期\nJ1,2024-01-01\n", encoding="utf-8")
    analyzer.audit(folder / "检查.csv", select=["PRC"], as_of="2024-12-31", out=folder / "out")
    return Package(folder / "out")


@dataclass(frozen=True)
class Written:
    """The three reports of the small package, and where they are."""

    package: Package
    folder: Path

    def path(self, kind: str) -> Path:
        return self.folder / FILES[kind]


@pytest.fixture(scope="session")
def written(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("reports")
    write_reports(package, list(FILES), folder)
    return Written(package, folder)
