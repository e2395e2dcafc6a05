"""Writing a trained network as Kaldi's ``final.mdl``, without Kaldi.

Theory of operation. The file holds, one after the other in Kaldi's binary format: the transition model (the topology of
a phone, and for each phone id its two pdf ids), the network as nnet3 text lines naming its nodes and the binary numbers
of its components, and the context and (no) priors that Kaldi's reader expects after it. A token is its name and a
space; a number is its size in bytes, then the value; a matrix is ``FM``, rows, columns, values.

Normalisations are folded into what stands before and after them, so that only affine, ReLU and offset components are
left: a ReLU passes a positive factor through, so the deviation goes into the affine before it and the mean into an
offset behind it. (An offset, not the next affine, since the bypass must see it too.)
"""

from __future__ import annotations

import math
import struct
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.training.network import BYPASS, FEATURES, SPLICE, SUBSAMPLING

if TYPE_CHECKING:
    from torch import Tensor, nn

    from models.training.network import Network, Normalisation, TimeDelay

Values = npt.NDArray[np.float64]


class KaldiFile:
    """Kaldi's binary format, in memory."""

    def __init__(self) -> None:
        self.bytes = BytesIO()
        self.bytes.write(b"\0B")

    def tokens(self, *names: str) -> None:
        """Words that say what follows."""
        for name in names:
            self.bytes.write(name.encode() + b" ")

    def integers(self, *values: int) -> None:
        """Each as 32 bits."""
        for value in values:
            self.bytes.write(b"\4" + struct.pack("<i", value))

    def integer_vector(self, values: list[int]) -> None:
        """Its length, then the bare numbers."""
        self.integers(len(values))
        self.bytes.write(np.asarray(values, "<i4").tobytes())

    def single(self, value: float) -> None:
        """32 bits."""
        self.bytes.write(b"\4" + struct.pack("<f", value))

    def double(self, value: float) -> None:
        """64 bits."""
        self.bytes.write(b"\10" + struct.pack("<d", value))

    def vector(self, values: Any) -> None:
        """Of 32-bit values."""
        self.tokens("FV")
        self.integers(len(values))
        self.bytes.write(np.asarray(values, "<f4").tobytes())

    def matrix(self, values: Values) -> None:
        """Of 32-bit values, row by row."""
        self.tokens("FM")
        self.integers(*values.shape)
        self.bytes.write(np.ascontiguousarray(values, "<f4").tobytes())


class Components:
    """The nodes of the network as they are put together: their lines, and the numbers they need."""

    def __init__(self) -> None:
        self.lines = [f"input-node name=input dim={FEATURES}"]
        self.written: list[tuple[str, str, tuple[Values, ...]]] = []

    def add(self, name: str, kind: str, source: str, *values: Values) -> str:
        """One node and its component; returns the name, for the nodes that read it."""
        self.lines.append(f"component-node name={name} component={name} input={source}")
        self.written.append((name, kind, values))
        return name

    def affine(self, name: str, source: str, weight: Values, bias: Values | None = None) -> str:
        """A matrix and an offset."""
        return self.add(name, "affine", source, weight, np.zeros(len(weight)) if bias is None else bias)

    def rectified(self, name: str, source: str, layer: nn.Linear, normal: Normalisation) -> tuple[str, Values]:
        """Affine and ReLU with the deviation of the normalisation; also the offset that completes it."""
        factor = 1 / np.sqrt(_values(normal.running_var) + normal.eps)
        weight, bias = _values(layer.weight) * factor[:, None], _values(layer.bias) * factor
        affine = self.affine(f"{name}.affine", source, weight, bias)
        return self.add(f"{name}.relu", "relu", affine, bias), -_values(normal.running_mean) * factor


def _values(tensor: Tensor | None) -> Values:
    assert tensor is not None  # noqa: S101 - the network's own parameters
    return tensor.detach().double().cpu().numpy()


def _offset(name: str, frames: int) -> str:
    return f"Offset({name}, {frames})" if frames else name


def _append(*parts: str) -> str:
    return f"Append({', '.join(parts)})"


