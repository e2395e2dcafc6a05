"""Speech for the measurements: the machine's own voice, which is the same everywhere. No figures of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ivr.audio.pcm import Samples, saturated
from ivr.speech.conditioning import conditioned, trimmed
from ivr.speech.pyttsx3_synthesiser import Pyttsx3Synthesiser

GROUPS = (
    "九九零零零零", "幺九九零", "零三零七", "零零幺三", "二四六八幺零", "八五七三", "六六三二", "四零九七五一",
    "查余额", "转人工", "我要挂失", "家庭共济", "消费明细", "报销进度", "修改密码", "每月划入",
)  # fmt: skip


def spoken(texts: Sequence[str], rate: int) -> list[Samples]:
    """Each text, without the silence around it. Raises ``SpeechError`` where nothing can speak."""
    voice = Pyttsx3Synthesiser()
    try:
        return [trimmed(conditioned(voice.synthesise(text), rate), rate, kept_ms=0) for text in texts]
    finally:
        voice.close()


def in_a_row(parts: Sequence[Samples], pauses_s: Sequence[float], rate: int, noise_dbfs: float = -70) -> Samples:
    """A pause, a part, a pause …, all with a faint noise. There is one pause more than there are parts."""
    pieces = [np.zeros(round(pauses_s[0] * rate), np.int16)]
    for part, pause_s in zip(parts, pauses_s[1:], strict=True):
        pieces += [part, np.zeros(round(pause_s * rate), np.int16)]
    sound = np.concatenate(pieces).astype(np.float64)
    hiss = np.random.default_rng(0).standard_normal(len(sound)) * 10 ** (noise_dbfs / 20) * 32767 / 2**0.5
    return saturated(sound + hiss)
