"""Say whether a peer found what we found: the keys of every rule and answer, or their number where it gives no keys.

    python compare.py OURS THEIRS

Both are folders that a peer has filled. Prints JSON: for each rule and answer our number, theirs, and whether they
are the same keys (`keys`), the same number (`count`) or not (`differs`).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

ANSWERS = ("breach", "review")


def ours(folder: Path) -> str:
    """Return SQL for the keys that we found."""
    return f"SELECT DISTINCT rule, verdict, record_key FROM read_parquet('{folder / 'finding_records.parquet'}')"


def theirs(folder: Path) -> str:
    """Return SQL for the keys that a peer found."""
    return f"SELECT DISTINCT rule, verdict, record_key FROM read_parquet('{folder / 'keys.parquet'}')"


def counted(query: str) -> dict[tuple[str, str], int]:
    """Return the number of keys by rule and answer."""
    rows = duckdb.execute(f"SELECT rule, verdict, count(*) FROM ({query}) GROUP BY ALL").fetchall()
    return {(rule, verdict): number for rule, verdict, number in rows}


def compare(own: Path, other: Path) -> list[dict[str, object]]:
    """Return one line for each rule and answer that either side has found."""
    mine = ours(own)
    counts = counted(mine)
    said = json.loads((other / "report.json").read_text(encoding="utf-8"))
    if (other / "finding_records.parquet").is_file() or (other / "keys.parquet").is_file():
        his = ours(other) if (other / "finding_records.parquet").is_file() else theirs(other)
        other_counts = counted(his)
        apart = counted(f"({mine} EXCEPT {his}) UNION ALL ({his} EXCEPT {mine})")
        word = "keys"
    else:
        other_counts = {
            (rule, verdict): number for rule, one in said["counts"].items() for verdict, number in one.items()
        }
        apart, word = {}, "count"
    lines = []
    for name in sorted(counts.keys() | other_counts.keys()):
        mine_n, his_n = counts.get(name, 0), other_counts.get(name, 0)
        if mine_n or his_n:
            same = mine_n == his_n and not apart.get(name)
            line = {
                "rule": name[0],
                "answer": name[1],
                "ours": mine_n,
                "theirs": his_n,
                "same": word if same else "differs",
            }
            lines.append(line)
    return lines


if __name__ == "__main__":
    print(json.dumps(compare(Path(sys.argv[1]), Path(sys.argv[2]))))
