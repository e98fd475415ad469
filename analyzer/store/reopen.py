"""A package judged again: its records in a database, its law resolved as it was then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analyzer.engine.connect import connect, create_missing_tables, create_table, teach
from analyzer.engine.judge import answer_rows, gathers_made, make_gather, missing_of, plan_rules
from analyzer.engine.plan import BasePlan
from analyzer.engine.setting import Setting, Supply
from analyzer.engine.term import constant_sql
from analyzer.model import AnalyzerError, Problem, Text, Verdict
from analyzer.model.law import Rulings
from analyzer.rulebook.document import nearest
from analyzer.rulebook.library import Library, RuleFile, load_library
from analyzer.rulebook.rulings import resolve
from analyzer.store.contents import typed_query
from analyzer.store.package import Package


@dataclass(frozen=True)
class Answer:
    """Why a rule says what it says of one record: the answer, what it came from, and the values it rests on.

    `steps` holds the conditions (applies, breach, review ...) as true, false or None for unknown. `changed` says that
    the rule file is not the one of the audit any more.
    """

    rule: RuleFile
    key: str
    verdict: Verdict
    steps: dict[str, bool | None]
    facts: dict[str, object]
    parameters: dict[str, int]
    place: str
    changed: bool


def _not_here(package: Package, partial: Sequence[str]) -> Problem:
    """Judging again from a part of the rows would give other answers."""
    names = "、".join(partial)
    cause = Text(
        f"这些表的记录留在数据湖里，包中只有问题涉及的记录：{names}",
        f"the records of these tables stayed in the lake; of them the package holds those of findings: {', '.join(partial)}",
    )
    remedy = Text(
        "问题的依据见 findings.parquet 与 audit.duckdb；要逐条重判，请把有关部分导出后用 analyzer audit 另做一个包",
        "What findings rest on is in findings.parquet and audit.duckdb; to judge single records again, export that part "
        "of the lake and audit it",
    )
    return Problem(str(package.folder), cause, remedy)


@dataclass(frozen=True)
class Judged:
    """The answer of one rule on one record, and what was missing where it could not say."""

    rule: RuleFile
    table: str
    key: str
    verdict: Verdict
    missing: tuple[str, ...] = ()


class Reopened:
    """A package with its records loaded, ready to answer for single records."""

    def __init__(self, package: Package) -> None:
        self.package = package
        said = package.summary
        if partial := said.get("findings_only"):
            raise AnalyzerError(_not_here(package, partial))
        extra = package.folder / "law" / "rules"
        self.library: Library = load_library([extra] if extra.is_dir() else [])
        profile_file = package.folder / "law" / "profile.yaml"
        profile = profile_file if profile_file.is_file() else said["profile"]["id"]
        lib = self.library
        self.rulings: Rulings = resolve(lib.parameters, lib.profiles, lib.laws, profile, said["set"])
        supply = Supply({name: frozenset(columns) for name, columns in said["columns"].items()})
        as_of = date.fromisoformat(said["as_of"])
        self.setting = Setting(lib.vocabulary, lib.bases, self.rulings.parameters, self.rulings.chain, as_of, supply)
        self.con = connect()
        teach(self.con, lib.calendar)
        for table in package.tables:
            self._load(table)
        create_missing_tables(self.con, lib.vocabulary)

    def _load(self, table: str) -> None:
        """Bring a table of records back as the engine holds it: the list of unknown columns is a mask again."""
        self.con.execute(create_table(self.library.vocabulary, table))
        source = self.package.records(table)
        held = [str(row[0]) for row in self.con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
        self.con.execute(f'INSERT INTO "{table}" {typed_query(self.library.vocabulary[table], source, held)}')

    def rule(self, code: str) -> RuleFile:
        """Return a rule by its code; raise `AnalyzerError` naming the nearest."""
        rules = self.library.rules
        if code.upper() not in rules:
            cause = Text(f"没有规则 `{code}`", f"there is no rule `{code}`")
            raise AnalyzerError(Problem(code, cause, nearest(code.upper(), rules)))
        return rules[code.upper()]

    def answer(self, code: str, key: str) -> Answer:
        """Judge one record again under one rule and return why."""
        rule_file = self.rule(code)
        plan = plan_rules(self.setting, self.library, [rule_file])[0]
        return self._answer(plan, rule_file, key)

    def judged(self, table: str, keys: Sequence[str]) -> list[Judged]:
        """Judge some records of a table under every rule of the audit that reads it; gathers are made once."""
        asked = self.package.manifest["rules"]
        rules = [one for one in self.library.rules.values() if one.rule.reads == table and one.rule.code in asked]
        if not rules:
            return []
        plan = plan_rules(self.setting, self.library, rules)[0]
        wanted = ", ".join(constant_sql(key) for key in keys)
        only = f'SELECT t.rowid AS "row_id", TRUE AS "asked" FROM "{table}" AS t WHERE {plan.key} IN ({wanted})'
        with gathers_made(self.con, self.setting, plan):
            rows = answer_rows(self.con, plan, f"({plan.verdicts_query(only)})")
            missing = missing_of(self.con, plan, only)
        found = []
        for key, verdicts in sorted(rows, key=lambda row: str(row[0])):
            for one, verdict in zip(rules, verdicts, strict=True):
                lacking = missing.get((one.rule.code, str(key)), ()) if verdict is Verdict.NOT_ASSESSABLE else ()
                found.append(Judged(one, table, str(key), verdict, tuple(lacking)))
        return found

    def _answer(self, plan: BasePlan, rule_file: RuleFile, key: str) -> Answer:
        rule = plan.rules[0]
        for shape, gathering in plan.needed_gathers([rule]):
            make_gather(self.con, self.setting, shape, gathering)
        parts = ("applies", "breach", "review", "softer", "undecided")
        both = rule.verdict_usage
        both.add(rule.finding_usage)
        wanted = [f"({getattr(rule, part)})" for part in parts]
        wanted += [f"({fact.sql})" for fact in rule.facts]
        wanted += [f"({pick})" for pick in rule.parameters.values()]
        only = f'SELECT t.rowid AS "row_id", t."_source", t."_row" FROM "{plan.table}" AS t WHERE {plan.key} = ?'
        row = self.con.execute(
            f'SELECT "_source", "_row", {", ".join(wanted)} FROM {plan.prepared_row([(rule, both)], only)}', [key]
        ).fetchone()
        if row is None:
            cause = Text(f"表 {plan.table} 中没有这条记录", f"the table {plan.table} has no such record")
            raise AnalyzerError(Problem(key, cause))
        values = iter(row[2:])
        steps = {part: next(values) for part in parts}
        facts = {fact.name: next(values) for fact in rule.facts}
        parameters = {name: next(values) for name in rule.parameters}
        manifest = self.package.manifest["rules"].get(rule_file.rule.code)
        return Answer(
            rule=rule_file,
            key=key,
            verdict=verdict_of(steps),
            steps=steps,
            facts=facts,
            parameters={name: int(number) for name, number in parameters.items() if number is not None},
            place=self._place(row[0], row[1]),
            changed=manifest is None or manifest["sha256"] != rule_file.sha256,
        )

    def _place(self, source: int, row: int) -> str:
        path = str(self.package.path("inputs")).replace("'", "''")
        found = self.con.execute(
            f"SELECT file, sheet FROM read_parquet('{path}') WHERE source = ?", [source]
        ).fetchone()
        if found is None:
            return ""
        file, sheet = found
        return f"{file}{f' [{sheet}]' if sheet else ''}, {row}"


def verdict_of(steps: dict[str, bool | None]) -> Verdict:
    """Return the answer that the conditions of a rule come to, in the order in which the engine asks them."""
    applies, breach, review = steps["applies"], steps["breach"], steps["review"]
    softer = steps["softer"]
    if applies is not True:
        return Verdict.NOT_APPLICABLE if applies is False else Verdict.NOT_ASSESSABLE
    hard = _and(breach, _not(softer))
    soft = _or(review, _and(breach, softer))
    if hard or soft:
        return Verdict.BREACH if hard else Verdict.REVIEW
    undecided = hard is None or soft is None or bool(steps["undecided"])
    return Verdict.NOT_ASSESSABLE if undecided else Verdict.COMPLIANT


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _and(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _or(left: bool | None, right: bool | None) -> bool | None:
    return _not(_and(_not(left), _not(right)))


__all__ = ["Answer", "Judged", "Reopened", "verdict_of"]
