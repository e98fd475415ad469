"""An inspector's morning in a real browser, in both languages: nothing that is done there leaves the machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from analyzer.dashboard.books import URL
from analyzer.ledger import State, open_ledger
from tests.dashboard.browser import BROWSER, browser, dashboard, pick_row, saved, settled
from tests.small_export import write_export

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="no chromium here")]

PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤川青藏琼宁][A-Z][A-Z0-9]{5,6}")


@dataclass(frozen=True)
class Said:
    """What the buttons and pages are called in one language."""

    lang: str
    overview: str
    list: str
    severity: str
    critical: str
    vehicles: str
    ledger: str
    confirm: str
    reason: str
    done: str
    confirmed: str
    upload: str
    start: str
    workbook: str
    report: str
    look: str


ZH = Said(
    "zh", "总览", "问题清单", "严重程度", "严重", "车辆", "台账", "认定属实（1 条）", "理由（可不填）", "已完成：认定属实", "属实",
    "上传审核", "开始审核", "下载问题台账（Excel）", "下载审核报告（Word）", "在各页中查看",
)  # fmt: skip
EN = Said(
    "en", "Overview", "Findings", "Severity", "critical", "Vehicles", "Ledger", "confirm (1)", "Reason (optional)", "Done: confirm",
    "Confirmed", "Upload and audit", "Start the audit", "Findings (Excel)", "Report (Word)", "Look at it in the pages",
)  # fmt: skip


@pytest.mark.parametrize("said", [ZH, EN], ids=["zh", "en"])
def test_an_inspector_s_morning(said: Said, package: Path, ledger_file: Path, tmp_path: Path) -> None:
    with (
        dashboard("--package", package, "--lang", said.lang, **{URL: str(ledger_file)}) as address,
        browser(address) as (page, outside),
    ):
        addresses: list[str] = []
        page.on("framenavigated", lambda frame: addresses.append(frame.url))
        _look_around(page, address, said)
        _follow_a_vehicle(page, said)
        number = _decide(page, address, said, ledger_file)
        _see_it_in_the_ledger(page, said, number)
        _hand_in(page, said, tmp_path)
        assert outside == []
        assert not [one for one in addresses if PLATE.search(one) or "%E8%B1%AB" in one]


def _look_around(page: Any, address: str, said: Said) -> None:
    page.goto(f"{address}/" + ("?lang=en" if said.lang == "en" else ""))
    settled(page)
    from playwright.sync_api import expect

    expect(page.get_by_role("heading", name=said.overview, exact=True)).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(5)
    page.get_by_test_id("stMain").get_by_text(said.list, exact=True).click()
    settled(page)
    page.get_by_test_id("stMultiSelect").first.click()
    page.get_by_role("option", name=said.critical, exact=True).click()
    page.keyboard.press("Escape")
    settled(page)
    assert "severity=critical" in page.url and "part=list" in page.url
    before = page.get_by_test_id("stMain").inner_text()
    page.reload()
    settled(page)
    assert re.search(r"\b42\b", before) and re.search(r"\b42\b", page.get_by_test_id("stMain").inner_text())


def _follow_a_vehicle(page: Any, said: Said) -> None:
    from playwright.sync_api import expect

    page.get_by_test_id("stSidebarNav").get_by_text(said.vehicles, exact=True).click()
    settled(page)
    expect(page.get_by_role("heading", name=said.vehicles, exact=True)).to_be_visible()
    pick_row(page)
    assert re.search(r"vehicle\?(.*&)?vehicle=[0-9a-f]{20}", page.url), page.url
    page.get_by_test_id("stSidebarNav").get_by_text(said.vehicles, exact=True).click()  # back to the list by the menu
    settled(page)
    expect(page.get_by_role("heading", name=said.vehicles, exact=True)).to_be_visible()
    pick_row(page)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    assert not PLATE.search(page.get_by_test_id("stMain").inner_text())
    page.get_by_test_id("stMain").locator('[data-testid="stPageLink"] a[href*="case="]').first.click()
    settled(page)
    assert re.search(r"case\?(.*&)?case=AJ", page.url), page.url
    assert not PLATE.search(page.get_by_test_id("stMain").inner_text())


def _decide(page: Any, address: str, said: Said, ledger_file: Path) -> str:
    page.goto(f"{address}/?part=list&severity=critical" + ("&lang=en" if said.lang == "en" else ""))
    settled(page)
    pick_row(page)
    assert "finding?" in page.url
    page.get_by_label(said.reason).fill("现场核对过 checked on site")
    page.get_by_role("button", name=said.confirm).click()
    settled(page)
    from playwright.sync_api import expect

    expect(page.get_by_text(said.done)).to_be_visible()
    with open_ledger(ledger_file) as ledger:
        decided = [one for one in ledger.every() if one.state is State.CONFIRMED]
    assert [one.reason for one in decided] == ["现场核对过 checked on site"]
    return decided[0].number


def _see_it_in_the_ledger(page: Any, said: Said, number: str) -> None:
    from playwright.sync_api import expect

    page.get_by_test_id("stSidebarNav").get_by_text(said.ledger, exact=True).click()
    settled(page)
    card = page.get_by_test_id("stMetric").filter(has_text=re.compile(rf"^{said.confirmed}"))
    expect(card.get_by_test_id("stMetricValue")).to_have_text("1")
    page.goto(
        page.url.split("?")[0].replace("/ledger", "/entry")
        + f"?entry={number}"
        + ("&lang=en" if said.lang == "en" else "")
    )
    settled(page)
    expect(page.get_by_role("heading", name=re.compile(number))).to_be_visible()
    expect(page.get_by_test_id("stMain").get_by_text("现场核对过 checked on site").first).to_be_visible()


def _hand_in(page: Any, said: Said, folder: Path) -> None:
    exports = write_export(folder / "exports")
    page.get_by_test_id("stSidebarNav").get_by_text(said.upload, exact=True).click()
    settled(page)
    page.locator("input[type=file]").set_input_files(sorted(exports.iterdir()))
    settled(page)
    page.get_by_role("button", name=said.start).click()
    page.get_by_role("button", name=said.look).wait_for(timeout=180_000)
    settled(page)
    workbook = openpyxl.load_workbook(saved(page, said.workbook, folder), read_only=True)
    assert len(workbook.sheetnames) > 5
    report = saved(page, said.report, folder)
    assert report.read_bytes()[:2] == b"PK"
    page.get_by_role("button", name=said.look).click()
    settled(page)
    page.get_by_test_id("stMetricValue").first.wait_for(timeout=60_000)  # the pages open the new package first
    settled(page)
    values = page.get_by_test_id("stMetricValue").all_inner_texts()
    assert "10" in values, values
