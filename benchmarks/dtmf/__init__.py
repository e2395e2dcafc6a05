"""Telephone keys: our detector beside spandsp and multimon-ng on the same audio, condition by condition; its speed.

Every row is ours against the better of the two. Where a row must be heard, more is better; where it must be refused,
and in speech without keys, less is. Speech beyond the synthetic hour: ``IVR_BENCH_SPEECH=FOLDER``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np

from benchmarks.dtmf import talk
from benchmarks.dtmf.conditions import CONDITIONS, Condition, dialling, right
from benchmarks.dtmf.rivals import Rival, rivals
from benchmarks.figures import Figure, best_seconds
from ivr.audio import g711
from ivr.audio.dtmf_detector import DtmfDetector, DtmfDetectors
from ivr.audio.dtmf_generator import KEYS, dialled
from ivr.audio.pcm import Samples, saturated
from ivr.audio.resampler import resampled

SYNTHETIC_HOURS = 1.0
CALLS = 100
LEAST_PACE = 2_000


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


def talk_figures(name: str, pieces: Iterable[Samples], others: dict[str, Rival], rate: int = 8000) -> Iterator[Figure]:
    """False keys in speech; several pieces in a row, none of which has any."""
    seconds, mine, theirs = 0.0, 0, dict.fromkeys(others, 0)
    for piece in pieces:
        seconds += len(piece) / rate
        mine += len(ours(piece, rate))
        telephone = resampled(piece, rate, 8000)
        for other, detect in others.items():
            theirs[other] += len(detect(telephone))
    if not seconds:
        return
    reference = ", ".join(f"{other} {count}" for other, count in theirs.items())
    target = min(theirs.values(), default=0)
    yield Figure(f"talk-off, {name}, {seconds / 3600:.2f} h", mine, "keys", "fewest", mine <= target, reference)


def through(law: g711.Law, pieces: Iterable[Samples]) -> Iterable[Samples]:
    return (g711.decoded(g711.encoded(piece, law), law) for piece in pieces)


def in_chunks(samples: Samples, rate: int) -> None:
    detector, chunk = DtmfDetector(rate), rate // 50
    for start in range(0, len(samples), chunk):
        detector.feed(samples[start : start + chunk])


def in_step(calls: Samples) -> None:
    detectors, chunk = DtmfDetectors(len(calls)), 8000 // 50
    for start in range(0, calls.shape[1], chunk):
        detectors.feed(calls[:, start : start + chunk])


def a_call(speech: Samples) -> Samples:
    """A minute as callers fill it: they listen in a room that is not quite still, speak, and dial 18 digits and #."""
    samples = np.random.default_rng(1).normal(0, 30, 8000 * 60)
    samples[: 8000 * 15] += speech[: 8000 * 15]
    keys = dialled("110101199003070013#", 80, 170)
    samples[8000 * 30 : 8000 * 30 + len(keys)] += keys
    return saturated(samples)


def pace_figures(speech: Samples, others: dict[str, Rival]) -> Iterator[Figure]:
    noise = np.random.default_rng(1).normal(0, 300, len(speech)).astype(np.int16)
    sounds = {
        "silence": np.zeros_like(speech),
        "soft noise": noise,
        "a call": a_call(speech),
        "speech": speech,
        "keys without end": dialled(KEYS * 20, 70, 70),
    }
    for name, samples in sounds.items():
        twice = resampled(samples, 8000, 16000)
        length = len(samples) // CALLS
        calls = np.ascontiguousarray(samples[: CALLS * length].reshape(CALLS, length))
        ways: dict[str, Callable[[], float]] = {
            "whole": partial(in_pieces, ours, samples),
            "20 ms by 20 ms": partial(in_pieces, partial(in_chunks, rate=8000), samples),
            "whole, 16 kHz": partial(in_pieces, partial(ours, rate=16000), twice),
            "20 ms by 20 ms, 16 kHz": partial(in_pieces, partial(in_chunks, rate=16000), twice),
            f"20 ms of {CALLS} calls": partial(best_seconds, partial(in_step, calls)),
        }
        seconds = len(samples) / 8000
        reference = ""
        if "spandsp" in others:
            reference = f"spandsp (C), whole: {seconds / in_pieces(others['spandsp'], samples):,.0f}"
        for way, work in ways.items():
            pace = seconds / work()
            target = f"at least {LEAST_PACE:,}"
            yield Figure(f"pace, {name}, {way}", pace, "× real time", target, pace >= LEAST_PACE, reference)


def in_pieces(work: Callable[[Samples], object], samples: Samples) -> float:
    """Seconds for all; each of ten pieces at its best, which a busy machine lets through sooner than a long one."""
    return sum(best_seconds(partial(work, piece)) for piece in np.array_split(samples, 10, axis=-1))


def figures() -> Iterator[Figure]:
    others = rivals()
    print(f"  speaking {SYNTHETIC_HOURS:g} h …", file=sys.stderr)
    hour = list(talk.synthetic(SYNTHETIC_HOURS, 16000))
    telephone = [np.ascontiguousarray(piece) for piece in talk.narrowed(hour)]
    speech = np.concatenate(telephone[:10]) if telephone else np.zeros(8000 * 60, np.int16)
    for condition in CONDITIONS:
        yield condition_figure(condition, others, speech)
    yield from pace_figures(speech[: 8000 * 60], others)
    yield from talk_figures("synthetic voices", telephone, others)
    yield from talk_figures("synthetic voices, A-law", through("a", telephone), others)
    yield from talk_figures("synthetic voices, mu-law", through("mu", telephone), others)
    yield from talk_figures("synthetic voices, 16 kHz (others: 8 kHz)", hour, others, 16000)
    yield from talk_figures("recorded voices", talk.recorded(8000), others)
    yield from talk_figures("recorded voices, A-law", through("a", talk.recorded(8000)), others)
    yield from talk_figures("recorded voices, 16 kHz (others: 8 kHz)", talk.recorded(16000), others, 16000)
