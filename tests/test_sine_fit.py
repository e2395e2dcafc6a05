"""Two sines fitted in closed form give what a general least-squares solver gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.audio.sine_fit import fit_two_sines


def solved(samples: np.ndarray, one: float, other: float) -> tuple[list[float], np.ndarray]:
    """Amplitudes and left-over by numpy's solver."""
    at = np.arange(len(samples)) - (len(samples) - 1) / 2
    table = np.stack([np.cos(one * at), np.cos(other * at), np.sin(one * at), np.sin(other * at)], axis=1)
    weights = np.linalg.lstsq(table, samples, rcond=None)[0]
    return [float(np.hypot(weights[k], weights[k + 2])) for k in (0, 1)], samples - table @ weights


@given(st.integers(0, 2**32 - 1), st.integers(40, 260), st.floats(0.25, 0.75), st.floats(0.9, 1.3))
@settings(deadline=None, max_examples=40)
def test_as_a_general_solver(seed: int, half: int, one: float, other: float) -> None:
    draw = np.random.default_rng(seed)
    at = np.arange(2 * half)
    samples = 3000 * np.sin(one * at + 1) + 1000 * np.sin(other * at + 2) + draw.normal(500, 200, 2 * half)
    fit = fit_two_sines(samples, one, other)
    centred = samples - samples.mean()
    levels, left_over = solved(centred, one, other)
    assert fit.levels == pytest.approx(levels, rel=1e-6)
    assert np.allclose(fit.left_over(), left_over, atol=1e-5)
    assert fit.purity == pytest.approx(1 - left_over @ left_over / (centred @ centred), abs=1e-9)
    assert fit.levels_first == pytest.approx(solved(centred[:half], one, other)[0], rel=1e-6)
    assert fit.levels_last == pytest.approx(solved(centred[half:], one, other)[0], rel=1e-6)


def test_silence_has_no_sines() -> None:
    fit = fit_two_sines(np.zeros(200), 0.5, 1.0)
    assert (fit.levels, fit.purity) == ((0.0, 0.0), 0.0)
