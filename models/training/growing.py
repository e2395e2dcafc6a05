"""A trained network made bigger without forgetting anything: it computes the same, and has room to learn more.

Theory of operation. A small network finds the phones in half the time of a big one, and a big one hears better in the
end; so training begins with a small one and goes on with the one it grows into (Net2Net, Chen et al. 2016, goes
further). Each layer keeps its old weights in a corner of the new ones. The new values that it gives begin at random, as
in any new network, but whatever reads them begins by ignoring them: those weights are zero, and learn from the first
step on.
"""

from __future__ import annotations

import torch
from torch import nn

from models.training.network import SUBSAMPLING, Network, Normalisation, Shape


def grown(young: Network, shape: Shape) -> Network:
    """A network of ``shape``, in no size smaller than ``young``, that gives the same scores.

    ``ValueError`` if it has less of anything, or layers that reach elsewhere.
    """
    old, new = young.shape.as_dict(), shape.as_dict()
    for name in ("front", "width", "bottleneck", "narrow"):
        if int(str(new[name])) < int(str(old[name])):
            raise ValueError(f"{name} cannot shrink from {old[name]} to {new[name]}")
    if (young.shape.strides, young.shape.outputs) != (shape.strides, shape.outputs):
        raise ValueError("a network can grow wider, not deeper, and gives the same scores")
    network = Network(shape)
    network.mean.copy_(young.mean)
    network.deviation.copy_(young.deviation)
    for (name, old_layer), layer in zip(young.named_modules(), network.modules(), strict=True):
        if isinstance(old_layer, nn.Linear) and isinstance(layer, nn.Linear):
            _fill(layer, old_layer, _frames_side_by_side(name))
        elif isinstance(old_layer, Normalisation):
            for statistic in ("running_mean", "running_var"):
                getattr(layer, statistic)[: old_layer.num_features] = getattr(old_layer, statistic)
    return network


def _frames_side_by_side(name: str) -> int:
    """How many frames of the layer below a layer of this name reads at once."""
    if name.startswith("factored"):
        return 2
    return SUBSAMPLING if name.startswith("second") else 1


def _fill(layer: nn.Linear, old: nn.Linear, blocks: int) -> None:
    """Puts the weights of ``old`` where ``layer`` reads the same values, and zeros where it reads new ones."""
    rows, columns = old.out_features, old.in_features // blocks
    with torch.no_grad():
        weights = layer.weight.view(layer.out_features, blocks, -1)
        weights[:rows, :, columns:] = 0
        weights[:rows, :, :columns] = old.weight.view(rows, blocks, columns)
        if old.bias is not None:
            layer.bias[:rows] = old.bias
