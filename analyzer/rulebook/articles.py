"""An article reference such as 41(1) or 76(1)(v) in the words of each language.

Digits in brackets are paragraphs (款), roman numerals are items (项): "76(1)(v)" is 第七十六条第一款第五项.
Several articles are separated by commas. What is not written this way is taken as words and left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby

from analyzer.model.errors import Text
from analyzer.model.law import Instrument
from analyzer.model.rule import Wording

_ARTICLE = re.compile(r"(\d{1,4})((?:\((?:\d{1,2}|[ivxl]+)\))*)")
_BRACKETS = re.compile(r"\(([^)]+)\)")
_DIGITS = "零一二三四五六七八九"
_ROMAN = ((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def render(article: str | Text | Wording | None) -> Text:
    """Return the reference in Chinese and English: 第四十一条第一款, Art. 41(1)."""
    if article is None:
        return Text("", "")
    if not isinstance(article, str):
        return Text(article.zh, article.en)
    parts = [part.strip() for part in article.split(",")]
    matches = [_ARTICLE.fullmatch(part) for part in parts]
    chinese = [_chinese(match) if match else None for match in matches]
    if any(words is None for words in chinese):
        return Text(article, article)
    word = "Art." if len(parts) == 1 else "Arts"
    return Text("、".join(words for words in chinese if words), f"{word} {', '.join(parts)}")


def cite(law: str, article: str | Text | Wording | None, instruments: Mapping[str, Instrument]) -> Text:
    """Return law and article: 《行政处罚法》第四十一条第一款, Administrative Penalty Law, Art. 41(1).

    A law that is no id of `instruments` is a name in words and stands as it is.
    """
    where = render(article)
    instrument = instruments.get(law)
    zh, en = law, law
    if instrument is not None:
        zh = f"《{(instrument.short or instrument.title).zh}》"
        en = instrument.title.en
    return Text(zh + where.zh, f"{en}, {where.en}" if where.en else en)


def chinese_number(number: int) -> str:
    """Return a whole number from 1 to 9999 in Chinese: 12 is 十二, 105 is 一百零五."""
    words, gap = "", False
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + unit
            gap = False
        else:
            gap = True
    return words.removeprefix("一") if words.startswith("一十") else words


def _chinese(match: re.Match[str]) -> str | None:
    """第N条 with its paragraphs and items; None when a roman numeral is none."""
    words = f"第{chinese_number(int(match[1]))}条"
    for is_digit, group in groupby(_BRACKETS.findall(match[2]), key=str.isdigit):
        numbers = [int(text) if is_digit else _roman(text) for text in group]
        if not all(numbers):
            return None
        unit = "款" if is_digit else "项"
        words += "、".join(f"第{chinese_number(number)}{unit}" for number in numbers if number)
    return words


def _roman(text: str) -> int | None:
    number, rest = 0, text
    for size, letters in _ROMAN:
        while rest.startswith(letters):
            number, rest = number + size, rest.removeprefix(letters)
    return number if number and not rest and _to_roman(number) == text else None


def _to_roman(number: int) -> str:
    text = ""
    for size, letters in _ROMAN:
        text += letters * (number // size)
        number %= size
    return text
