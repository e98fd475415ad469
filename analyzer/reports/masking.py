"""Masks for what names a person, for files that leave the bureau.

| what | shown | why |
|---|---|---|
| plate | 豫M***45 | place of registration and the last two stay: a reader who holds the file recognises it, nobody can undo it |
| name | 张* | the length is hidden too |
| telephone | 138****1234 | |
| identity number | 110105********002X | |
| other certificate | 4112**** | the end, which is the person's own, is hidden |
| free text | *** | nobody knows whom it names |

Names of companies and authorities stay: the Personal Information Protection Law (Art. 4) protects natural persons. The
trade name of a self-employed person (张三货运部) may be that person's name and is masked. Record keys stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

PLATE, NAME, PHONE, CERTIFICATE, FREE_TEXT = "plate", "name", "phone", "certificate", "text"
"""The meanings of personal columns, as `personal` in `rules/tables` names them."""

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤川青藏琼宁"
_SIGN = "A-Za-z0-9Ａ-Ｚａ-ｚ０-９"
_LETTER = "A-Za-zＡ-Ｚａ-ｚ"
_PLATE = re.compile(
    rf"[{_PROVINCES}][{_LETTER}][·•・‧.\-\s]?[{_SIGN}]{{4,6}}[挂学警港澳]?|WJ[{_PROVINCES}]?[{_SIGN}]{{4,6}}|使\d{{6}}"
)
_PHONE = re.compile(r"(?<![0-9A-Za-z])1(?:00|[3-9]\d)\d{8}(?![0-9A-Za-z])")
_IDENTITY = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:19\d\d|20[01]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)
_NO_PLATE = {"无牌", "无牌车", "无号牌", "未识别", "未知", "未悬挂"}
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_LISTED = re.compile(r"[、，,;；/|]+")
_BETWEEN = re.compile(r"[、，,;；/|\s]")
_ORGANISATION = re.compile(
    r"(?:公司|集团|合作社|委员会|政府|局|厅|中心|支队|大队|总队|车队|银行|医院|学校|大学)$|\b(?:ltd|inc|llc|corp|company)\.?$",
    re.IGNORECASE,
)
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}")


def mask(value: str, meaning: str) -> str:
    """Return a value of a personal column as it may be shown."""
    masks = {PLATE: mask_plate, NAME: mask_name, PHONE: mask_phone, CERTIFICATE: mask_certificate}
    return masks[meaning](value) if meaning in masks else "***" if value.strip() else value


def mask_plate(plate: str) -> str:
    """Return the plate with the middle hidden: 豫M12345 is 豫M***45. Words such as 无牌 stay."""
    text = re.sub(r"[\s·•・‧.\-]", "", unicodedata.normalize("NFKC", plate)).upper()
    if not text or text in _NO_PLATE:
        return text
    if len(text) >= 6 and not text[0].isascii():
        return f"{text[:2]}***{text[-2:]}"
    return f"{text[0]}***{text[-1] if len(text) >= 5 else ''}"


def mask_name(name: str) -> str:
    """Return the first sign of each person named: 张三 is 张*. Companies and authorities stay."""
    text = name.strip()
    if is_organisation(text):
        return text
    parts = [part.strip() for part in _LISTED.split(text) if part.strip()]
    return "、".join(part if is_organisation(part) else f"{part[0]}*" for part in parts)


def is_organisation(name: str) -> bool:
    """Whether a name is that of one company or authority. What stands in brackets does not count: 张三（甲公司）."""
    bare = _BRACKETS.sub("", name).strip()
    alone = bare.isascii() or not _BETWEEN.search(bare)
    return alone and bool(_ORGANISATION.search(bare))


def mask_phone(phone: str) -> str:
    """Return the number with its middle hidden: 13812341234 is 138****1234."""
    text = phone.strip()
    if sum(sign.isdigit() for sign in text) >= 11:
        return f"{text[:3]}****{text[-4:]}"
    return f"{text[:2]}****{text[-2:]}" if len(text) >= 7 else "****" if text else text


def mask_certificate(number: str) -> str:
    """Return the number without its end; an identity number keeps region and check: 110105********002X."""
    text = number.strip()
    if _IDENTITY.fullmatch(text):
        return f"{text[:6]}********{text[-4:]}"
    return f"{text[: min(4, len(text) // 3)]}****" if text else text


def mask_sentence(text: str) -> str:
    """Mask every plate, telephone number and identity number that stands in a sentence."""
    text = _IDENTITY.sub(lambda found: mask_certificate(found[0]), text)
    text = _PHONE.sub(lambda found: mask_phone(found[0]), text)
    return _PLATE.sub(lambda found: mask_plate(found[0]), text)


def mask_cell(text: str, meaning: str | None) -> str:
    """Mask the text of a cell that could not be read.

    A cell may have slipped into the wrong column, so a whole cell that looks like a person's name is masked too.
    """
    if meaning is not None:
        return mask(text, meaning)
    bare = text.strip()
    if bare and bare[0] in _SURNAMES and _PERSON.fullmatch(bare) and not is_organisation(bare):
        return mask_name(bare)
    return mask_sentence(text)


def looks_like_plate(text: str) -> bool:
    """Whether a text is a plate as Chinese vehicles carry them, or begins as one does."""
    return bool(_PLATE.fullmatch(text)) or text[:1] in tuple(_PROVINCES) or not text[:1].isascii()


def mask_by_meanings(value: str, meanings: Collection[str | None]) -> str:
    """Mask a value that may come from any of several columns; None stands for one that is not personal.

    Where a plate or a number of another kind may stand (企业编号，否则号牌), only what may be a plate is masked.
    """
    for meaning in (NAME, PHONE, CERTIFICATE, FREE_TEXT, PLATE):
        if meaning in meanings:
            if meaning == PLATE and None in meanings and not looks_like_plate(value):
                return mask_sentence(value)
            return mask(value, meaning)
    return mask_sentence(value)
