"""What if a number of the law were another one: a rule judged again on a package's records with changed parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analyzer.engine.judge import judge, plan_rules
from analyzer.engine.reach import reach_of
from analyzer.engine.setting import Setting
from analyzer.model import Verdict
from analyzer.rulebook.library import Library, RuleFile
from analyzer.rulebook.rulings import resolve
from analyzer.store.package import Package
from analyzer.store.reopen import Reopened


@dataclass(frozen=True)
class WhatIf:
    """A rule's answers as they are in the package and as they would be; findings are matched by their id.

    After the trial the connection of the reopened package holds the findings that it came to, in `findings` and
    `finding_records`.
    """

    rule: str
    before: Mapping[Verdict, int]
    after: Mapping[Verdict, int]
    findings_before: int
    findings_after: int
    appeared: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]


def parameters_of(setting: Setting, library: Library, rule_file: RuleFile) -> tuple[str, ...]:
    """Return the names of the parameters that a rule uses, those of its facts, gathers and methods included."""
    compiled = plan_rules(setting, library, [rule_file])[0].rules[0]
    return tuple(sorted({*compiled.parameters, *reach_of(compiled).parameters}))


def what_if(opened: Reopened, code: str, settings: Sequence[str]) -> WhatIf:
    """Judge a rule again with `settings` (`NAME=VALUE`, as for `--set`), which come on top of the audit's own.

    Raises `AnalyzerError` for a parameter that is not known and a value that it cannot have. One trial at a time.
    """
    rule_file = opened.rule(code)
    library, said = opened.library, opened.package.summary
    changed = {one.partition("=")[0].strip() for one in settings}
    kept = [one for one in said["set"] if one.partition("=")[0].strip() not in changed]
    own_profile = opened.package.folder / "law" / "profile.yaml"
    profile = own_profile if own_profile.is_file() else said["profile"]["id"]
    rulings = resolve(library.parameters, library.profiles, library.laws, profile, [*kept, *settings])
    setting = replace(opened.setting, parameters=rulings.parameters)
    counts = judge(opened.con, setting, plan_rules(setting, library, [rule_file]))[0]
    after = dict(opened.con.execute("SELECT finding_id, verdict FROM findings").fetchall())
    before, verdicts = _of_package(opened.package, code)
    return WhatIf(
        rule=code,
        before=verdicts,
        after=counts.counts,
        findings_before=len(before),
        findings_after=len(after),
        appeared=tuple(sorted(after.keys() - before.keys())),
        gone=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(one for one in after.keys() & before.keys() if after[one] != before[one])),
    )


def _of_package(package: Package, code: str) -> tuple[dict[str, str], dict[Verdict, int]]:
    con = package.connect()
    try:
        found = dict(con.execute("SELECT finding_id, verdict FROM findings WHERE rule = ?", [code]).fetchall())
        columns = ", ".join(verdict.value for verdict in Verdict)
        row = con.execute(f"SELECT {columns} FROM verdict_counts WHERE rule = ?", [code]).fetchone()
    finally:
        con.close()
    return found, dict(zip(Verdict, row or (0,) * len(Verdict), strict=True))


__all__ = ["WhatIf", "parameters_of", "what_if"]
