"""A scan killed at random moments: `python -m tests.store.kills STORE LIBRARY NIGHTS KILLS SEED [all]`.

The program is loaded once; every scan is a child of its own, which costs its own work only, and dies by SIGKILL like any
process. It prints how many were killed, as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from analyzer.rulebook import library
from tests.store.made_nights import Maker
from tests.store.nights import SELECT, Nights

FIRST = date(2025, 3, 1)


def main() -> None:
    root, few, number, wanted, seed = Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:6])
    library.rules_folder = lambda: few
    nights = Nights(root, () if sys.argv[6:] == ["all"] else SELECT)
    maker, rng = Maker(7), random.Random(seed)
    killed, longest = 0, 1.0
    for night in range(number):
        nights.put(next(maker))
        left = -(-(wanted - killed) // (number - night))
        while True:
            moment = rng.uniform(0, longest * 1.05) if left else None
            began = time.monotonic()
            if _scan(nights, FIRST + timedelta(night), moment):
                killed, left = killed + 1, left - 1
            elif not left:
                longest = max(0.3, time.monotonic() - began)
                break
    print(json.dumps({"killed": killed}))


def _scan(nights: Nights, day: date, moment: float | None) -> bool:
    """Scan in a child; return whether it was killed before it had ended."""
    child = os.fork()
    if not child:
        status = 1
        try:
            nights.scan(day, keep=50)
            status = 0
        finally:
            os._exit(status)
    end = time.monotonic() + (moment or 0)
    while moment is not None and time.monotonic() < end:
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
        time.sleep(0.002)
    if moment is not None:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if moment is None and os.waitstatus_to_exitcode(status):
        sys.exit("an undisturbed scan failed")
    return os.WIFSIGNALED(status)


if __name__ == "__main__":
    main()
