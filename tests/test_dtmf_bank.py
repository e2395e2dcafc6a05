"""The arithmetic of key tones: the same bits however many blocks come together, and nothing for a constant offset."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from ivr.audio.dtmf_bank import NOMINAL_HZ, tone_bank


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("key", range(16))
def test_the_loudest_block_gives_the_same_bits_alone_and_among_others(rate: int, key: int) -> None:
    bank, draw = tone_bank(rate), np.random.default_rng(key)
    at, sound = np.arange(40 * bank.block), draw.integers(32700, 32768, 40 * bank.block)
    low, high = (2 * np.pi * hertz / rate * at for hertz in (NOMINAL_HZ[key // 4], NOMINAL_HZ[4 + key % 4]))
    for wave in (np.cos(low), np.cos(high), np.cos(low) + np.cos(high)):
        blocks = sliding_window_view((sound * np.sign(wave)).astype(np.float32), bank.block)[:: bank.hop]
        alone = [bank.powers_of_key(key, blocks[number : number + 1])[0] for number in range(len(blocks))]
        assert bank.powers_of_key(key, blocks) == alone
        assert bank.powers_of_key(key, blocks[::-1]) == alone[::-1]


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("offset", [-32768, 1000, 32767])
def test_a_constant_offset_promises_no_key(rate: int, offset: int) -> None:
    bank = tone_bank(rate)
    tiles = np.full((9, bank.block), offset, np.float32)
    assert bank.glance(tiles) == bank.glance(tiles[:2]) == []
    assert bank.powers_of_key(0, tiles) == [0.0] * 9
