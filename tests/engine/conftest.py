"""Small rules written in the test itself, judged by the real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analyzer.engine.examples import ExampleRunner
from analyzer.model.rule import ExampleCase, Examples
from analyzer.rulebook.library import Library, RuleFile, load_library
from tests.engine.spark_lakes import Engines, engines

TEMPLATE = """
id: test.rule
code: {code}
force: {force}
severity: low
title: {{zh: 试, en: test}}
requirement: {{zh: 试, en: test}}
basis: [{{law: APL-2021}}]
reads: {reads}
{body}
subject: {{kind: case, id: {subject}}}
explain: {{zh: "共{{records}}条", en: "{{records}} records"}}
remedy: {{zh: 改, en: mend}}
examples: {{cases: []}}
"""


@cache
def runner() -> ExampleRunner:
    """One connection for all small rules of a process."""
    return ExampleRunner(load_library())


class SmallRules:
    """Writes rules into a folder and judges rows with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0

    def write(self, body: str, reads: str = "cases", force: str = "statute", subject: str = "") -> str:
        """Write one rule and return its code."""
        self.number += 1
        code = f"TST-{self.number:02d}"
        subject = (
            subject
            or {"cases": "case_id", "detections": "record_id", "notices": "notice_id", "payments": "payment_id"}[reads]
        )
        text = TEMPLATE.format(code=code, force=force, reads=reads, body=body, subject=subject)
        (self.folder / f"{code}.yaml").write_text(text, encoding="utf-8")
        return code

    def library(self) -> Library:
        """Load the library with these rules added."""
        return load_library([self.folder])

    def judge(self, body: str, given: dict[str, Any], reads: str = "cases", **options: Any) -> dict[str, str]:
        """Write a rule, judge the rows with it, return the answer of each row."""
        code = self.write(body, reads)
        library = self.library()
        case = ExampleCase(name="test", given=given, expect="breach", **options)
        one = library.rules[code]
        rule = one.rule.model_copy(update={"examples": Examples(base={}, cases=[case])})
        outcome = runner().of(library).run(RuleFile(rule, one.document))[0]
        if outcome.problem is not None:
            raise AssertionError(outcome.problem.say("en"))
        return dict(outcome.answers)


@pytest.fixture
def rules(tmp_path: Path) -> SmallRules:
    """A folder for rules of the test's own."""
    return SmallRules(tmp_path)


@pytest.fixture
def answer(rules: SmallRules) -> Callable[..., str]:
    """Judge one case and return its answer."""

    def judge(body: str, cells: dict[str, Any], other: dict[str, Any] | None = None, **options: Any) -> str:
        row = {"case_id": "C1", "status": "closed", "decided_on": "2024-03-05", "filed_on": "2024-03-01", **cells}
        return rules.judge(body, {"cases": [row], **(other or {})}, **options)["C1"]

    return judge


@pytest.fixture(scope="session")
def two() -> Iterator[Engines]:
    """DuckDB and Spark. Java starts once for all tests that ask for both."""
    with engines(load_library()) as both:
        yield both
