"""The keys that a Mandarin prompt names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.callflow.said_keys import normalised, said_keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("查询余额请按1，人工请按0。", "10"),
        ("查询余额请按一，留言请按二。", "12"),
        ("返回请按星号键，结束请按井号键", "*#"),
        ("返回请按*，结束请按#", "*#"),
        ("返回请按＊，结束请按＃，余额请按１", "*#1"),
        ("请按 1 键", "1"),
        ("请按下1键", "1"),
        ("人工请拨0", "0"),
        ("请按数字3", "3"),
        ("请按1到4评分", "1234"),
        ("请按1至3。", "123"),
        ("请按1、2或3", "123"),
        ("满意按一，不满意按四，请按一到四", "141234"),
        ("查询按1、留言按2", "12"),
        ("请输入号码，以井号键结束", "#"),
        ("末位是X的，用星号键代替", "*"),
    ],
)
def test_keys_that_are_said(text: str, keys: str) -> None:
    assert "".join(mention.key for mention in said_keys(text)) == keys


@pytest.mark.parametrize(
    "text",
    [
        "请拨12333",
        "按一般规定办理",
        "按一定比例报销",
        "按10元计算",
        "按月划入",
        "按照1号文件",
        "请您稍候",
        "以一年为限",
        "用一张卡",
        "",
    ],
)
def test_words_and_numbers_are_not_keys(text: str) -> None:
    assert said_keys(text) == ()


def test_a_mention_reaches_from_the_verb_to_behind_the_key() -> None:
    [mention] = said_keys("查询请按1键，")
    assert normalised("查询请按1键，")[mention.start : mention.end] == "按1键"


@given(st.text(alphabet="按拨请以用一二三星井号键到至、或0123456789*#，。和 结束", max_size=40))
def test_any_wording_names_only_keys(text: str) -> None:
    for mention in said_keys(text):
        assert mention.key in set("0123456789*#")
        assert 0 <= mention.start < mention.end <= len(normalised(text))


@given(st.lists(st.sampled_from("0123456789*#"), min_size=1, max_size=9), st.data())
def test_every_key_of_a_menu_is_found_in_order(keys: list[str], data: st.DataObject) -> None:
    names = {"*": "星号键", "#": "井号键"}
    separator = data.draw(st.sampled_from(["，", "。", "；", "、"]))
    text = separator.join(f"事项请按{names.get(key, key)}" for key in keys)
    assert [mention.key for mention in said_keys(text)] == keys
