"""What the schedulers of the systems need to run the scan every night, nights that were missed included."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

SYSTEMD, CRON, WINDOWS = "systemd", "cron", "windows"
SYSTEMS = (SYSTEMD, CRON, WINDOWS)

_NAME = "analyzer-scan"


def units(system: str, at: tuple[int, int], command: Sequence[str], store: Path) -> dict[str, str]:
    """Return the texts that a system's scheduler needs by the name of the file they belong into.

    `command` is the program with its options, one word each; `at` the hour and minute.
    """
    if system == WINDOWS:
        return _windows(at, command, store)
    return _cron(at, command) if system == CRON else _systemd(at, command)


def _systemd(at: tuple[int, int], command: Sequence[str]) -> dict[str, str]:
    service = f"""[Unit]
Description=Nightly scan of the enforcement records

[Service]
Type=oneshot
ExecStart={" ".join(_systemd_word(word) for word in command)}
# 3: done, but some input was refused; the summary says which
SuccessExitStatus=3
Nice=10
"""
    timer = f"""[Unit]
Description=Nightly scan of the enforcement records

[Timer]
OnCalendar=*-*-* {at[0]:02d}:{at[1]:02d}:00
# a night on which the machine was off is made up for as soon as it is on again
Persistent=true
RandomizedDelaySec=60

[Install]
WantedBy=timers.target
"""
    return {f"{_NAME}.service": service, f"{_NAME}.timer": timer}


def _systemd_word(word: str) -> str:
    """Quote a word as systemd reads it: backslash and quote escaped, percent and dollar doubled."""
    doubled = word.replace("%", "%%").replace("$", "$$")
    if doubled and not set(doubled) & set(" \t\"'\\;"):
        return doubled
    return '"' + doubled.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _cron(at: tuple[int, int], command: Sequence[str]) -> dict[str, str]:
    # cron takes a percent sign for the end of the line
    line = shlex.join(command).replace("%", "\\%")
    text = f"""# nightly; a scan that is still running makes the next one stop by itself
{at[1]} {at[0]} * * * {line} --quiet
# a night on which the machine was off is made up for when it is on again; a scan with nothing to do changes nothing
@reboot sleep 120 && {line} --quiet
"""
    return {"crontab": text}


def _windows(at: tuple[int, int], command: Sequence[str], store: Path) -> dict[str, str]:
    program, *arguments = command
    xml = f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2024-01-01T{at[0]:02d}:{at[1]:02d}:00</StartBoundary>
      <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <!-- a night on which the machine was off is made up for as soon as it is on again -->
    <StartWhenAvailable>true</StartWhenAvailable>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT12H</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>{escape(program)}</Command>
      <Arguments>{escape(" ".join(_windows_word(word) for word in arguments))}</Arguments>
      <WorkingDirectory>{escape(str(store))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
    return {f"{_NAME}.xml": xml}


def _windows_word(word: str) -> str:
    """Quote a word as Windows programs split it: backslashes before a quote are doubled."""
    if word and not set(word) & set(' \t"'):
        return word
    quoted, slashes = "", 0
    for letter in word:
        if letter == "\\":
            slashes += 1
            continue
        quoted += "\\" * (slashes * 2 + 1 if letter == '"' else slashes) + letter
        slashes = 0
    return '"' + quoted + "\\" * (slashes * 2) + '"'


__all__ = ["SYSTEMS", "units"]