def components(network: Network) -> Components:
    """The nodes that compute what ``network.forward`` does, in evaluation mode."""
    made = Components()
    mean, deviation = _values(network.mean), _values(network.deviation)
    source = _append(*(_offset("input", at) for at in SPLICE))
    # The normalisation of the features goes into the first affine.
    wide = np.tile(deviation, len(SPLICE))
    first = _shifted(network.first, np.tile(mean, len(SPLICE)), wide)
    relu, offset = made.rectified("first", source, first, network.first.normal)
    last = made.add("first.offset", "offset", relu, offset)
    source = _append(*(_offset(last, at) for at in (-1, 0, 1)))
    relu, offset = made.rectified("second", source, network.second.affine, network.second.normal)
    last = made.add("second.offset", "offset", relu, offset)
    for number, layer in enumerate(network.factored, 1):
        reach, name = SUBSAMPLING * layer.stride, f"factored{number}"
        thin = made.affine(f"{name}.linear", _append(_offset(last, -reach), last), _values(layer.linear.weight))
        relu, offset = made.rectified(name, _append(thin, _offset(thin, reach)), layer.affine, layer.normal)
        last = made.add(f"{name}.offset", "offset", f"Sum({relu}, Scale({BYPASS}, {last}))", offset)
    head = network.head
    thin = made.affine("head.linear", last, _values(head.linear.weight))
    relu, offset = made.rectified("head", thin, head.affine, head.normal)
    weight, bias = _values(head.output.weight), _values(head.output.bias)
    made.affine("output.affine", relu, weight, bias + weight @ offset)
    made.lines.append("output-node name=output input=output.affine objective=linear")
    return made


def _shifted(layer: TimeDelay, mean: Values, deviation: Values) -> Any:
    """The affine of a layer whose input is not yet normalised."""
    import torch

    weight = _values(layer.affine.weight) / deviation
    shifted = torch.nn.Linear(weight.shape[1], len(weight)).double()
    shifted.weight.data = torch.from_numpy(weight)
    shifted.bias.data = torch.from_numpy(_values(layer.affine.bias) - weight @ mean)
    return shifted


def _write_transitions(file: KaldiFile, phone_pdfs: tuple[tuple[int, int, int], ...]) -> None:
    ids = [phone for phone, _, _ in phone_pdfs]
    file.tokens("<TransitionModel>", "<Topology>")
    entry_of_phone = [-1] * (max(ids) + 1)
    for phone in ids:
        entry_of_phone[phone] = 0
    file.integer_vector(ids)
    file.integer_vector(entry_of_phone)
    file.integers(-1, 1, 2)  # states have two pdfs each (not one); one entry; of two states
    file.integers(0, 1, 2)  # the first: entering pdf class 0, staying pdf class 1, two transitions
    for state in (0, 1):
        file.integers(state)
        file.single(0.5)
    file.integers(-1, -1, 0)  # the second: final, nothing in it
    file.tokens("</Topology>", "<Tuples>")
    file.integers(len(phone_pdfs))
    for phone, entering, staying in phone_pdfs:
        file.integers(phone, 0, entering, staying)
    file.tokens("</Tuples>", "<LogProbs>")
    file.vector([0.0] + [math.log(0.5)] * (2 * len(phone_pdfs)))  # transition ids count from 1
    file.tokens("</LogProbs>", "</TransitionModel>")


def _write_components(file: KaldiFile, made: Components) -> None:
    file.tokens("<Nnet3>")
    file.bytes.write(("\n" + "\n".join(made.lines) + "\n\n").encode())
    file.tokens("<NumComponents>")
    file.integers(len(made.written))
    for name, kind, values in made.written:
        file.tokens("<ComponentName>", name)
        if kind == "affine":
            file.tokens("<FixedAffineComponent>", "<LinearParams>")
            file.matrix(values[0])
            file.tokens("<BiasParams>")
            file.vector(values[1])
            file.tokens("</FixedAffineComponent>")
        elif kind == "offset":
            file.tokens("<FixedBiasComponent>", "<Bias>")
            file.vector(values[0])
            file.tokens("</FixedBiasComponent>")
        else:
            file.tokens("<RectifiedLinearComponent>", "<Dim>")
            file.integers(len(values[0]))
            file.tokens("<ValueAvg>")
            file.vector([])
            file.tokens("<DerivAvg>")
            file.vector([])
            file.tokens("<Count>")
            file.double(0.0)
            file.tokens("</RectifiedLinearComponent>")
    file.tokens("</Nnet3>")


def write_acoustic_model(network: Network, phone_pdfs: tuple[tuple[int, int, int], ...], path: Path) -> None:
    """Write ``final.mdl``: the network in evaluation mode, and its phones as (phone id, entering pdf, staying pdf)."""
    file = KaldiFile()
    _write_transitions(file, phone_pdfs)
    _write_components(file, components(network))
    file.tokens("<LeftContext>")
    file.integers(network.context)
    file.tokens("<RightContext>")
    file.integers(network.context)
    file.tokens("<Priors>")
    file.vector([])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.bytes.getvalue())
