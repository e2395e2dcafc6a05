"""How often a pause inside an utterance is taken for its end, and how fast that is decided.

Pairs of groups with a pause between them, as people say numbers; a cut-off is an end that was found in the pause. A
pause as long as the profile waits is the end by definition, so 100 % beyond it is right, and before it 0 %.
"""

from __future__ import annotations

from itertools import pairwise

from benchmarks.figures import Figure, best_seconds
from benchmarks.spoken_words import GROUPS, in_a_row, spoken
from ivr.audio.pcm import Samples, block_length
from ivr.speech.endpointing import Endpointer, SpeechEnded

PROFILES = {"standard": 700, "senior": 1_200}
PAUSES_S = (0.3, 0.5, 0.6, 0.9, 1.1, 1.5)
LINES = {"quiet": -70.0, "noisy": -44.0}  # dBFS; the speech is at about -24, so the second is a ratio of 20 dB
RATE = 8_000
LEAST_MARGIN_S = 0.15  # of a word the noise hides the end; a pause so much shorter than the wait is never an end


def cut_off_percent(groups: list[Samples], rate: int, wait_ms: int, pause_s: float, noise_dbfs: float) -> float:
    cut = 0
    for first, second in pairwise(groups):
        sound = in_a_row((first, second), (0.8, pause_s, 2), rate, noise_dbfs)
        second_begins = round((0.8 + pause_s) * rate) + len(first)
        ends = [one.at for one in Endpointer(rate, wait_ms).feed(sound) if isinstance(one, SpeechEnded)]
        cut += bool(ends) and ends[0] < second_begins
    return 100 * cut / (len(groups) - 1)


def figures() -> list[Figure]:
    groups = spoken(GROUPS, RATE)
    rows = []
    for profile, wait_ms in PROFILES.items():
        for line, noise_dbfs in LINES.items():
            for pause_s in PAUSES_S:
                cut = cut_off_percent(groups, RATE, wait_ms, pause_s, noise_dbfs)
                inside = pause_s <= wait_ms / 1_000 - LEAST_MARGIN_S
                name = f"cut-offs, {profile} ({wait_ms / 1_000:g} s), pause {pause_s:g} s, {line} line"
                target = "0" if inside else "(an end by definition)" if pause_s >= wait_ms / 1_000 else "(on the edge)"
                rows.append(Figure(name, cut, "%", target, not inside or cut == 0))
    sound = in_a_row(groups, [1.0] * (len(groups) + 1), RATE)
    length = block_length(RATE)
    blocks = [sound[start : start + length] for start in range(0, len(sound), length)]

    def judge() -> None:
        endpointer = Endpointer(RATE, 700)
        for block in blocks:
            endpointer.feed(block)

    times = len(sound) / RATE / best_seconds(judge)
    rows.append(Figure("end-pointing, blocks of 20 ms", times, "× real time", "at least 400", times >= 400))
    return rows
