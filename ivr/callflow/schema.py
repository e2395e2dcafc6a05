"""The documents' JSON Schema (draft 2020-12), so that editors complete and check them as they are typed.

It is the models' schema with three changes:

* an editor reads ``3`` as a number and ``true`` as a boolean, where we read text: whatever is one scalar may be
  written as any scalar that its notation allows;
* the strings below fields become descriptions; they are read from the source here, because collecting them whenever
  a model is imported would slow every call down;
* a key that no pattern allows is an error, as it is when a document is loaded.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable
from types import ModuleType
from typing import Any, Literal

from pydantic import BaseModel

from ivr.callflow import document, nodes
from ivr.callflow.loading import MAY_INCLUDE

Part = Literal["flow", "include", "prompts"]
Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLES: dict[Part, str] = {
    "flow": "A call flow of ivr",
    "include": "A part of a call flow of ivr, named by its 'include:'",
    "prompts": "A prompt catalogue of ivr",
}
_KEY_PATTERN = "^[0-9*#]$"
_NUMERALS = r"^-?\d+$"
_DECIMALS = r"^-?\d*\.?\d+$"


def json_schema(part: Part = "flow") -> Schema:
    """The schema of one sort of document, as data for ``json.dumps``."""
    model: type[BaseModel] = document.PromptCatalogue if part == "prompts" else document.FlowDocument
    schema = written_schema(model, (nodes, document))
    if part == "include":
        schema["properties"] = {name: schema["properties"][name] for name in MAY_INCLUDE}
        del schema["required"]
    return {"$schema": DIALECT, **schema, "title": TITLES[part], "description": TITLES[part] + "."}


def written_schema(model: type[BaseModel], modules: Iterable[ModuleType], separator: str = "-") -> Schema:
    """The schema of a model as people write it, without dialect and title.

    ``modules`` define the model and its parts; ``separator`` joins the words of a key in its documents.
    """
    schema = model.model_json_schema(by_alias=True, mode="validation")
    _describe(schema, modules, separator)
    written: Schema = _as_written(schema)
    return written


def _describe(schema: Schema, modules: Iterable[ModuleType], separator: str) -> None:
    """Gives every field its docstring, and every kind of node its model's."""
    docstrings: dict[str, dict[str, str]] = {}
    for module in modules:
        docstrings |= _docstrings(module, separator)
    for name, part in [*schema.get("$defs", {}).items(), (str(schema["title"]), schema)]:
        for field, text in docstrings.get(name, {}).items():
            if field in part["properties"]:
                part["properties"][field]["description"] = text


def _docstrings(module: ModuleType, separator: str) -> dict[str, dict[str, str]]:
    """Class -> field as it is written -> the string that follows it in the source; with the fields of its bases."""
    found: dict[str, dict[str, str]] = {}
    for statement in ast.parse(inspect.getsource(module)).body:
        if not isinstance(statement, ast.ClassDef):
            continue
        fields: dict[str, str] = {}
        for base in statement.bases:
            if isinstance(base, ast.Name):
                fields |= found.get(base.id, {})
        for field, text in zip(statement.body, statement.body[1:], strict=False):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as words)):
                    fields[name.rstrip("_").replace("_", separator)] = inspect.cleandoc(words).replace("\n", " ")
        found[statement.name] = fields
    return found


def _as_written(part: Any) -> Any:
    """Rewrites every subschema, innermost first."""
    if isinstance(part, list):
        return [_as_written(item) for item in part]
    if not isinstance(part, dict):
        return part
    part = {
        # the names below "properties" are the document's own, not keywords of JSON Schema
        name: {key: _as_written(value) for key, value in inner.items()} if name in _NAMED else _as_written(inner)
        for name, inner in part.items()
        if name not in _DROPPED
    }
    return _any_scalar(_closed(_flat(part)))


_NAMED = ("properties", "$defs", "patternProperties")
_DROPPED = ("title", "default", "discriminator")  # repeated names, our inner values, a keyword of OpenAPI


def _flat(part: Schema) -> Schema:
    """One ``anyOf`` instead of nested ones, and no ``null``: an optional field is left out."""
    if "anyOf" not in part:
        return part
    options = [
        inner for option in part["anyOf"] for inner in (option["anyOf"] if set(option) == {"anyOf"} else [option])
    ]
    options = [option for option in options if option != {"type": "null"}]
    rest = {name: value for name, value in part.items() if name != "anyOf"}
    return {**options[0], **rest} if len(options) == 1 else {"anyOf": options, **rest}


def _closed(part: Schema) -> Schema:
    return {**part, "additionalProperties": False} if "patternProperties" in part else part


def _any_scalar(part: Schema) -> Schema:
    """Lets an editor's numbers and booleans through wherever the text that was typed is right."""
    if part.get("enum") == ["yes", "no"]:
        return {**part, "enum": ["yes", "no", "on", "off", "true", "false", True, False]}
    kind = part.get("type")
    if kind == "integer":
        return {**part, "type": ["integer", "string"], "pattern": _NUMERALS}
    if kind == "number":
        return {**part, "type": ["number", "string"], "pattern": _DECIMALS}
    if kind != "string" or "enum" in part or "const" in part:
        return part
    if part.get("pattern") == _KEY_PATTERN:
        return {**part, "type": ["string", "integer"], "minimum": 0, "maximum": 9}
    if "hotword" in part.get("pattern", ""):
        return {**part, "type": ["string", "boolean"]}
    return part if "pattern" in part else {**part, "type": ["string", "number", "boolean"]}
