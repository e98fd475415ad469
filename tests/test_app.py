"""The dashboard: the overview of a package, what it says without one, and that it asks nothing of the network."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import analyzer
from tests.small_export import write_export

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with a breach, a cell that could not be read, and rules that lacked data."""
    folder = tmp_path_factory.mktemp("bureau")
    out = folder / "package"
    analyzer.audit(
        write_export(folder / "exports"), out=out, as_of="2025-12-31", select=["device.verified", "notice.told_in_time"]
    )
    return out


def open_page(monkeypatch: pytest.MonkeyPatch, package: Path) -> AppTest:
    """Open the page on a package and let it finish."""
    monkeypatch.setenv("ANALYZER_PACKAGE", str(package))
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not page.exception
    return page


def texts(page: AppTest) -> str:
    """All words of the page, one below the other."""
    parts = [*page.title, *page.subheader, *page.text, *page.caption, *page.info, *page.error]
    return "\n".join(str(part.value) for part in parts)


def test_the_overview_shows_what_was_found(monkeypatch: pytest.MonkeyPatch, package: Path) -> None:
    page = open_page(monkeypatch, package)
    assert page.title[0].value == "审核总览"
    assert {one.label: one.value for one in page.metric} == {
        "违规问题": "1",
        "待核问题": "1",
        "涉及记录": "1",
        "无法判定": "2",
        "载入行数": "10",
    }
    said = texts(page)
    assert "基准日 2025-12-31" in said
    assert "读到 10 行 = 载入 10 + 重复 0" in said
    assert [one.value for one in page.subheader] == [
        "按严重程度",
        "按类别",
        "每条规则的五种结论",
        "未能判定：缺什么",
        "数据接收",
    ]


def test_what_could_not_be_judged_is_listed(monkeypatch: pytest.MonkeyPatch, package: Path) -> None:
    missing, intake = (frame.value for frame in open_page(monkeypatch, package).dataframe)
    assert "未设参数" in set(missing["缺什么"])
    assert list(intake["文件"]) == ["告知与文书.csv", "检定证书.csv", "检测记录.csv", "设备.csv"]


def test_the_page_speaks_english_too(monkeypatch: pytest.MonkeyPatch, package: Path) -> None:
    page = open_page(monkeypatch, package)
    page.sidebar.radio[0].set_value("English").run()
    assert not page.exception
    assert page.title[0].value == "Overview of the audit"
    assert page.metric[0].label == "Breaches"


def test_the_rules_shown_can_be_chosen(monkeypatch: pytest.MonkeyPatch, package: Path) -> None:
    page = open_page(monkeypatch, package)
    for kind in ("undecided", "all", "found"):
        page.main.radio[0].set_value(kind).run()
        assert not page.exception


def test_without_a_package_the_page_says_how_to_make_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = open_page(monkeypatch, tmp_path / "nothing")
    assert "还没有可以看的审核结果" in texts(page)
    assert page.code[0].value.endswith("analyzer demo")


def test_a_package_can_be_named_on_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, package: Path) -> None:
    page = open_page(monkeypatch, tmp_path / "nothing")
    page.sidebar.text_input[0].set_value(str(package)).run()
    assert not page.exception
    assert page.metric[0].value == "1"


def test_a_damaged_package_is_said_to_be_damaged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, package: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(package, broken)
    broken.joinpath("findings.parquet").write_bytes(b"PAR1 no more")
    page = open_page(monkeypatch, broken)
    assert "不完整或已损坏" in texts(page)


@pytest.fixture(scope="module")
def address(package: Path) -> Iterator[str]:
    """The dashboard as people start it, on the loopback address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "ANALYZER_PACKAGE": str(package)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str) -> None:
    """Wait until the server answers."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError(url)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here")
def test_the_page_asks_nothing_of_any_other_host(address: str) -> None:
    from playwright.sync_api import expect, sync_playwright

    options = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    outside: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        page = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
        own = (address, address.replace("http", "ws"), "data:", "blob:")
        page.on("request", lambda one: None if one.url.startswith(own) else outside.append(one.url))
        page.goto(address)
        expect(page.get_by_role("heading", name="审核总览")).to_be_visible(timeout=60_000)
        expect(page.locator(".js-plotly-plot")).to_have_count(3, timeout=60_000)
        expect(page.get_by_test_id("stDataFrame")).to_have_count(2, timeout=60_000)
        browser.close()
    assert outside == []
