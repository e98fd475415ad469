"""A shared server in a real browser: nobody gets in without an account, and everybody sees what is theirs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from analyzer.dashboard.signing_in import COOKIE, hash_password, make_administrator
from analyzer.ledger import User, open_ledger
from tests.dashboard.browser import BROWSER, browser, dashboard, settled

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="no chromium here")]

PASSWORD = "correct horse battery"


@pytest.fixture
def accounts(followed: Path, tmp_path: Path) -> Path:
    """A ledger with an administrator and an inspector of one agency."""
    path = tmp_path / "accounts.sqlite"
    shutil.copyfile(followed, path)
    with open_ledger(path) as ledger:
        make_administrator(ledger, "admin", PASSWORD, by="test")
        ledger.save_account(User("li", "李", "inspector", ("JG02",), True, hash_password(PASSWORD)), by="admin")
    return path


def settings_file(folder: Path, ledger: Path, mode: str) -> Path:
    """The settings of a shared server."""
    path = folder / "dashboard.toml"
    path.write_text(f'mode = "{mode}"\nledger = "{ledger.as_posix()}"\n', encoding="utf-8")
    return path


def sign_in(page: Any, name: str, password: str) -> None:
    """Fill in the form and send it."""
    page.get_by_label("账户").fill(name)
    page.get_by_label("口令").fill(password)
    page.get_by_role("button", name="登录").click()


def test_accounts_roles_and_agencies(package: Path, accounts: Path, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    said = settings_file(tmp_path, accounts, "accounts")
    with (
        dashboard("--package", package, "--settings", said) as address,
        browser(address) as (page, outside),
    ):
        page.goto(f"{address}/ledger?state=pending")
        expect(page.get_by_role("heading", name="登录")).to_be_visible()
        sign_in(page, "li", "wrong password")
        expect(page.get_by_role("alert")).to_be_visible()
        sign_in(page, "li", PASSWORD)
        settled(page)
        assert page.url.endswith("/ledger?state=pending")
        cookie = next(one for one in page.context.cookies() if one["name"] == COOKIE)
        assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
        menu = page.get_by_test_id("stSidebarNav").inner_text()
        assert "台账" in menu and "数据" not in menu.split() and "账户" not in menu
        page.get_by_test_id("stSidebarNav").get_by_text("总览").click()
        settled(page)
        expect(page.get_by_text("只显示您可看的机构")).to_be_visible()
        page.reload()
        settled(page)
        expect(page.get_by_role("heading", name="总览", exact=True)).to_be_visible()
        page.get_by_role("button", name="退出登录").click()
        expect(page.get_by_role("heading", name="登录")).to_be_visible()
        page.goto(address)
        expect(page.get_by_role("heading", name="登录")).to_be_visible()
        sign_in(page, "admin", PASSWORD)
        settled(page)
        page.get_by_test_id("stSidebarNav").get_by_text("账户").click()
        settled(page)
        expect(page.get_by_role("heading", name="账户", exact=True)).to_be_visible()
        assert outside == []


def test_behind_a_proxy_the_header_names_the_account(package: Path, accounts: Path, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    said = settings_file(tmp_path, accounts, "proxy")
    with dashboard("--package", package, "--settings", said) as address, browser(address) as (page, outside):
        assert page.request.get(address).status == 403
        page.context.set_extra_http_headers({"X-Forwarded-User": "li"})
        page.goto(address)
        settled(page)
        expect(page.get_by_text("li（督察）")).to_be_visible()
        expect(page.get_by_text("只显示您可看的机构")).to_be_visible()
        assert outside == []
