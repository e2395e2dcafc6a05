"""A network that grows forgets nothing: it gives the same scores, and can learn with all that it has."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

if "CI" not in os.environ:
    pytest.importorskip("torch", reason="PyTorch is not installed (pip install --group training)")

import torch

from models.training.growing import grown
from models.training.network import Network, Shape

SMALL = Shape(6, front=5, width=7, bottleneck=3, narrow=4, strides=(1, 2), dropout=0.0)
BIG = replace(SMALL, front=9, width=8, bottleneck=3, narrow=6)


def trained() -> Network:
    """A small network with random weights everywhere, and statistics of its own."""
    torch.manual_seed(1)
    network = Network(SMALL)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_()
    network.mean.normal_()
    network.train()(torch.randn(3, 60, 40))
    return network


@pytest.mark.parametrize("training", [True, False])
def test_a_grown_network_gives_the_same_scores(*, training: bool) -> None:
    young = trained()
    sound = torch.randn(2, 50, 40)

    old = grown(young, BIG).train(training)(sound)

    assert torch.allclose(old, young.train(training)(sound), atol=1e-4)


def test_what_a_grown_network_has_more_learns_from_the_first_step() -> None:
    network = grown(trained(), BIG).train()

    network(torch.randn(2, 50, 40)).square().sum().backward()

    used = [layer.weight.grad for name, layer in network.named_modules() if name.endswith(("linear", "output"))]
    assert all(torch.any(gradient[:, -1] != 0) for gradient in used if gradient is not None)


def test_a_network_that_shrinks_or_reaches_elsewhere_is_refused() -> None:
    with pytest.raises(ValueError, match="front cannot shrink from 5 to 4"):
        grown(trained(), replace(BIG, front=4))
    with pytest.raises(ValueError, match="not deeper"):
        grown(trained(), replace(BIG, strides=(1, 2, 3)))
