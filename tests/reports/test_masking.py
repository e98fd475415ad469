"""Masks: what stays recognisable, what cannot be read back, and what is no person."""

from __future__ import annotations

import pytest

from analyzer.reports.masking import (
    mask_by_meanings,
    mask_cell,
    mask_certificate,
    mask_name,
    mask_phone,
    mask_plate,
    mask_sentence,
)


@pytest.mark.parametrize(
    ("plate", "shown"),
    [
        ("豫M12345", "豫M***45"),
        ("豫MD12345", "豫M***45"),
        ("豫M1234挂", "豫M***4挂"),
        ("豫Ｍ·12345", "豫M***45"),
        ("12345", "1***5"),
        ("豫M1", "豫***"),
        ("无牌", "无牌"),
        ("", ""),
    ],
)
def test_a_plate_keeps_its_place_and_its_last_two_signs(plate: str, shown: str) -> None:
    assert mask_plate(plate) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("欧阳修文", "欧*"),
        ("张 三", "张*"),
        ("张三 甲运输公司", "张*"),
        ("张三、李四", "张*、李*"),
        ("John Smith", "J*"),
        ("张三货运部", "张*"),
        ("张三（甲运输有限公司）", "张*"),
        ("甲运输有限公司", "甲运输有限公司"),
        ("甲运输有限公司（三门峡）", "甲运输有限公司（三门峡）"),
        ("Yellow River Transport Co., Ltd.", "Yellow River Transport Co., Ltd."),
        ("", ""),
    ],
)
def test_a_person_keeps_the_first_sign_and_a_company_its_name(name: str, shown: str) -> None:
    assert mask_name(name) == shown


def test_numbers_keep_only_what_cannot_be_completed() -> None:
    assert mask_phone("13812341234") == "138****1234"
    assert mask_phone("0398-2812") == "03****12"
    assert mask_phone("110") == "****"
    assert mask_certificate("11010519491231002X") == "110105********002X"
    assert mask_certificate("41120012345") == "411****"


def test_a_sentence_loses_every_plate_telephone_and_identity_number() -> None:
    text = "豫M12345、陕AD12345 与 WJ豫1234A；13812341234；11010519491231002X；案件 R20240305000001，2024-03-05"
    assert mask_sentence(text) == (
        "豫M***45、陕A***45 与 W***A；138****1234；110105********002X；案件 R20240305000001，2024-03-05"
    )


def test_a_cell_that_slipped_into_another_column_is_masked_when_it_looks_like_a_name() -> None:
    assert mask_cell("王小明", None) == "王*"
    assert mask_cell("三十吨", None) == "三十吨"
    assert mask_cell("随便", "text") == "***"
    assert mask_cell("三门峡市局", None) == "三门峡市局"


def test_a_value_from_one_of_two_columns_is_masked_as_what_it_may_be() -> None:
    assert mask_by_meanings("E0019", frozenset({"plate", None})) == "E0019"
    assert mask_by_meanings("豫M12345", frozenset({"plate", None})) == "豫M***45"
    assert mask_by_meanings("E0019", frozenset({"plate"})) == "E***9"
    assert mask_by_meanings("E0019", frozenset({None})) == "E0019"
