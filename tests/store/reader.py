"""A reader that opens whatever is published, again and again: `python -m tests.store.reader STORE`.

It ends when the file `enough` appears in the store, and says how many packages it opened and which runs it saw.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from analyzer.store.package import Package
from analyzer.store.places import Store
from analyzer.store.publish import open_current


def look(package: Package) -> int:
    """Read a package as the pages do; return the number of its run. Anything that is not whole raises."""
    manifest, said = package.manifest, package.summary
    assert manifest["run_id"] == said["run_id"] == package.folder.name
    con = package.connect()
    try:
        (findings,) = con.execute("SELECT count(*) FROM findings").fetchone() or (None,)
        assert findings == said["totals"]["findings"]
        for table, rows in said["tables"].items():
            assert con.execute(f"SELECT count(*) FROM records_{table}").fetchone() == (rows,), table
        (lived,) = con.execute("SELECT count(*) FROM finding_life WHERE status <> 'resolved'").fetchone() or (None,)
        assert lived == findings
    finally:
        con.close()
    return int(said["run_no"])


def main() -> None:
    store, opened, runs = Store(Path(sys.argv[1])), 0, []
    while not (store.root / "enough").exists():
        runs.append(look(open_current(store)))
        opened += 1
        time.sleep(0.02)  # a page view is not a busy loop
    assert runs == sorted(runs), "a reader never goes back"
    print(json.dumps({"opened": opened, "runs": sorted(set(runs))}))


if __name__ == "__main__":
    main()
