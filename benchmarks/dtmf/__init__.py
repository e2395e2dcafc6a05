"""Telephone keys: our detector beside spandsp and multimon-ng on the same audio, condition by condition; its speed.

Every row is ours against the better of the two. Where a row must be heard, more is better; where it must be refused,
and in speech without keys, less is. Speech beyond the synthetic hour: ``IVR_BENCH_SPEECH=FOLDER``.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from benchmarks.dtmf import talk
from benchmarks.dtmf.conditions import CONDITIONS, Condition, dialling, right
from benchmarks.dtmf.rivals import Rival, rivals
from benchmarks.figures import Figure, best_seconds
from ivr.audio import g711
from ivr.audio.dtmf_detector import DtmfDetector, DtmfDetectors
from ivr.audio.dtmf_generator import KEYS, dialled
from ivr.audio.pcm import Samples

SYNTHETIC_HOURS = 1.0
CALLS = 100
CHUNK = 160


def ours(samples: Samples, rate: int = 8000) -> str:
    return "".join(key.key for key in DtmfDetector(rate).feed(samples))


def condition_figure(condition: Condition, others: dict[str, Rival], speech: Samples) -> Figure:
    samples, sent = dialling(condition, speech)
    heard = {name: detect(samples) for name, detect in {"ours": ours, **others}.items()}
    if condition.limit == "refuse":
        share = {name: 100 * len(keys) / len(sent) for name, keys in heard.items()}
    else:
        share = {name: 100 * right(sent, keys) / len(sent) for name, keys in heard.items()}
    mine = share.pop("ours")
    reference = ", ".join(f"{name} {value:.1f}" for name, value in share.items())
    if condition.limit == "free":
        return Figure(f"keys, {condition.name}", mine, "% heard", "free", met=True, reference=reference)
    if condition.limit == "refuse":
        worst = min(share.values(), default=100.0)
        return Figure(f"keys, {condition.name}", mine, "% taken", "fewest", mine <= worst, reference)
    return Figure(f"keys, {condition.name}", mine, "% heard", "most", mine >= max(share.values(), default=0), reference)


def talk_figure(name: str, pieces: Iterable[Samples], others: dict[str, Rival], rate: int = 8000) -> list[Figure]:
    """False keys in speech; several pieces in a row, none of which has any."""
    seconds, mine, theirs = 0.0, 0, dict.fromkeys(others, 0)
    for piece in pieces:
        seconds += len(piece) / rate
        mine += len(ours(piece, rate))
        for other, detect in others.items():
            theirs[other] += len(detect(piece))
    if not seconds:
        return []
    reference = ", ".join(f"{other} {count}" for other, count in theirs.items())
    target = min(theirs.values(), default=0)
    return [Figure(f"talk-off, {name}, {seconds / 3600:.2f} h", mine, "keys", "fewest", mine <= target, reference)]


def through(law: g711.Law, pieces: Iterable[Samples]) -> Iterable[Samples]:
    return (g711.decoded(g711.encoded(piece, law), law) for piece in pieces)


def in_chunks(samples: Samples) -> None:
    detector = DtmfDetector()
    for start in range(0, len(samples), CHUNK):
        detector.feed(samples[start : start + CHUNK])


def in_step(calls: Samples) -> None:
    detectors = DtmfDetectors(len(calls))
    for start in range(0, calls.shape[1], CHUNK):
        detectors.feed(calls[:, start : start + CHUNK])


def speed_figures(speech: Samples, others: dict[str, Rival]) -> list[Figure]:
    keys = dialled(KEYS * 20, 70, 70)
    noise = np.random.default_rng(1).normal(0, 300, len(speech)).astype(np.int16)
    rows = []
    for name, samples in (("speech", speech), ("soft noise", noise), ("keys without end", keys)):
        length = len(samples) // (CALLS * CHUNK) * CHUNK
        calls = np.ascontiguousarray(samples[: CALLS * length].reshape(CALLS, length))
        ways = {
            "whole": (len(samples), best_seconds(lambda some=samples: ours(some))),
            "20 ms by 20 ms": (len(samples), best_seconds(lambda some=samples: in_chunks(some))),
            f"20 ms of {CALLS} calls": (calls.size, best_seconds(lambda some=calls: in_step(some))),
        }
        reference = ""
        if "spandsp" in others:
            seconds = best_seconds(lambda some=samples: others["spandsp"](some))
            reference = f"spandsp (C), whole: {len(samples) / 8000 / seconds:,.0f}"
        for way, (count, seconds) in ways.items():
            pace = count / 8000 / seconds
            rows.append(Figure(f"keys in {name}, {way}", pace, "× real", "at least 2,000", pace >= 2000, reference))
    return rows


def figures() -> list[Figure]:
    others = rivals()
    hour = list(talk.synthetic(SYNTHETIC_HOURS, 16000))
    telephone = [np.ascontiguousarray(piece) for piece in talk.narrowed(hour)]
    speech = np.concatenate(telephone[:10]) if telephone else np.zeros(8000 * 60, np.int16)
    rows = [condition_figure(condition, others, speech) for condition in CONDITIONS]
    rows += talk_figure("synthetic voices", telephone, others)
    rows += talk_figure("synthetic voices, A-law", through("a", telephone), others)
    rows += talk_figure("synthetic voices, mu-law", through("mu", telephone), others)
    rows += talk_figure("synthetic voices, 16 kHz", hour, {}, 16000)
    rows += talk_figure("recorded voices", talk.recorded(8000), others)
    rows += talk_figure("recorded voices, A-law", through("a", talk.recorded(8000)), others)
    rows += talk_figure("recorded voices, 16 kHz", talk.recorded(16000), {}, 16000)
    return rows + speed_figures(speech[: 8000 * 60], others)
