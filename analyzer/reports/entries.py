"""The findings as a person reads them: numbered, in words, masked. One source for workbook, report and page.

A running number stands for the finding's id, which could be guessed back to a plate.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from analyzer.model import Severity
from analyzer.reports.lawbook import Citations, Lawbook
from analyzer.reports.masking import PLATE, mask_by_meanings, mask_cell, mask_plate, mask_sentence
from analyzer.reports.personal import Meanings, PersonalNames
from analyzer.reports.wording import Words

_BATCH = 2_000
_NAMED = {"agency": "agencies", "station": "stations", "enterprise": "enterprises"}
"""Subjects that are known by a number, and the register that holds their names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding in words."""

    number: int
    rule: str
    problem: str
    verdict: str
    severity: str
    subject_kind: str
    subject: str
    agency: str
    station: str
    started_on: date | None
    ended_on: date | None
    record_count: int
    amount_yuan: Decimal | None
    explanation: str
    basis: str
    parameters: str
    remedy: str


def number_findings(con: duckdb.DuckDBPyConnection) -> int:
    """Give every finding its running number, gravest first, and return how many there are.

    Makes the temporary table `numbered`: finding_id, number, and whether the subject is a record's own key.
    """
    ranks = " ".join(f"WHEN '{one}' THEN {one.rank}" for one in Severity)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE numbered AS"
        " WITH own AS (SELECT DISTINCT r.finding_id FROM finding_records AS r"
        " JOIN findings AS f ON f.finding_id = r.finding_id AND f.subject_id = r.record_key)"
        f" SELECT f.finding_id, row_number() OVER (ORDER BY CASE f.severity {ranks} END, f.rule, f.started_on, f.finding_id)"
        " AS number, o.finding_id IS NOT NULL AS is_record"
        " FROM findings AS f LEFT JOIN own AS o ON o.finding_id = f.finding_id"
    )
    row = con.execute("SELECT count(*) FROM numbered").fetchone()
    return int(row[0]) if row else 0


class Entries:
    """The findings of a package in words, in the order of their numbers. `number_findings` comes first."""

    def __init__(self, con: duckdb.DuckDBPyConnection, law: Lawbook, words: Words, show_personal: bool) -> None:
        """Take an open package, its law, the language, and whether personal data is shown."""
        self._con, self._law, self._words, self._open = con, law, words, show_personal
        self._citations = Citations(law, words)
        self._names = {kind: _names(con, table) for kind, table in _NAMED.items()}
        self._personal: dict[str, PersonalNames] = {}
        self._meanings: dict[tuple[str, str], Meanings] = {}
        self._fact_names: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[Entry]:
        """Put one finding after the other into words; only a batch of them is in memory."""
        yield from self._read(self._con, "TRUE")

    def of(self, con: duckdb.DuckDBPyConnection, numbers: Sequence[int], within: str = "TRUE") -> Iterator[Entry]:
        """Put the findings of these numbers into words, read over `con`: one page of a long list.

        `within` is a condition on `f` that all of them meet, by which most of a large file need not be read.
        """
        listed = ", ".join(str(int(number)) for number in numbers)
        # unnested: written out as they are, the numbers would be compared with every row between the least and the greatest
        yield from self._read(con, f"n.number IN (SELECT unnest([{listed}]::BIGINT[])) AND {within}")

    def _read(self, con: duckdb.DuckDBPyConnection, condition: str) -> Iterator[Entry]:
        language = self._words.language
        cursor = con.execute(
            "SELECT n.number, n.is_record, f.rule, f.verdict, f.severity, f.force, f.subject_kind, f.subject_id,"
            " f.agency_id, f.station_id, f.started_on, f.ended_on, f.record_count, f.amount_yuan, f.facts, f.parameters,"
            f" f.explanation_{language} AS explanation, f.remedy_{language} AS remedy, f.basis"
            f" FROM findings AS f JOIN numbered AS n ON n.finding_id = f.finding_id WHERE {condition} ORDER BY n.number"
        )
        names = [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(_BATCH):
            for row in rows:
                yield self._entry(dict(zip(names, row, strict=True)))

    def _entry(self, row: Mapping[str, Any]) -> Entry:
        words, subject = self._words, self._subject(row)
        hidden = self._hidden(row, subject)
        dates = row["started_on"], row["ended_on"]
        return Entry(
            number=row["number"],
            rule=row["rule"],
            problem=self._problem(row),
            verdict=row["verdict"],
            severity=row["severity"],
            subject_kind=words.name("subject", row["subject_kind"]),
            subject=subject,
            agency=self._named("agency", row["agency_id"]),
            station=self._named("station", row["station_id"]),
            started_on=row["started_on"],
            ended_on=row["ended_on"],
            record_count=row["record_count"],
            amount_yuan=row["amount_yuan"],
            explanation=self._sentence(row["explanation"], hidden),
            basis=self._citations.basis(row["basis"], row["verdict"], row["force"], *dates),
            parameters=self._citations.parameters(row["rule"], row["parameters"]),
            remedy=self._sentence(row["remedy"], hidden),
        )

    def _problem(self, row: Mapping[str, Any]) -> str:
        """The rule's title; what a person has to look at first says so and accuses nobody."""
        title = self._words.say(self._law.title(row["rule"]))
        if row["force"] == "indicator":
            return self._words.t("problem.indicator", title=title)
        return self._words.t(f"problem.{row['verdict']}", title=title)

    def _subject(self, row: Mapping[str, Any]) -> str:
        subject, kind = row["subject_id"], row["subject_kind"]
        if subject is None or row["is_record"]:
            return subject or ""
        head, bar, rest = subject.partition("|")
        if bar and f"subject.{head}" in self._words:  # checked: enterprise|E019, vehicle|豫M12345|yellow
            kind, subject = head, rest
        if kind in _NAMED:
            return self._named(kind, subject)
        meanings = self._meaning(row["rule"], "") - ({None} if kind == "vehicle" else set())
        parts = subject.split("|")
        if PLATE in meanings and len(parts) == 2 and parts[1] in (*self._law.plate_colors, "", "?"):
            return self._vehicle(*parts)
        if self._open:
            return self._words.t("list.comma").join(parts)
        return self._words.t("list.comma").join(_masked_part(part, meanings, len(parts)) for part in parts)

    def _vehicle(self, plate: str, color: str) -> str:
        shown = plate if self._open else mask_plate(plate)
        if color in ("", "?"):
            return shown
        word = self._law.plate_colors[color] if self._words.language == "zh" else color.replace("_", " ")
        return self._words.t("subject_of.vehicle", plate=shown, color=word)

    def _named(self, kind: str, key: str | None) -> str:
        if key is None:
            return ""
        name = self._names[kind].get(key)
        if kind == "enterprise" and name and not self._open:
            name = mask_cell(name, None)  # a carrier may trade under a person's bare name
        shown = key if self._open else mask_sentence(key)
        return self._words.t("subject_of.named", name=name, id=shown) if name and name != key else shown

    def _sentence(self, text: str, hidden: list[tuple[str, str]]) -> str:
        """A sentence with the subject as shown, the rule's personal facts masked, and whatever looks personal."""
        for value, shown in hidden:
            text = text.replace(value, shown)
        return text if self._open else mask_sentence(text)

    def _hidden(self, row: Mapping[str, Any], subject: str) -> list[tuple[str, str]]:
        """The values that a sentence may not show as they are, and what is shown for each, the longest first."""
        pairs: dict[str, str] = {}
        raw = row["subject_id"]
        if raw and not row["is_record"] and ("|" in raw or self._meaning(row["rule"], "") - {None}):
            pairs[raw] = subject
        if not self._open:
            names = self._personal_facts(row["rule"], row["facts"])
            facts = json.loads(row["facts"]) if names else {}
            for name in names:
                for value in _texts(facts.get(name)):
                    pairs[value] = mask_by_meanings(value, self._meaning(row["rule"], name))
        return sorted(
            ((value, shown) for value, shown in pairs.items() if len(value) > 1), key=lambda pair: -len(pair[0])
        )

    def _personal_facts(self, rule: str, facts: str) -> list[str]:
        """The names of the facts of a rule that may be personal: every finding of a rule shows the same names."""
        if rule not in self._fact_names:
            self._fact_names[rule] = [name for name in json.loads(facts) if self._meaning(rule, name) - {None}]
        return self._fact_names[rule]

    def _meaning(self, rule: str, fact: str) -> Meanings:
        """What a fact, or with no name the subject, may hold."""
        if (rule, fact) not in self._meanings:
            if rule not in self._personal:
                self._personal[rule] = PersonalNames(self._law.setting, self._law.rule(rule))
            of = self._personal[rule]
            self._meanings[rule, fact] = of.fact(fact) if fact else of.subject()
        return self._meanings[rule, fact]


