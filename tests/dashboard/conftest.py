"""What the tests of the pages share: the samples audited once, a ledger that follows them, and pages opened by name."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.cli.ledger_follow import follow_package
from analyzer.dashboard.books import URL
from analyzer.dashboard.frame import DETAILS
from analyzer.dashboard.place import PACKAGE, STORE
from analyzer.dashboard.settings import FILE
from analyzer.engine.audit import Order, run_audit
from analyzer.ledger import open_ledger
from analyzer.store.package import Package, drafting, write_package

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"

Open = Callable[..., AppTest]


def once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Make something slow once for all workers of a run, and return its folder."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / f"dashboard-{name}"
    done = folder.with_suffix(".done")
    try:
        folder.mkdir()
    except FileExistsError:
        for _ in range(1200):
            if done.exists():
                break
            time.sleep(0.1)
        return folder
    make(folder)
    done.touch()
    return folder


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, audited."""

    def make(folder: Path) -> None:
        order = Order(inputs=(SAMPLES,), as_of=date(2025, 12, 31))
        out = folder / "package"
        with drafting(out) as draft, run_audit(order, writable=[draft]) as done:
            write_package(done, draft, out)

    return once(tmp_path_factory, "package", make) / "package"


@pytest.fixture(scope="session")
def followed(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that holds the findings of the samples; take a copy before anything is decided in it."""

    def make(folder: Path) -> None:
        with open_ledger(folder / "ledger.sqlite") as ledger:
            follow_package(ledger, Package(package))

    return once(tmp_path_factory, "ledger", make) / "ledger.sqlite"


@pytest.fixture
def ledger_file(followed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the ledger of the samples, which the pages use."""
    path = tmp_path / "ledger.sqlite"
    shutil.copyfile(followed, path)
    monkeypatch.setenv(URL, str(path))
    return path


def _run(start: str) -> None:
    from analyzer.dashboard import frame

    frame.run(start=start)


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch, package: Path) -> Open:
    """Open a page by its name, in Chinese unless `lang` says otherwise, with these parameters in its address.

    With a parameter that names one of its things, the page of that thing.
    """

    def opened(view: str, of: Path | None = package, **params: str) -> AppTest:
        for name in (STORE, FILE):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(PACKAGE, str(of))
        one = next((one for one, of in DETAILS.items() if of == view and one in params), view)
        page = AppTest.from_function(_run, default_timeout=60, kwargs={"start": one})
        for name, value in params.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception, page.exception
        return page

    return opened


def words_of(page: AppTest) -> str:
    """All words of a page, one below the other; what stands in tables is left out."""
    parts = [
        *page.title, *page.subheader, *page.text, *page.caption, *page.info, *page.error, *page.warning, *page.success,
    ]  # fmt: skip
    return "\n".join(str(part.value).replace("\\", "") for part in parts)


def unfold(page: AppTest) -> AppTest:
    """Open everything that is folded away on a page: it is not worked out before."""
    for one in ("vehicle.history", "case.history", "case.clocks", "rule.judged", "rule.examples"):
        page.session_state[f"folded.{one}"] = True
    return page.run()


def press(page: AppTest, label: str) -> None:
    """Press the button of a label."""
    next(one for one in page.button if one.label.replace("\\", "") == label).click().run()


def cells_of(page: AppTest) -> str:
    """Everything that stands in the tables of a page."""
    return "\n".join(frame.value.to_csv() for frame in page.dataframe)
