"""An inspector without a mouse: filter, row, finding, decision, ledger and menu, with the place of the keyboard seen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from analyzer.dashboard.books import URL
from analyzer.ledger import State, open_ledger
from tests.dashboard.browser import BROWSER, browser, dashboard, settled

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="no chromium here")]

_HERE = """() => {
  const at = document.activeElement;
  const blue = style => [style.borderTopColor, style.borderBottomColor].includes('rgb(31, 95, 168)');
  let shown = false, box = at;
  const reach = at.tagName === 'CANVAS' ? 10 : 5;  // a table is drawn deep within the box that is marked
  for (let up = 0; box && up < reach; up++, box = box.parentElement) {
    const style = getComputedStyle(box);
    shown ||= (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none' || blue(style);
  }
  return {tag: at.tagName, shown, said: (at.getAttribute('aria-label') || at.innerText || '').trim()};
}"""


def tab_to(page: Any, tag: str, said: str = "") -> None:
    """Press Tab until something of this kind with these words has the keyboard; whatever has it on the way is seen."""
    unseen = []
    for _ in range(90):
        page.keyboard.press("Tab")
        here = page.evaluate(_HERE)
        if here["tag"] in ("BODY", "MAIN", "SECTION", "DIV"):  # regions that scroll; nothing is done in them
            continue
        if not here["shown"]:
            unseen.append((here["tag"], here["said"][:20]))
        if here["tag"] == tag and said in here["said"]:
            assert not unseen, unseen
            return
    raise AssertionError(f"the keyboard does not reach {tag} {said}")


def press(page: Any, *keys: str) -> None:
    """Press keys one after the other, and wait for the page."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(200)
    settled(page)


def test_everything_is_done_by_keyboard(package: Path, ledger_file: Path) -> None:
    with (
        dashboard("--package", package, **{URL: str(ledger_file)}) as address,
        browser(address) as (page, outside),
    ):
        page.goto(f"{address}/")
        settled(page)
        _filter(page)
        _open_the_second(page)
        _decide(page)
        _see_the_entry_and_go_back_by_the_menu(page)
        assert outside == []
    with open_ledger(ledger_file) as ledger:
        assert [one.reason for one in ledger.every() if one.state is State.CONFIRMED] == ["现场核对过"]


def _filter(page: Any) -> None:
    tab_to(page, "BUTTON", "概况")
    press(page, "ArrowRight")
    press(page, "Enter")
    assert "part=list" in page.url
    tab_to(page, "INPUT", "严重程度")
    press(page, "ArrowDown", "Enter", "Escape")
    assert "severity=critical" in page.url


def _open_the_second(page: Any) -> None:
    tab_to(page, "CANVAS")
    press(page, "ArrowDown", "Shift+Space")
    assert re.search(r"/finding\?f=[0-9a-f]+", page.url), page.url


def _decide(page: Any) -> None:
    from playwright.sync_api import expect

    tab_to(page, "TEXTAREA", "理由")
    page.keyboard.type("现场核对过")
    tab_to(page, "BUTTON", "认定属实")
    press(page, "Enter")
    expect(page.get_by_text("已完成：认定属实")).to_be_visible()


def _see_the_entry_and_go_back_by_the_menu(page: Any) -> None:
    from playwright.sync_api import expect

    tab_to(page, "A", "打开 2026-")
    press(page, "Enter")
    assert re.search(r"/entry\?entry=", page.url), page.url
    expect(page.get_by_test_id("stMain").get_by_text("现场核对过").first).to_be_visible()
    page.evaluate("() => document.activeElement.blur()")
    tab_to(page, "A", "台账")
    press(page, "Enter")
    assert page.url.endswith("/ledger"), page.url
    expect(page.get_by_role("heading", name="台账", exact=True)).to_be_visible()
