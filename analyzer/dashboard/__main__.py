"""`python -m analyzer.dashboard`: what `analyzer dashboard` starts, in a process of its own."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.logger import set_log_level

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.model.errors import Language

if TYPE_CHECKING:
    from analyzer.dashboard.server import Start

CANNOT = 2


def main(arguments: list[str] | None = None) -> int:
    """Start the dashboard, or make an administrator; return the exit status."""
    given = _options(sys.argv[1:] if arguments is None else arguments)
    language: Language = "en" if given.lang == "en" else "zh"
    set_log_level("ERROR")  # before the pages are loaded: what streamlit remarks then is for nobody
    from analyzer.dashboard.server import Start
    from analyzer.dashboard.source import Place

    try:
        start = Start(
            Place(package=_whole(given.package), store=_whole(given.store)),
            given.host,
            given.port,
            _whole(given.settings),
        )
        if given.new_administrator:
            _make_administrator(start, given.new_administrator, language)
        else:
            _run(start, language)
    except AnalyzerError as error:
        print(error.say(language), file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        pass
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="analyzer dashboard", add_help=False)
    for name in ("--store", "--package", "--settings"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int)
    parser.add_argument("--new-administrator", default="")
    parser.add_argument("--lang", default="zh")
    return parser.parse_args(arguments)


def _whole(path: Path | None) -> Path | None:
    return path.resolve() if path is not None else None


def _run(start: Start, language: Language) -> None:
    from analyzer.dashboard.server import prepared, serve

    if start.place.store is not None and start.place.package is not None:
        raise AnalyzerError(
            Problem("--package", Text("--store 和 --package 只能给一个", "give either --store or --package"))
        )
    said, port = prepared(start)
    shown = f"[{start.host}]" if ":" in start.host and not start.host.startswith("[") else start.host
    address = f"http://{shown}:{port}" + ("/?lang=en" if language == "en" else "")
    hint = Text(f"仪表板：{address}（按 Ctrl-C 结束）", f"Dashboard: {address} (Ctrl-C ends it)")
    print(hint.say(language), flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        serve(start, said, port)
    print(Text("仪表板已结束。", "The dashboard has ended.").say(language), flush=True)


def _make_administrator(start: Start, name: str, language: Language) -> None:
    from analyzer.dashboard.books import open_for_accounts
    from analyzer.dashboard.settings import Settings, read_settings
    from analyzer.dashboard.signing_in import make_administrator

    said = read_settings(start.settings) if start.settings else Settings()
    ledger = open_for_accounts(start.place, said)
    first = getpass.getpass(Text("口令：", "Password: ").say(language))
    if first != getpass.getpass(Text("再输一次：", "Once more: ").say(language)):
        raise AnalyzerError(Problem(name, Text("两次输入不同", "the two are not the same")))
    make_administrator(ledger, name, first, by=getpass.getuser())
    print(Text(f"管理员 {name} 已设。", f"Administrator {name} is set up.").say(language))


if __name__ == "__main__":
    sys.exit(main())
