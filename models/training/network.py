"""The network: from MFCC frames to a score for each output of the phones (TDNN-F, one score in three frames).

Theory of operation. Layers look at neighbouring times (time-delay layers); in the factored ones (TDNN-F, Povey et al.
2018) each big matrix is the product of two thin ones, and most of the input is added to the output. From the second
layer on only every third frame is computed. Nothing pads inside: the input carries :attr:`Network.context` frames more
on either side than it has outputs for, as Kaldi's networks read it.

Everything is made of what Kaldi's nnet3 can run (affine, ReLU, offset, sum), see :mod:`models.training.nnet3_export`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

FEATURES = 40
SUBSAMPLING = 3
BYPASS = 0.66  # share of a factored layer's input added to its output, as in Kaldi's recipes
SPLICE = (-2, -1, 0, 1, 2)  # frames that the first layer sees


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a network; ``strides`` are the reach of each factored layer to either side, in output frames."""

    outputs: int
    front: int = 256
    width: int = 448
    bottleneck: int = 128
    narrow: int = 160
    strides: tuple[int, ...] = (1, 1, 2, 2, 3, 3)
    dropout: float = 0.1

    def as_dict(self) -> dict[str, object]:
        """For a checkpoint."""
        return asdict(self)


class Normalisation(nn.BatchNorm1d):
    """Batch normalisation without its own scale, over a (B, T, D) tensor."""

    def __init__(self, size: int) -> None:
        super().__init__(size, affine=False, momentum=0.05, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        """Each of the D values to mean 0 and variance 1."""
        return super().forward(x.reshape(-1, x.shape[-1])).reshape(x.shape)


class TimeDelay(nn.Module):
    """Neighbouring frames, affine, ReLU, normalisation."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.affine = nn.Linear(size, width)
        self.normal = Normalisation(width)

    def forward(self, spliced: Tensor) -> Tensor:
        """(B, T, size) to (B, T, width)."""
        return self.normal(functional.relu(self.affine(spliced)))


class Factored(nn.Module):
    """A factored layer that reaches ``stride`` frames to either side; its output is 2 * stride frames shorter."""

    def __init__(self, width: int, bottleneck: int, stride: int, dropout: float) -> None:
        super().__init__()
        self.stride, self.dropout = stride, dropout
        self.linear = nn.Linear(2 * width, bottleneck, bias=False)
        self.affine = nn.Linear(2 * bottleneck, width)
        self.normal = Normalisation(width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, width) to (B, T - 2 * stride, width)."""
        reach = self.stride
        thin = self.linear(torch.cat([x[:, :-reach], x[:, reach:]], -1))
        wide = self.normal(functional.relu(self.affine(torch.cat([thin[:, :-reach], thin[:, reach:]], -1))))
        if self.training and self.dropout:  # one factor per value for the whole utterance, as Kaldi's recipes do
            factor = torch.rand(wide.shape[0], 1, wide.shape[2], device=wide.device)
            wide = wide * (1 + (2 * factor - 1) * 2 * self.dropout)
        return wide + BYPASS * x[:, reach:-reach]


class Head(nn.Module):
    """Narrow, wide again, then a score for each output.

    ``frame_output`` learns frame by frame beside it, on what the loss believes, and steadies the layers below; it is no
    part of the finished model.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.linear = nn.Linear(shape.width, shape.narrow, bias=False)
        self.affine = nn.Linear(shape.narrow, shape.width)
        self.normal = Normalisation(shape.width)
        self.output = nn.Linear(shape.width, shape.outputs)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)
        self.frame_output = nn.Linear(shape.width, shape.outputs)

    def hidden(self, x: Tensor) -> Tensor:
        """(B, T, width) to (B, T, width): what both outputs read."""
        return self.normal(functional.relu(self.affine(self.linear(x))))


class Network(nn.Module):
    """MFCC frames (B, T + 2 * context, 40) to scores (B, ceil(T / 3), outputs)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("deviation", torch.ones(FEATURES))
        self.first = TimeDelay(FEATURES * len(SPLICE), shape.front)
        self.second = TimeDelay(3 * shape.front, shape.width)
        self.factored = nn.ModuleList(
            Factored(shape.width, shape.bottleneck, stride, shape.dropout) for stride in shape.strides
        )
        self.head = Head(shape)

    @property
    def context(self) -> int:
        """Frames that an output needs to the left, and as many to the right."""
        return 3 + SUBSAMPLING * sum(self.shape.strides)

    def hidden(self, frames: Tensor) -> Tensor:
        """All but the outputs: (B, T + 2 * context, 40) to (B, ceil(T / 3), width)."""
        frames = (frames - self.mean) / self.deviation
        length = frames.shape[1]
        x = self.first(torch.cat([frames[:, i : length - 4 + i] for i in range(len(SPLICE))], -1))
        outputs = (x.shape[1] - 3) // SUBSAMPLING + 1
        x = x[:, : outputs * SUBSAMPLING].reshape(len(x), outputs, -1)  # frames t, t + 1, t + 2 side by side
        x = self.second(x)
        for layer in self.factored:
            x = layer(x)
        return self.head.hidden(x)

    def forward(self, frames: Tensor) -> Tensor:
        """The scores that the finished model gives."""
        return self.head.output(self.hidden(frames))
