"""How fast the pages answer with a million findings and ten million detections behind them, measured in a browser.

    .venv/bin/python benchmarks/dashboard.py --work DIR [--findings 1000000] [--detections 10000000] [--only vehicles ...]

A synthetic package and a ledger of as many entries are written once (`large_package`). Every page is opened once, which is
the first load; then each action is done again, on another vehicle, device, case or entry than before where it opens one,
and the time is taken from the click until the page has been worked out and drawn. The aim is one second on two cores that do
nothing else; on a machine that others use, the processor time of the dashboard and of the browser (which draws without a
graphics card here) says more. `runs` is how often the page was worked out for one action.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from analyzer.dashboard.books import URL
from analyzer.reports.wording import Words
from benchmarks.large_package import write_large, write_ledger
from tests.dashboard.browser import browser, dashboard

AIM = 1.0
_ROW, _HEADER = 35, 35

_said = Words("zh").t

Act = Callable[[Any, int], None]


@dataclass(frozen=True)
class Spent:
    """Processor seconds of the dashboard and of the browser."""

    server: float
    browser: float


@dataclass(frozen=True)
class Row:
    """What an action on a page took: seconds of the first time, and of later ones with what each side worked meanwhile."""

    page: str
    action: str
    first: float
    again: float
    spent: Spent
    runs: int


@dataclass(frozen=True)
class Step:
    """Something that is done on a page, the first time and three times more; `before` is not timed."""

    name: str
    act: Act
    before: Act | None = None


def main() -> None:
    """Write the package and the ledger unless they are there, measure, and print a table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--work", type=Path, required=True)
    asked.add_argument("--findings", type=int, default=1_000_000)
    asked.add_argument("--detections", type=int, default=10_000_000)
    asked.add_argument("--only", nargs="*", default=[], help="the pages to measure; all of them without this")
    given = asked.parse_args()
    package = write_large(given.work, given.findings, given.detections)
    ledger = write_ledger(given.work, package, given.findings)
    rows = measure(package, ledger, given.only)
    print(f"{'page':10} {'action':34} {'first':>8} {'again':>8} {'server':>8} {'browser':>8} {'runs':>5}")
    for row in rows:
        over = "" if row.again <= AIM else f"   over {AIM} s"
        spent = f"{row.spent.server:7.2f}s {row.spent.browser:7.2f}s {row.runs:5}"
        print(f"{row.page:10} {row.action:34} {row.first:7.2f}s {row.again:7.2f}s {spent}{over}")
    print(
        json.dumps({"cores": os.cpu_count(), "load": os.getloadavg()[0], "worst_again": max(row.again for row in rows)})
    )


_OBSERVE = """() => {
  window.__at = []; window.__drawn = 0; window.__begun = 0;
  new MutationObserver(changes => {
    window.__at.push(performance.now());
    for (const one of changes) if (one.target.dataset.testScriptState === 'running') window.__begun++;
  }).observe(document.body, {subtree: true, attributes: true, attributeFilter: ['data-test-script-state']});
  new MutationObserver(() => { window.__drawn = performance.now(); })
    .observe(document.body, {subtree: true, childList: true});
}"""


def measure(package: Path, ledger: Path, only: Sequence[str] = ()) -> list[Row]:
    """Open every page and do what people do there; return seconds of the first time and of the later ones."""
    rows: list[Row] = []
    with dashboard("--package", package, **{URL: str(ledger)}) as address, browser(address) as (page, outside):
        page.set_default_timeout(60_000)
        page.goto(f"{address}/data")
        _still(page)
        page.evaluate(_OBSERVE)
        for view, label, steps in VISITS:
            if only and view not in only:
                continue
            other = "规则" if label != "规则" else "数据"
            opened = Step("open", lambda page, _nth, label=label: _menu(page, label), _leave(other))
            for step in (opened, *steps):
                rows.append(_taken(page, view, step))
                print(rows[-1], file=sys.stderr)
            _timed(page, lambda other=other: _menu(page, other))
        assert outside == []
    return rows


def _taken(page: Any, view: str, step: Step) -> Row:
    taken, server, browsers, runs = [], [], [], []
    for nth in range(4):
        if step.before is not None:
            step.before(page, nth)
            _still(page)
            page.wait_for_timeout(500)  # tables are drawn a moment after the page is there
        before = _spent()
        taken.append(_timed(page, lambda nth=nth: step.act(page, nth)))
        after = _spent()
        server.append(after.server - before.server)
        browsers.append(after.browser - before.browser)
        runs.append(int(page.evaluate("() => window.__begun")))
    spent = Spent(*(round(statistics.median(some[1:]), 2) for some in (server, browsers)))
    return Row(view, step.name, round(taken[0], 2), round(statistics.median(taken[1:]), 2), spent, max(runs[1:]))


def _leave(other: str) -> Act:
    return lambda page, _nth: _menu(page, other)


