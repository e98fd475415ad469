"""A written document as its parts: headings, paragraphs, tables, charts. Word and page lay the same parts out.

A report is composed once in these parts, so that the two can never say different things.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from analyzer.model.errors import Language
from analyzer.reports.charts import Drawing

_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 3; its number comes from its place. `plain` headings have none."""

    level: int
    text: str
    plain: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `lead` stands before it in bold."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class Grid:
    """A table. `widths` are shares of the line; a column is `text`, `number`, `center` or
    `codes` (words that are not broken). `total` sets off the last row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    kinds: tuple[str, ...]
    note: str = ""
    total: bool = False

    def __post_init__(self) -> None:
        """The head of a column begins with a large letter."""
        object.__setattr__(self, "head", tuple(text[:1].upper() + text[1:] for text in self.head))


@dataclass(frozen=True)
class Picture:
    """A chart with its caption and the sentence that says what is seen. Without a font it is only said."""

    drawing: Drawing | None
    caption: str
    says: str


@dataclass(frozen=True)
class Callout:
    """Numbers that stand out, each with its name: the page shows them as tiles, Word as a table of one line."""

    numbers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Annexes:
    """The names of the annexes, listed before the signature."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Closing:
    """Who signs, and the date."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Annex:
    """The beginning of an annex: a new page, turned sideways for wide tables."""

    number: int
    title: str


Block = Heading | Paragraph | Grid | Picture | Callout | Annexes | Closing | Annex


@dataclass(frozen=True)
class Document:
    """A document in one language; `addressee` stands below the title, `made_on` and `run_id` in its properties."""

    title: str
    blocks: Sequence[Block]
    language: Language
    made_on: date
    run_id: str
    addressee: str = ""
    subtitle: str = ""
    pages: str = field(default="— {} —")


def numbered(blocks: Sequence[Block], language: Language) -> Iterator[tuple[Block, str]]:
    """Give every block with what stands before its text: 一、 (一) 1. for headings, 表1 图1 for captions."""
    at, tables, pictures = [0, 0, 0], 0, 0
    for block in blocks:
        prefix = ""
        if isinstance(block, Heading) and not block.plain:
            at[block.level - 1] += 1
            at[block.level :] = [0] * (3 - block.level)
            prefix = _heading_number(at[: block.level], language)
        elif isinstance(block, Grid) and block.caption:
            tables += 1
            prefix = f"表{tables}　" if language == "zh" else f"Table {tables}. "
        elif isinstance(block, Picture):
            pictures += 1
            prefix = f"图{pictures}　" if language == "zh" else f"Figure {pictures}. "
        yield block, prefix


def _heading_number(at: Sequence[int], language: Language) -> str:
    if language == "en":
        return ".".join(map(str, at)) + (". " if len(at) == 1 else " ")
    number = at[-1]
    return (f"{chinese(number)}、", f"（{chinese(number)}）", f"{number}．")[len(at) - 1]


def chinese(number: int) -> str:
    """Return a number from 1 to 99 in Chinese characters.

    >>> chinese(12), chinese(20), chinese(31)
    ('十二', '二十', '三十一')
    """
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def day_in_words(day: date, language: Language) -> str:
    """Return a date as a document writes it: 2025年12月31日, 31 December 2025."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip

__all__ = [
    "Annex", "Annexes", "Block", "Callout", "Closing", "Document", "Grid", "Heading", "Paragraph", "Picture", "chinese",
    "day_in_words", "numbered",
]  # fmt: skip
