"""The reports as pages, drawn by programs that are not ours: LibreOffice, poppler, a browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from analyzer.reports.writing import FILES, write_reports
from analyzer.store.package import Package
from tests.reports.conftest import Written

OFFICE = bool(shutil.which("soffice") and shutil.which("pdftotext"))
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def english(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("english")
    write_reports(package, list(FILES), folder, language="en")
    return Written(package, folder)


@cache
def pages(path: Path) -> list[str]:
    """The text of every page, as LibreOffice lays the file out."""
    folder = path.parent / "drawn"
    command = ["soffice", f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=240)
    pdf = folder / f"{path.stem}.pdf"
    fonts = subprocess.run(["pdffonts", str(pdf)], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    assert fonts and all(re.search(r"\byes\b", line) for line in fonts), "every font is in the file"
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    assert "\ufffd" not in text
    return text.split("\f")[:-1]


def bare(text: str) -> str:
    """A text without its spaces: every program sets its own."""
    return re.sub(r"\s", "", text)


@pytest.mark.skipif(not OFFICE, reason="no LibreOffice or poppler here")
def test_the_report_is_drawn_without_an_empty_page(written: Written) -> None:
    drawn = pages(written.path("docx"))
    assert len(drawn) > 10
    for number, text in enumerate(drawn, 1):
        assert bare(text).endswith(f"—{number}—"), f"page {number} has its number"
        assert len(bare(text)) > 30, f"page {number} is empty"
    assert "非现场执法监督审核报告" in drawn[0]
    assert "共发现问题8个" in bare(drawn[0])


@pytest.mark.skipif(not OFFICE, reason="no LibreOffice or poppler here")
def test_the_english_report_is_drawn_too(english: Written) -> None:
    drawn = pages(english.path("docx"))
    assert "8 problems were found" in re.sub(r"\s+", " ", drawn[0])
    assert all(len(text.strip()) > 20 for text in drawn)


@pytest.mark.skipif(not OFFICE, reason="no LibreOffice or poppler here")
@pytest.mark.parametrize("which", ["written", "english"])
def test_no_heading_stands_alone_at_the_foot_of_a_page(which: str, request: pytest.FixtureRequest) -> None:
    drawn = pages(request.getfixturevalue(which).path("docx"))
    for number, text in enumerate(drawn, 1):
        lines = [line.strip() for line in text.splitlines() if line.strip() and bare(line) != f"—{number}—"]
        assert not re.match(r"^([一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d\.\d )", lines[-1]), lines[-1]


@pytest.mark.skipif(not OFFICE, reason="no LibreOffice or poppler here")
def test_the_workbook_is_drawn_with_its_head_on_every_page(written: Written) -> None:
    drawn = pages(written.path("xlsx"))
    assert all("基准日" in text for text in drawn), "every page names the sheet and the day"
    ledger = [text for text in drawn if "整治台账 ｜" in text]
    assert len(ledger) >= 2, "two pages side by side"
    assert all("序号" in text and "问题" in text for text in ledger), "number and problem stand on both"


@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here")
@pytest.mark.parametrize("width", [1280, 820])
def test_the_page_fits_the_window_and_asks_for_nothing(written: Written, width: int) -> None:
    from playwright.sync_api import sync_playwright

    address = written.path("html").resolve().as_uri()
    asked: list[str] = []
    with sync_playwright() as play:
        options = [
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-sync",
        ]
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        said: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        page.on("console", lambda one: said.append(one.text))
        page.goto(address)
        fits = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        drawn = page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 100)")
        loud = [text for text in said if "Content Security" in text]
        browser.close()
    assert fits and drawn
    assert loud == []
    assert [url for url in asked if url != address and not url.startswith("data:")] == []