def _masked_part(part: str, meanings: Meanings, parts: int) -> str:
    """One part of an id of several: numbers and dates of the other parts stay."""
    if parts > 1 and part.isascii() and mask_sentence(part) == part:
        return part
    return mask_by_meanings(part, meanings)


def _texts(value: Any) -> list[str]:
    """The texts in a fact: itself, or the two ends of a range."""
    values = [value.get("from"), value.get("to")] if isinstance(value, dict) else [value]
    return [one for one in values if isinstance(one, str) and not _is_moment(one)]


def _is_moment(text: str) -> bool:
    return len(text) >= 10 and text[:4].isdigit() and text[4] == "-" and text[7] == "-"


def _names(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """The names of a small register by its key, as far as the package holds them and a finding needs them."""
    key = {"agencies": "agency_id", "stations": "station_id", "enterprises": "enterprise_id"}[table]
    wanted = f"SELECT subject_id FROM findings WHERE subject_kind = '{key.removesuffix('_id')}'"
    if table != "enterprises":
        wanted += f" UNION SELECT {key} FROM findings"
    columns = {row[0] for row in con.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = ?", [f"records_{table}"]
    ).fetchall()}  # fmt: skip
    if not {key, "name"} <= columns:
        return {}
    query = f"SELECT {key}, name FROM records_{table} WHERE name IS NOT NULL AND {key} IN ({wanted})"
    return dict(con.execute(query).fetchall())
