"""What is a key and what is speech, by what two sines explain of it: limits, and stretches as they were measured."""

from __future__ import annotations

import pytest

from ivr.audio.dtmf_judge import Stretch

CLEAN = Stretch(off=0.0005, coherence=0.999, twist_db=0, drift_db=0.1, purity=0.999, rival_db=-40, near_rival_db=-42)


def test_a_clean_stretch_is_a_key() -> None:
    assert CLEAN.is_key()


@pytest.mark.parametrize(
    "change",
    [
        {"off": 0.0305},
        {"off": 0.0186, "purity": 0.92},
        {"coherence": 0.9, "purity": 0.85, "off": 0.01},
        {"twist_db": 11},
        {"twist_db": -11},
        {"drift_db": 1.3, "off": 0.005},
        {"purity": 0.37, "off": 0.005},
        {"purity": 0.27},
        {"rival_db": -4.4, "near_rival_db": -4.4, "off": 0.005},
        {"purity": 0.5, "rival_db": -5.4, "near_rival_db": -5.4, "off": 0.005},
        {"purity": 0.5, "rival_db": -7, "near_rival_db": -7, "off": 0.0124},
        {"purity": 0.5, "rival_db": 0.6, "near_rival_db": 0.6},
        {"purity": 0.5, "rival_db": 0, "near_rival_db": -3.7, "off": 0.003},
        {"purity": 0.32, "rival_db": -4, "near_rival_db": -4, "off": 0.002},
        {"purity": 0.5, "drift_db": 4.6, "rival_db": 0, "near_rival_db": 0},
        {"purity": 0.5, "drift_db": 4, "rival_db": 0, "near_rival_db": 0},
        {"purity": 0.5, "twist_db": 6, "rival_db": 0, "near_rival_db": 0},
    ],
    ids=str,
)
def test_what_is_beyond_a_limit_is_none(change: dict[str, float]) -> None:
    assert not CLEAN._replace(**change).is_key()


@pytest.mark.parametrize(
    "change",
    [
        {"off": 0.0304, "purity": 0.94},  # a bad oscillator on a good line
        {"off": 0.018, "purity": 0.91},  # 1.5 % and 2 Hz under noise
        {"twist_db": -10, "drift_db": 1},
        {"purity": 0.39, "coherence": 0.93, "rival_db": -5.6, "near_rival_db": -5.6, "off": 0.005, "drift_db": 3},
        {"purity": 0.29, "coherence": 0.75, "rival_db": 5, "near_rival_db": 0.4, "drift_db": 3.5, "twist_db": 5},
        {"purity": 0.34, "rival_db": 0, "near_rival_db": -3.8, "off": 0.003, "drift_db": 3.5, "twist_db": -5},
    ],
    ids=str,
)
def test_what_is_within_all_limits_is_one(change: dict[str, float]) -> None:
    assert CLEAN._replace(**change).is_key()


@pytest.mark.parametrize(
    "stretch",
    [
        Stretch(0.0055, 0.9944, -1.5, 0.68, 0.640, -5.33, -5.33),
        Stretch(0.0218, 0.9902, -1.4, 1.79, 0.903, -10.41, -10.41),
        Stretch(0.0028, 0.9788, 0.7, 3.33, 0.519, -2.52, -2.52),
        Stretch(0.0235, 0.9697, -0.8, 1.95, 0.862, -11.27, -11.84),
        Stretch(0.0028, 0.9284, 1.9, 2.69, 0.495, -2.96, -3.40),
        Stretch(0.0227, 0.9871, 9.5, 0.44, 0.915, -4.93, -4.93),
    ],
)
def test_what_voices_said_without_a_key_is_none(stretch: Stretch) -> None:
    assert not stretch.is_key()
