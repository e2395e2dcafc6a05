"""A trained network as a folder that stock Vosk reads: ``am``, ``conf`` and, for a hotline, ``graph``.

The feature settings in ``conf/mfcc.conf`` are those of :mod:`models.training.features`; the two must not part.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ivr.hotlines import open_hotline
from ivr.speech.graph_building import BuiltGraph, build_graph
from ivr.speech.phones import SILENCE, phone_id, phone_pdfs
from ivr.speech.pronouncing import load_pronouncing
from ivr.speech.word_graph import GraphCosts
from models.training.features import COEFFICIENTS, RATE
from models.training.network import SUBSAMPLING, Network
from models.training.nnet3_export import write_acoustic_model

LIMIT_BYTES: Final = 10 * 1024 * 1024  # what a wheel may carry

_MFCC: Final = {
    "use-energy": "false",
    "sample-frequency": RATE,
    "num-mel-bins": COEFFICIENTS,
    "num-ceps": COEFFICIENTS,
    "low-freq": 20,
    "high-freq": 7600,
    "dither": 0,
    "allow-upsample": "true",
    "allow-downsample": "true",
}
_DECODING: Final = {
    "min-active": 200,
    "max-active": 3000,
    "beam": 13.0,
    "lattice-beam": 5.0,  # 3 lost two in sixteen identity numbers whose check digit tells; 9 needs ten times the time
    # An unfinished utterance is worked into a lattice only where few paths are open. At the usual 200 that happens all
    # the time and takes ever longer: 8 s of a word again and again cost twelve times as much.
    "determinize-max-active": 20,
    "acoustic-scale": 1.0,
    "frame-subsampling-factor": SUBSAMPLING,
    "endpoint.silence-phones": phone_id(SILENCE, "S"),
    "endpoint.rule2.min-trailing-silence": 0.5,
    "endpoint.rule3.min-trailing-silence": 1.0,
    "endpoint.rule4.min-trailing-silence": 2.0,
}


def write_model(network: Network, folder: Path, costs: GraphCosts | None = None) -> BuiltGraph:
    """Write a model for the built-in hotline. Raises ``ValueError`` if it is too big to ship."""
    write_acoustic_model(network, phone_pdfs(), folder / "am" / "final.mdl")
    write_settings(folder)
    built = build_graph(open_hotline(), load_pronouncing(), folder / "graph", costs or GraphCosts())
    size = size_of(folder)
    if size > LIMIT_BYTES:
        raise ValueError(f"{folder}: {size} bytes are more than the {LIMIT_BYTES} that may be shipped")
    return built


def write_settings(folder: Path) -> None:
    """Write ``conf``: how Vosk is to make features and to decode."""
    for name, settings in (("mfcc", _MFCC), ("model", _DECODING)):
        path = folder / "conf" / f"{name}.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"--{option}={value}\n" for option, value in settings.items()), encoding="utf-8")


def size_of(folder: Path) -> int:
    """Bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
