"""What a rule file and a facts file say, as frozen types.

A rule is data: it names the table that it judges, when it applies, what breaks it and what only raises a doubt.
Everything here mirrors the YAML one to one; unknown keys are refused. The expressions stay text: the engine gives
them their three-valued meaning.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from analyzer.model.errors import Text
from analyzer.model.verdict import Force, Severity


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Wording(_Strict):
    """A text in both languages; neither may be missing."""

    zh: str
    en: str

    @property
    def text(self) -> Text:
        """The same as a `Text`."""
        return Text(self.zh, self.en)


def _one_or_many(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _expression(value: Any) -> Any:
    """YAML reads `true` and `3` as values; in an expression they are text again."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


Names = Annotated[list[str], BeforeValidator(_one_or_many)]
Expression = Annotated[str, BeforeValidator(_expression)]


class Citation(_Strict):
    """An article that a rule rests on; `law` is an instrument of `rules/law`."""

    law: str
    article: str | Wording | None = None
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None


class Link(_Strict):
    """A look-up of one row of another table by its key.

    `missing` says what a filled link means that finds no row: a fact (the register does not have it) or unknown.
    """

    table: str
    by: str
    missing: Literal["fact", "unknown"] = "fact"


class During(_Strict):
    """A stretch of time: the base row's `date` lies in [`from`, `until`) of the gathered row."""

    date: str
    from_: str = Field(alias="from")
    until: str


class Method(_Strict):
    """A statistical method of `engine.statistics` that looks at the gathered rows; `settings` are its own.

    A setting is a constant or a parameter (`p.false_discovery_rate`).
    """

    name: str
    settings: dict[str, Any] = Field(default_factory=dict)


class Near(_Strict):
    """Which rows of a source table can matter to one base row: those with the `same` values, and no others.

    `same` lists expressions that mean the same over both rows, or maps one over the source row to one over the base
    row. With `of` the values are not those of the base row but of the rows of that table which are near it.
    `within` maps a date or a moment to how far apart the two rows may be at most, in days or seconds; `beside` names
    the order in which only the row just before and the row just after matter, of those that have all its columns;
    `before` one in which only the row just before does.
    `named_in` keeps of the rows only those that a row of another table names, by table the column that both have.
    """

    same: dict[str, Expression] | Names
    of: str | None = None
    within: dict[str, Expression] = Field(default_factory=dict)
    beside: list[str] = Field(default_factory=list)
    before: list[str] = Field(default_factory=list)
    named_in: dict[str, str] = Field(default_factory=dict)

    @property
    def pairs(self) -> dict[str, str]:
        """The expressions over the source row and what each must equal over the other row."""
        return dict(self.same) if isinstance(self.same, dict) else {name: name for name in self.same}


def _near(value: Any) -> Any:
    return {"same": value} if isinstance(value, str | list) else value


class Parts(_Strict):
    """How what a gather says follows from a part of the rows of the table `of`; a nightly scan reads that part only.

    Without `apart` the result adds up: the query ends with groups, and its other columns are counts, and sums of whole
    numbers that are never blank. Rows of one value of `together` are counted with each other (without it, each row
    for itself), and rows of different values as if the others were not there.
    With `apart`, by column of the result an expression over the row, rows of different values never meet in a group.
    """

    of: str
    together: Expression | None = None
    apart: dict[str, Expression] = Field(default_factory=dict)


class Gather(_Strict):
    """A query that gathers rows by a key and decides nothing.

    `by` names what the base row is matched on: a list of names that the query returns too, or a mapping from the
    query's column to an expression over the base row. `none` gives the values for a base row whose key is known
    and finds nothing; a blank or unknown key, or a table that was not supplied, leaves every value unknown.
    With `method` the gathered rows pass through a statistical method, which adds its columns to them.
    With `during` the row must also lie in the gathered row's stretch of time; the stretches of a key are disjoint.
    `near` says by source table which rows can matter to a base row, where the query's own shape does not show it; a
    nightly scan judges only what the rows of the night can reach. `parts` says how a result over all rows, for a
    method to look at, is brought up to date without reading all of them.
    """

    by: dict[str, Expression] | Names
    during: During | None = None
    sql: str
    method: Method | None = None
    none: dict[str, Any] = Field(default_factory=dict)
    near: dict[str, Annotated[Near, BeforeValidator(_near)]] = Field(default_factory=dict)
    parts: Parts | None = None
    about: Wording | None = None

    @property
    def keys(self) -> dict[str, str]:
        """The key columns of the query and the expression of the base row that each must equal."""
        return dict(self.by) if isinstance(self.by, dict) else {name: name for name in self.by}


class FactBase(_Strict):
    """What is known of one row of a base table: its links, its named expressions, what was gathered for it.

    `few` lists conditions that few rows meet and many rules ask for with AND: a rule that asks for one of them is
    judged over those rows only, and applies to no other. It changes how long judging takes and no answer.
    """

    facts: str
    about: Wording
    as_of: Expression | None = None
    agency: Expression | None = None
    station: Expression | None = None
    amount: Expression | None = None
    leave_out: Expression | None = None
    few: tuple[Expression, ...] = ()
    links: dict[str, Link] = Field(default_factory=dict)
    define: dict[str, Expression] = Field(default_factory=dict)
    gather: dict[str, Gather] = Field(default_factory=dict)


class Subject(_Strict):
    """Whom or what a finding is about. A row whose id is blank is a subject of its own."""

    kind: str
    id: Expression


class ExampleCase(_Strict):
    """One proof: rows in, answer out. `given` overlays the base rows; `expect` is one answer or one a key."""

    name: str
    given: dict[str, Any] = Field(default_factory=dict)
    expect: str | dict[str, str]
    as_of: date | None = None
    profile: str | None = None
    set: dict[str, Any] = Field(default_factory=dict)


class Examples(_Strict):
    """The proof beside the rule. A column that is not mentioned is unknown, never blank."""

    base: dict[str, Any] = Field(default_factory=dict)
    as_of: date | None = None
    profile: str | None = None
    set: dict[str, Any] = Field(default_factory=dict)
    cases: list[ExampleCase]


class Rule(_Strict):
    """One rule of the library, in the order in which a rule file is written."""

    id: str
    code: str
    version: int = 1
    status: Literal["draft", "active", "retired"] = "active"
    formerly: list[str] = Field(default_factory=list)
    force: Force
    severity: Severity
    severity_when: dict[Severity, Expression] = Field(default_factory=dict)
    title: Wording
    requirement: Wording
    basis: list[Citation]

    reads: str
    profile: str | None = None
    as_of: Expression | None = None
    withdrawn: Literal["left_out", "judged"] = "left_out"
    define: dict[str, Expression] = Field(default_factory=dict)
    gather: dict[str, Gather] = Field(default_factory=dict)

    applies_when: Expression = "true"
    breach: Expression | None = None
    review: Expression | None = None
    review_instead: Expression | None = None
    undecided_when: Expression | None = None
    blank_is_proof: list[str] = Field(default_factory=list)

    subject: Subject
    episode: Annotated[list[Expression], BeforeValidator(_one_or_many)] = Field(default_factory=list)
    date: Expression | None = None
    agency: Expression | None = None
    station: Expression | None = None
    amount: Expression | None = None
    facts: list[str] = Field(default_factory=list)
    explain: Wording
    remedy: Wording
    limits: Wording | None = None
    answers: list[str] = Field(default_factory=list)
    examples: Examples

    @property
    def family(self) -> str:
        """The letters of the code: `NTC` of `NTC-05`."""
        return self.code.split("-")[0]