def _spent() -> Spent:
    """Processor seconds until now of the dashboard and of the browser that this script started (Linux only)."""
    parents, ticks, names = {}, {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, rest = stat.read_text().rpartition(")")
            words = (stat.parent / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        pid, cells = int(stat.parent.name), rest.split()
        parents[pid], ticks[pid] = int(cells[1]), sum(map(int, cells[11:13]))
        names[pid] = "server" if b"analyzer.dashboard" in words else "browser" if "chrom" in head else ""
    found = dict.fromkeys(("server", "browser"), 0)
    for pid, name in names.items():
        above = pid
        while above in parents and above != os.getpid():
            above = parents[above]
        if name and above == os.getpid():
            found[name] += ticks[pid]
    return Spent(*(found[name] / os.sysconf("SC_CLK_TCK") for name in ("server", "browser")))


def _menu(page: Any, label: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_text(label, exact=True).click()


def _to(label: str) -> Act:
    """Go to a list afresh, by another page."""

    def act(page: Any, _nth: int) -> None:
        _menu(page, "数据")
        _still(page)
        _menu(page, label)

    return act


def _part(*names: str) -> Act:
    """Choose one of the parts of a page, going round them."""
    return lambda page, nth: (
        page.get_by_test_id("stButtonGroup").get_by_text(names[nth % len(names)], exact=True).first.click()
    )


def _pick(row: int = 0, each: int = 1, table: int = 0) -> Act:
    """Pick a row of a table, another one each time: tables are drawn, not built of elements."""

    def act(page: Any, nth: int) -> None:
        grid = page.get_by_test_id("stDataFrame").nth(table)
        grid.scroll_into_view_if_needed()
        place = grid.bounding_box()
        page.mouse.click(place["x"] + 16, place["y"] + _HEADER + _ROW * (row + each * nth) + _ROW // 2)

    return act


def _type(label: str, *texts: str) -> Act:
    def act(page: Any, nth: int) -> None:
        field = page.get_by_role("textbox", name=label).first
        field.fill(texts[nth % len(texts)])
        field.press("Enter")

    return act


def _choose(*options: str) -> Act:
    """Choose in a filter that is open."""
    return lambda page, nth: page.get_by_role("option", name=options[nth % len(options)], exact=True).click()


def _open_filter(place: int) -> Act:
    def act(page: Any, _nth: int) -> None:
        page.keyboard.press("Escape")
        page.get_by_test_id("stMultiSelect").nth(place).locator("input").click()

    return act


def _a_vehicle(page: Any, nth: int) -> None:
    _to("车辆")(page, nth)
    _still(page)
    _pick()(page, nth)
    _still(page)
    page.wait_for_timeout(500)


_SEVERITY = tuple(_said(f"severity.{one}") for one in ("critical", "high", "medium", "low"))


def _orders(view: str, *names: str) -> Act:
    return _part(*(_said(f"{view}.order_{name}") for name in names))


def _findings_list(page: Any, _nth: int) -> None:
    _menu(page, "总览")
    _still(page)
    _part("问题清单")(page, 0)


VISITS: list[tuple[str, str, list[Step]]] = [
    ("overview", "总览", [
        Step("what was judged", _part("判定情况"), _part("概况")),
        Step("findings", _part("问题清单"), _part("概况")),
        Step("findings of a severity more", _choose(*_SEVERITY), _open_filter(0)),
        Step("one finding", _pick(), _findings_list),
    ]),
    ("vehicles", "车辆", [
        Step("a severity more", _choose(*_SEVERITY), _open_filter(0)),
        Step("another order", _orders("vehicles", "findings", "records", "last", "severity")),
        Step("one vehicle", _pick(), _to("车辆")),
        Step("one finding of a vehicle", _pick(table=-1), _a_vehicle),
        Step("a part of a plate", _type(_said("vehicles.text"), "豫A123", "777", "豫C***45"), _to("车辆")),
    ]),
    ("devices", "设备", [
        Step("a severity more", _choose(*_SEVERITY), _open_filter(0)),
        Step("another order", _orders("devices", "outside", "records", "device", "severity")),
        Step("one device", _pick(), _to("设备")),
        Step("a part of a name", _type(_said("devices.text"), "SB0012", "第77", "9"), _to("设备")),
    ]),
    ("cases", "案件", [
        Step("a severity more", _choose(*_SEVERITY), _open_filter(0)),
        Step("another order", _orders("cases", "findings", "fine", "decided", "severity")),
        Step("one case", _pick(), _to("案件")),
        Step("a part of a number", _type(_said("cases.text"), "00012", "777", "AJ0000"), _to("案件")),
    ]),
    ("agencies", "机构与人员", []),
    ("ledger", "台账", [
        Step("a severity more", _choose(*_SEVERITY), _open_filter(1)),
        Step("one entry picked", _pick(), _to("台账")),
    ]),
    ("rules", "规则", [
        Step("one rule", _pick(), _to("规则")),
        Step("its findings and back", _part(*(_said(f"dashboard.rules.part_{one}") for one in ("findings", "about")))),
        Step("a word", _type(_said("dashboard.rules.search"), "超限", "PRC", "fine"), _to("规则")),
    ]),
    ("data", "数据", [
        Step("problems", _part("读取问题"), _part("文件")),
        Step("missing", _part("缺少的表和列"), _part("文件")),
    ]),
    ("upload", "上传审核", []),
]  # fmt: skip
"""The pages, and what is done on each."""


def _timed(page: Any, act: Callable[[], None]) -> float:
    """Seconds from the action until the page was worked out and drawn."""
    from playwright.sync_api import TimeoutError as TooLong

    for tries in range(3):  # a click on what is just being drawn anew is lost: it is done again, and timed from then
        page.evaluate(
            "() => { window.__at = []; window.__drawn = window.__begun = 0; window.__from = performance.now(); }"
        )
        act()
        try:
            # a run of a few milliseconds begins and ends between two looks of the browser: then only the drawing is seen
            page.wait_for_function("() => window.__at.length > 0 || window.__drawn > 0", timeout=20_000)
            break
        except TooLong:
            if tries == 2:
                page.screenshot(path=str(Path(tempfile.gettempdir()) / "dashboard-stuck.png"))
                raise
    _still(page)
    last = "Math.max(window.__drawn, window.__at[window.__at.length - 1] ?? 0)"
    return float(page.evaluate(f"() => {last} - window.__from")) / 1000


def _still(page: Any) -> None:
    """Wait until the script has ended and does not begin again."""
    for _ in range(4):  # one page may lead to another, with a moment between them
        page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=600_000)
        page.wait_for_timeout(300)


if __name__ == "__main__":
    main()
