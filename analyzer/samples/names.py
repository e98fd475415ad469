"""Invented plates, people, telephones and carriers: each running number has exactly one, and none is shared.

Numbers are spread by a multiplication modulo the size of the set, so that neighbours do not look alike.
Telephone numbers have 11 digits and start with 100: no such number can exist.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from analyzer.samples.setting import Setting

Numbers = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I, no O
_SPREAD = 39_916_801  # a prime that divides the size of none of the sets below
_PHONES = 100_000_000


def plates(setting: Setting, numbers: Numbers, *, planted: bool = False) -> Words:
    """Plates of the vehicles with these numbers.

    Vehicles of the clean bureau have a letter and four digits behind the prefix, planted ones five digits, so the
    two never meet.
    """
    prefixes = np.array([str(p) for p in setting.words["plate_prefixes"]], dtype=object)
    if planted:
        place = numbers * _SPREAD % (len(prefixes) * 100_000)
        return np.asarray(prefixes[place // 100_000] + _padded(place % 100_000, 5), dtype=object)
    place = numbers * _SPREAD % (len(prefixes) * len(_LETTERS) * 10_000)
    letters = np.array(list(_LETTERS), dtype=object)[place // 10_000 % len(_LETTERS)]
    prefix = prefixes[place // (10_000 * len(_LETTERS))]
    return np.asarray(prefix + letters + _padded(place % 10_000, 4), dtype=object)


def long_plates(setting: Setting, numbers: Numbers) -> Words:
    """Plates of large new-energy vehicles: five digits and a letter, eight characters in all."""
    prefixes = np.array([str(p) for p in setting.words["plate_prefixes"]], dtype=object)
    letters = np.array(list("ABCDEFGHJ"), dtype=object)
    place = numbers * _SPREAD % (len(prefixes) * len(letters) * 100_000)
    tails = _padded(place % 100_000, 5) + letters[place // 100_000 % len(letters)]
    return np.asarray(prefixes[place // (100_000 * len(letters))] + tails, dtype=object)


def people(setting: Setting, numbers: Numbers) -> Words:
    """Three-character names of the people with these numbers; past the last combination a number is put behind."""
    surnames = _characters(setting, "surnames")
    given = _characters(setting, "given")
    size = len(surnames) * len(given) ** 2
    place = numbers * _SPREAD % size
    names = surnames[place // len(given) ** 2] + given[place // len(given) % len(given)] + given[place % len(given)]
    again = numbers // size
    return np.asarray(np.where(again > 0, names + again.astype(str).astype(object), names), dtype=object)


def short_people(setting: Setting, numbers: Numbers) -> Words:
    """Two-character names, for officers and planted parties: nobody else has one."""
    surnames = _characters(setting, "surnames")
    given = _characters(setting, "given")
    place = numbers * _SPREAD % (len(surnames) * len(given))
    return np.asarray(surnames[place // len(given)] + given[place % len(given)], dtype=object)


def phones(numbers: Numbers) -> Words:
    """Telephone numbers that cannot exist."""
    return np.asarray("100" + _padded(numbers * _SPREAD % _PHONES, 8), dtype=object)


def carriers(setting: Setting, numbers: Numbers, *, planted: bool = False) -> Words:
    """Names of the carriers with these numbers; planted ones have one word more."""
    places = np.array(setting.words["enterprise_places"], dtype=object)
    words = np.array(setting.words["enterprise_words"], dtype=object)
    kinds = np.array(setting.words["enterprise_kinds"], dtype=object)
    size = len(places) * len(words) * len(kinds)
    place = numbers * _SPREAD % size
    middle = words[place // len(places) % len(words)]
    again = numbers // size
    middle = np.where(again > 0, middle + again.astype(str).astype(object), middle)
    if planted:
        middle = "新" + middle
    return np.asarray(places[place % len(places)] + middle + kinds[place // (len(places) * len(words))], dtype=object)


def _characters(setting: Setting, name: str) -> Words:
    return np.array(list(dict.fromkeys(setting.words[name])), dtype=object)


def _padded(numbers: npt.NDArray[Any], width: int) -> Words:
    return np.asarray(np.char.zfill(numbers.astype(str), width).astype(object), dtype=object)
