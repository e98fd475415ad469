"""`analyzer schedule`: prints what the system's own scheduler needs to run the scan every night."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import typer

from analyzer.cli import console
from analyzer.cli.language import LANGUAGE, say
from analyzer.model import AnalyzerError, Problem, Text

_HELP = say(
    "打印系统计划任务所需的内容；错过的夜晚开机后补扫。\n\n例：\n\n"
    "    analyzer schedule --at 02:30 --for systemd --store 库\n\n"
    "    analyzer schedule --at 02:30 --for windows --store D:\\库 --out 任务",
    "Prints what the system's scheduler needs; a missed night is made up for.\n\nExamples:\n\n"
    "    analyzer schedule --at 02:30 --for systemd --store store\n\n"
    "    analyzer schedule --at 02:30 --for windows --store D:\\store --out task",
)
_STEPS = {
    "systemd": (
        "放到 ~/.config/systemd/user/（或 /etc/systemd/system/），再运行：systemctl --user daemon-reload && "
        "systemctl --user enable --now analyzer-scan.timer && loginctl enable-linger",
        "Put them into ~/.config/systemd/user/ (or /etc/systemd/system/), then: systemctl --user daemon-reload && "
        "systemctl --user enable --now analyzer-scan.timer && loginctl enable-linger",
    ),
    "cron": ("用 crontab -e 加入这几行。", "Add these lines with crontab -e."),
    "windows": (
        "加 --out 写成文件后运行：schtasks /Create /TN analyzer-scan /XML analyzer-scan.xml"
        "（无人登录时也运行需加 /RU 用户 /RP，并有“作为批处理作业登录”的权限）",
        "Write it to a file with --out, then: schtasks /Create /TN analyzer-scan /XML analyzer-scan.xml "
        "(to run while nobody is logged on: /RU USER /RP, with the right to log on as a batch job)",
    ),
}


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("schedule", help=_HELP)(schedule)


def schedule(
    at: str = typer.Option("02:30", "--at", metavar="HH:MM", help=say("每晚几点", "at what time each night")),
    system: str = typer.Option("systemd", "--for", help="systemd, cron, windows"),
    store: Path = typer.Option(..., "--store", help=say("库的目录", "the folder of the store")),
    options: str = typer.Option(
        "", "--options", help=say("另给 analyzer scan 的选项", "more options for analyzer scan"), metavar="TEXT"
    ),
    out: Path = typer.Option(None, "--out", help=say("写成文件，而不是打印", "write files instead of printing")),
) -> None:
    """Print what the scheduler of a system needs."""
    from analyzer.store.schedule import SYSTEMS, units

    hour, minute = _time(at)
    if system not in SYSTEMS:
        cause = Text(f"没有系统 `{system}`", f"there is no system `{system}`")
        listed = ", ".join(SYSTEMS)
        raise AnalyzerError(Problem("--for", cause, Text(f"可用：{listed}", f"There are: {listed}")))
    found = units(system, (hour, minute), [*_program(), *_scan_words(store, options)], store.resolve())
    for name, text in found.items():
        if out is None:
            comment = f"<!-- {name} -->" if name.endswith(".xml") else f"# {name}"
            sys.stdout.write(text if len(found) == 1 else f"{comment}\n{text}\n")
        else:
            out.mkdir(parents=True, exist_ok=True)
            # Windows reads the file of a task as UTF-16, as its first line says
            out.joinpath(name).write_text(text, encoding="utf-16" if name.endswith(".xml") else "utf-8")
            console.out.print(str(out / name), markup=False)
    console.err.print(say(*_STEPS[system]), markup=False, soft_wrap=True)


def _scan_words(store: Path, options: str) -> list[str]:
    import shlex

    words = ["scan", "--store", str(store.resolve()), *shlex.split(options, posix=sys.platform != "win32")]
    return [*words, "--lang", "en"] if LANGUAGE == "en" else words


def _program() -> list[str]:
    """This very program, whatever the path of the scheduler: its interpreter and its module."""
    return [sys.executable, "-m", "analyzer.cli"]


def _time(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text)
    if not found:
        cause = Text(f"`{text}` 不是时刻", f"`{text}` is no time of day")
        raise AnalyzerError(Problem("--at", cause, Text("写成 02:30", "Write it as 02:30")))
    return int(found[1]), int(found[2])
