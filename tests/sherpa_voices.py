"""Small voices in the format of sherpa-onnx, whole folders: the real library loads them, and they make sounds.

Nobody would take them for a person: every syllable is a tone of its own, as long as the pace says. The network has the
inputs, outputs and metadata of a VITS voice as sherpa-onnx reads it (``offline-tts-vits-model.cc``), the lexicon the
3,755 most common characters.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from pypinyin import Style, lazy_pinyin

RATE: Final = 16_000
_SYLLABLE: Final = 0.2 * RATE  # samples at the usual pace
_LEVEL: Final = 0.3
SPEAKER_STEP_HZ: Final = 40.0
_PAUSES: Final = "，。、！？："
METADATA: Final = {
    "model_type": "vits",
    "comment": "a voice of tones, for tests",
    "language": "Chinese",
    "sample_rate": str(RATE),
    "n_speakers": "2",
    "add_blank": "0",
    "punctuation": " ".join(_PAUSES),
}


def tone_voice(folder: Path, **metadata: str) -> Path:
    """Write a voice into ``folder``; entries of its metadata can be replaced, or taken out with an empty text."""
    folder.mkdir(parents=True, exist_ok=True)
    hanzi = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)][:3755]
    readings = lazy_pinyin(hanzi, style=Style.TONE3, neutral_tone_with_five=True)
    tokens = [*_PAUSES, *sorted(set(readings))]
    lexicon = (f"{character} {reading}\n" for character, reading in zip(hanzi, readings, strict=True))
    (folder / "lexicon.txt").write_text("".join(lexicon), encoding="utf-8")
    numbered = (f"{token} {number}\n" for number, token in enumerate(tokens))
    (folder / "tokens.txt").write_text("".join(numbered), encoding="utf-8")
    model = _network(len(tokens))
    helper.set_model_props(model, {key: value for key, value in (METADATA | metadata).items() if value})
    onnx.save(model, folder / "model.onnx")
    return folder


def _network(tokens: int) -> onnx.ModelProto:
    """sin(2 pi f t) for each token, one after the other; pauses are silent."""
    pitches = np.linspace(200, 1200, tokens, dtype=np.float32)
    loudness = np.full(tokens, _LEVEL, np.float32)
    loudness[: len(_PAUSES)] = 0
    nodes = [
        helper.make_node("Mul", ["length_scale", "syllable"], ["long"]),
        helper.make_node("Squeeze", ["long"], ["length"]),
        helper.make_node("Range", ["zero", "length", "one"], ["time"]),
        helper.make_node("Cast", ["sid"], ["speaker"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["speaker", "step"], ["higher"]),
        helper.make_node("Gather", ["pitches", "x"], ["of_tokens"]),
        helper.make_node("Add", ["of_tokens", "higher"], ["pitch"]),
        helper.make_node("Unsqueeze", ["pitch", "last"], ["column"]),
        helper.make_node("Mul", ["column", "time"], ["cycles"]),
        helper.make_node("Mul", ["cycles", "turn"], ["phase"]),
        helper.make_node("Sin", ["phase"], ["sines"]),
        helper.make_node("Gather", ["loudness", "x"], ["loud"]),
        helper.make_node("Unsqueeze", ["loud", "last"], ["louds"]),
        helper.make_node("Mul", ["sines", "louds"], ["sounds"]),
        helper.make_node("Reshape", ["sounds", "row"], ["y"]),
    ]
    constants: dict[str, Any] = {
        "pitches": pitches,
        "loudness": loudness,
        "syllable": np.array([_SYLLABLE], np.float32),
        "step": np.array([SPEAKER_STEP_HZ], np.float32),
        "zero": np.array(0, np.float32),
        "one": np.array(1, np.float32),
        "last": np.array([-1]),
        "turn": np.array(2 * np.pi / RATE, np.float32),
        "row": np.array([1, 1, -1]),
    }
    scales = ("noise_scale", "length_scale", "noise_scale_w")
    graph = helper.make_graph(
        nodes,
        "tones",
        [
            helper.make_tensor_value_info("x", TensorProto.INT64, [1, "tokens"]),
            helper.make_tensor_value_info("x_length", TensorProto.INT64, [1]),
            *(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in scales),
            helper.make_tensor_value_info("sid", TensorProto.INT64, [1]),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, "samples"])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
