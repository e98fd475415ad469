"""Checking the rule library: every name and function, every text in both languages, and the proof in each file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from analyzer.engine.examples import ExampleRunner, Outcome
from analyzer.engine.judge import plan_rules
from analyzer.engine.language import LanguageError, parse
from analyzer.engine.lint import lint, unfinished
from analyzer.engine.night.sums import parts_mistake
from analyzer.engine.night.ties import near_mistake
from analyzer.engine.portable import not_portable
from analyzer.engine.setting import Setting, Supply
from analyzer.model import AnalyzerError, Problem, Text
from analyzer.model.rule import Gather
from analyzer.rulebook.document import Document
from analyzer.rulebook.library import Library, RuleFile
from analyzer.rulebook.rulings import resolve

Tell = Callable[[RuleFile, Sequence[Outcome]], None]


def check_rules(library: Library, rules: Sequence[RuleFile], tell: Tell | None = None) -> list[Problem]:
    """Return every mistake of the rules: what does not compile, what a file lacks, and examples that do not hold.

    `tell` is called after each rule with what became of its examples.
    """
    problems = [problem for one in rules for problem in unfinished(one)]
    written = [one for one in rules if not unfinished(one)]
    problems += _compile_problems(library, written) + lint(library, written)
    if problems:
        return problems
    runner = ExampleRunner(library)
    for one in rules:
        outcomes = runner.run(one)
        problems += _example_problems(one, outcomes)
        if tell:
            tell(one, outcomes)
    return problems


def _compile_problems(library: Library, rules: Sequence[RuleFile]) -> list[Problem]:
    rulings = resolve(library.parameters, library.profiles, library.laws)
    everything = {name: frozenset(table.columns) for name, table in library.vocabulary.tables.items()}
    setting = Setting(
        library.vocabulary, library.bases, rulings.parameters, rulings.chain, date(2025, 12, 31), Supply(everything)
    )
    try:
        plan_rules(setting, library, rules)
    except AnalyzerError as error:
        return list(error.problems)
    bases = [(base.facts, base.gather, library.base_files[base.facts]) for base in library.bases.values()]
    owned = [(one.rule.reads, one.rule.gather, one.document) for one in rules]
    found = [problem for owner in (*bases, *owned) for problem in _near_problems(setting, *owner)]
    found += [problem for owner in (*bases, *owned) for problem in _key_problems(*owner[1:])]
    found += [problem for owner in (*bases, *owned) for problem in _parts_problems(setting, *owner[1:])]
    return found + [problem for owner in (*bases, *owned) for problem in not_portable(*owner[1:])]


def _near_problems(
    setting: Setting, table: str, gathers: Mapping[str, Gather], document: Document
) -> Iterator[Problem]:
    """What `near` says must be answerable from a row alone: the night looks its rows up by it."""
    for name, gather in gathers.items():
        mistake = near_mistake(setting, table, gather.near)
        if mistake is not None:
            source, part = mistake
            cause = Text(
                f"near 里的 {source}：`{part}` 不能只凭一行得出",
                f"near, {source}: `{part}` cannot be told from a row alone",
            )
            remedy = Text(
                "写两边行各自的列或事实；不要用关联、gather 或参数",
                "Name columns or facts of the two rows; no links, gathers or parameters",
            )
            yield document.problem(cause, remedy, ["gather", name, "near"])


def _key_problems(gathers: Mapping[str, Gather], document: Document) -> Iterator[Problem]:
    """What a row is matched on must be an expression, also of a gather that only other gathers read."""
    for name, gather in gathers.items():
        for text in gather.keys.values():
            try:
                parse(text)
            except LanguageError as error:
                yield document.problem(error.cause, error.remedy, ["gather", name, "by"])


def _parts_problems(setting: Setting, gathers: Mapping[str, Gather], document: Document) -> Iterator[Problem]:
    """What `parts` says must hold: a night counts by it."""
    for name, gather in gathers.items():
        mistake = parts_mistake(setting, gather)
        if mistake is not None:
            cause = Text(f"parts：{mistake.zh}", f"parts: {mistake.en}")
            yield document.problem(cause, at=["gather", name, "parts"])


def _example_problems(one: RuleFile, outcomes: Sequence[Outcome]) -> list[Problem]:
    problems = []
    shown: set[str] = set()
    for number, outcome in enumerate(outcomes):
        if outcome.problem is not None:
            problems.append(outcome.problem)
        elif not outcome.holds:
            got = ", ".join(f"{key}: {verdict}" for key, verdict in outcome.answers.items()) or "no row was judged"
            cause = Text(
                f"示例“{outcome.case}”应为 {outcome.expected}，实为 {got}",
                f"the example `{outcome.case}` should give {outcome.expected}, but gives {got}",
            )
            problems.append(one.document.problem(cause, at=["examples", "cases", number]))
        shown.update(outcome.answers.values())
    lacking = [answer for answer in one.rule.answers if answer not in shown]
    if lacking or not one.rule.answers:
        words = "、".join(lacking) or "answers"
        cause = Text(f"没有示例得出 {words}", f"no example gives {words}")
        remedy = Text("每种可能的结论都要有示例", "Every answer that the rule can give needs an example")
        problems.append(one.document.problem(cause, remedy, ["examples"]))
    return problems
