"""How soon a prompt is heard: out of the cache, and spoken by the machine's own voice against the bare command."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, best_wall_seconds
from ivr.audio.wav import read_sound
from ivr.callflow.nodes import Prompt
from ivr.speech.cached_synthesiser import CachedSynthesiser
from ivr.speech.prompt_voice import PromptVoice
from ivr.speech.pyttsx3_synthesiser import WORDS_A_MINUTE, Pyttsx3Synthesiser
from ivr.speech.recordings import Recordings
from ivr.speech.speech_cache import SpeechCache
from ivr.speech.spoken_text import spoken_text

TEN_SECONDS = "人工服务请按0。医保账户查询请按1，报销与支取请按2，查询渠道与政策请按3，留言请按5。"
RATE = 16_000


def cache_hits(engine: Pyttsx3Synthesiser, folder: Path) -> list[float]:
    """Wall seconds from asking for a prompt that another program spoke to all of its samples, memory empty."""
    prompts = {"menu": Prompt(text=TEN_SECONDS)}

    def voice() -> PromptVoice:
        speaking = CachedSynthesiser(engine, SpeechCache(folder), RATE)
        return PromptVoice(speaking, Recordings([], RATE), prompts, rate=RATE)

    voice().sound("menu", TEN_SECONDS)
    seconds = []
    for _ in range(30):
        asked = voice()
        start = time.perf_counter()
        asked.sound("menu", TEN_SECONDS)
        seconds.append(time.perf_counter() - start)
    return seconds


def figures() -> list[Figure]:
    engine = Pyttsx3Synthesiser()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "command.wav")
        text = spoken_text(TEN_SECONDS)
        command = ["espeak-ng", "-v", "cmn-latn-pinyin", "-s", str(WORDS_A_MINUTE), "-w", str(file), text]
        engine.synthesise(TEN_SECONDS)  # the process starts before the first call is answered
        ours, bare = [], []
        for _ in range(3):  # alternating, so that what else the machine does meets both
            ours.append(best_wall_seconds(lambda: engine.synthesise(TEN_SECONDS)))
            bare.append(best_wall_seconds(lambda: subprocess.run(command, check=True, capture_output=True)))
        spoken_s = read_sound(file).length_ms / 1000
        hits = cache_hits(engine, Path(folder, "cache"))
    engine.close()
    ratio, hit_ms = min(ours) / min(bare), median(hits) * 1e3
    reference = f"espeak-ng -w, {min(bare) * 1e3:.0f} ms for {spoken_s:.0f} s"
    disk = f"{spoken_s:.0f} s of speech from the disk; best {min(hits) * 1e3:.1f} ms"
    return [
        Figure("prompt cache hit to first sample", hit_ms, "ms", "at most 5", hit_ms <= 5, disk),
        Figure("synthesis by pyttsx3", ratio, "×", "at most 1.5", ratio <= 1.5, reference),
    ]
