"""A Mandarin voice is found on every platform, and nothing that only looks like one is taken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.speech.voice_choice import Voice, normalised_tag, ranked

HUIHUI = Voice(
    r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Speech\Voices\Tokens\TTS_MS_ZH-CN_HUIHUI_11.0",
    "Microsoft Huihui Desktop - Chinese (Simplified)",
    ("zh-CN",),
)
TRACY = Voice(
    r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Speech\Voices\Tokens\TTS_MS_ZH-HK_TRACY_11.0",
    "Microsoft Tracy Desktop - Chinese(Traditional, HongKong S.A.R.)",
    ("zh-HK",),
)
HANHAN = Voice("TTS_MS_ZH-TW_HANHAN_11.0", "Microsoft Hanhan Desktop - Chinese (Taiwan)", ("zh-TW",))
ZIRA = Voice("TTS_MS_EN-US_ZIRA_11.0", "Microsoft Zira Desktop - English (United States)", ("en-US",))
TINGTING = Voice("com.apple.voice.compact.zh-CN.Tingting", "Tingting", ("zh_CN",))
EDDY = Voice("com.apple.eloquence.zh-CN.Eddy", "Eddy", ("zh_CN",))
MEIJIA = Voice("com.apple.voice.compact.zh-TW.Meijia", "Meijia", ("zh_TW",))
SINJI = Voice("com.apple.voice.compact.zh-HK.Sinji", "Sinji", ("zh_HK",))
CMN = Voice("sit/cmn", "Chinese (Mandarin, latin as English)", (b"\x05cmn",))
PINYIN = Voice("sit/cmn-latn-pinyin", "Chinese (Mandarin, latin as Pinyin)", (b"\x05cmn-latn-pinyin",))
YUE = Voice("sit/yue", "Chinese (Cantonese)", ("yue",))
JYUTPING = Voice("sit/yue-latn-jyutping", "Chinese (Cantonese, latin as Jyutping)", ("yue",))
HAK = Voice("sit/hak", "Hakka Chinese", ("hak",))
ENGLISH = Voice("gmw/en", "English (Great Britain)", (b"\x02en-gb",))

ALL = [HUIHUI, TRACY, HANHAN, ZIRA, TINGTING, EDDY, MEIJIA, SINJI, CMN, PINYIN, YUE, JYUTPING, HAK, ENGLISH]


@pytest.mark.parametrize(
    ("machine", "best"),
    [
        ([ENGLISH, CMN, PINYIN, HAK, YUE, JYUTPING], PINYIN),
        ([ZIRA, TRACY, HANHAN, HUIHUI], HUIHUI),
        ([EDDY, SINJI, MEIJIA, TINGTING], TINGTING),
        ([SINJI, EDDY, MEIJIA], EDDY),
        ([HANHAN, TRACY], HANHAN),
        ([CMN], CMN),
        ([Voice("zh", "Mandarin", ("zh",))], Voice("zh", "Mandarin", ("zh",))),
    ],
)
def test_the_best_mandarin_voice_comes_first(machine: list[Voice], best: Voice) -> None:
    assert ranked(machine)[0] == best


@pytest.mark.parametrize("other", [TRACY, SINJI, YUE, JYUTPING, HAK, ZIRA, ENGLISH])
def test_other_languages_are_refused(other: Voice) -> None:
    assert ranked([other]) == []


@settings(max_examples=60, deadline=None)
@given(st.permutations(ALL))
def test_the_order_in_which_a_machine_lists_its_voices_does_not_matter(voices: list[Voice]) -> None:
    assert {voice.id for voice in ranked(voices)[:2]} == {HUIHUI.id, TINGTING.id}
    assert ranked(voices)[-2:] in ([HANHAN, MEIJIA], [MEIJIA, HANHAN])


@pytest.mark.parametrize(
    ("tag", "plain"),
    [(b"\x05cmn-Latn-pinyin", "cmn-latn-pinyin"), ("zh_CN", "zh-cn"), ("\x05cmn\x00", "cmn"), ("", "")],
)
def test_tags_come_to_one_spelling(tag: str | bytes, plain: str) -> None:
    assert normalised_tag(tag) == plain
