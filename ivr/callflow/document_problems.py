"""Turns pydantic's validation errors into problems that an author can mend.

pydantic names the model's parts (union tags, validators) in an error's location and reports every branch of a union;
an author wrote keys and values. So each location is walked along the *types*, which tells the parts that were written
from the noise, finds the model in question (for "did you mean"), and drops the branches that were not meant.
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from ivr.callflow import document, values
from ivr.callflow.hotline import DocumentPath, Place
from ivr.errors import Problem

_UNIONS = (Union, types.UnionType)

_NOTATIONS: dict[str, tuple[str, str]] = {}  # pattern -> what it is, how to write it


def _notation(type_: Any, what: str, remedy: str) -> None:
    for constraint in type_.__metadata__:
        _NOTATIONS[constraint.pattern] = (what, remedy)


_notation(values.Key, "a key", "write one of 0-9, '*' or '#'")
_notation(values.NodeId, "an id", "write lower-case words, joined by '-' and '.', such as main.account")
_notation(values.Name, "a name", "write lower-case words joined by '-', such as no-balance")
_notation(values.FactName, "the name of a fact", "write two or more words joined by '.', such as account.balance")
_notation(values.GuardRef, "the name of a guard", "write its name, such as verified, or 'not verified'")
_notation(document.Clock, "a time of day", "write it as 08:30")
_notation(document.Day, "a day", "write it as 2026-01-31")
_notation(document.MonthDay, "a day of the year", "write it as 01-31")
_NOTATIONS["^[1-9]$"] = ("a count", "write 1 for the first failure, 2 for the second, up to 9")


@dataclass(frozen=True, slots=True)
class _Spot:
    path: DocumentPath  # as written in the document
    value: Any  # what is written there, None when it is missing
    model: type[BaseModel] | None  # the model expected there, when it is one
    kinds: tuple[str, ...]  # the kinds of a union of models that is expected there
    around: type[BaseModel] | None  # the model that the last part is a key of
    noise: bool  # a union branch that was not meant
    is_key: bool  # the mapping key itself is wrong


def document_problems(
    error: ValidationError, model: type[BaseModel], data: Any, place: Callable[[DocumentPath], Place]
) -> list[Problem]:
    """One problem for each thing wrong, each at its place. ``data`` is what was validated."""
    problems: dict[tuple[DocumentPath, str], Problem] = {}
    options: dict[DocumentPath, list[str]] = {}  # a union of literals reports each of its branches
    details = error.errors(include_url=False, include_input=False)
    spots = [_walk(model, data, detail["loc"]) for detail in details]
    for detail, spot in zip(details, spots, strict=True):
        if detail["type"] == "literal_error":
            options.setdefault(spot.path, []).extend(re.findall(r"'([^']*)'", detail["ctx"]["expected"]))
    meant = [(detail, spot) for detail, spot in zip(details, spots, strict=True) if not spot.noise]
    for detail, spot in meant or list(zip(details, spots, strict=True)):
        what, remedy = _explain(detail["type"], detail.get("ctx", {}), spot, options.get(spot.path, []), detail["msg"])
        where = place(spot.path)
        by_parent = spot.is_key or detail["type"] in ("missing", "extra_forbidden")
        about = "/".join(map(str, spot.path[:-1] if by_parent else spot.path))
        kind = "literal" if detail["type"] == "literal_error" else f"{detail['type']}{spot.is_key}"
        problems.setdefault(
            (spot.path, kind), Problem(where.file, where.line, f"{about}: {what}" if about else what, remedy)
        )
    return list(problems.values())


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean 'to'?``, or the list of what is known."""
    names = sorted(known)
    near = difflib.get_close_matches(word.replace("_", "-"), names, n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(names)}"


def _walk(model: type[BaseModel], data: Any, loc: tuple[int | str, ...]) -> _Spot:
    """Follows a pydantic location through the types and the data at once."""
    path: list[str | int] = []
    expected: Any = model
    value: Any = data
    around: Any = None
    noise = is_key = False
    for part in loc:
        expected = _plain(expected)
        if part == "[key]":
            is_key = True
        elif get_origin(expected) in _UNIONS:
            sorts = {_is_model(_plain(branch)) for branch in get_args(expected)}
            expected = _branch(get_args(expected), str(part))
            noise = noise or (len(sorts) == 2 and _is_model(expected) != isinstance(value, Mapping))
        else:
            path.append(part)
            around = expected
            expected = _inside(expected, part)
            value = _inside_value(value, part)
    expected = _plain(expected)
    models = [type_ if _is_model(type_) else None for type_ in (expected, around)]
    kinds = tuple(kind for branch in get_args(expected) if _is_model(branch) for kind in _kinds(branch))
    return _Spot(tuple(path), value, models[0], kinds, models[1], noise, is_key)


def _plain(expected: Any) -> Any:
    """Strips Annotated and Optional."""
    while True:
        if get_origin(expected) is Annotated:
            expected = get_args(expected)[0]
        elif get_origin(expected) in _UNIONS and len(rest := _not_none(expected)) == 1:
            expected = rest[0]
        else:
            return expected


def _not_none(union: Any) -> list[Any]:
    return [arg for arg in get_args(union) if arg is not type(None)]


def _is_model(expected: Any) -> bool:
    return isinstance(expected, type) and issubclass(expected, BaseModel)


def _branch(branches: tuple[Any, ...], label: str) -> Any:
    """The branch that a location's label names: a model by tag or class name, else the branch without a model."""
    plain = [_plain(branch) for branch in branches]
    for branch in plain:
        if _is_model(branch) and (branch.__name__ == label or label in _kinds(branch)):
            return branch
    others = [branch for branch in plain if not _is_model(branch)]
    return others[0] if others else None


def _kinds(model: type[BaseModel]) -> tuple[Any, ...]:
    kind = model.model_fields.get("kind")
    return get_args(kind.annotation) if kind is not None else ()


def _inside(expected: Any, part: str | int) -> Any:
    if _is_model(expected):
        field = _field(expected, str(part))
        return field.annotation if field is not None else None
    origin, args = get_origin(expected), get_args(expected)
    if origin is dict:
        return args[1]
    return args[0] if origin is tuple else None


def _field(model: type[BaseModel], alias: str) -> FieldInfo | None:
    return next((field for field in model.model_fields.values() if field.alias == alias), None)


def _inside_value(value: Any, part: str | int) -> Any:
    if isinstance(value, Mapping) and isinstance(part, str):
        return value.get(part)
    if isinstance(value, list) and isinstance(part, int):
        return value[part] if part < len(value) else None
    return value if part == 0 or isinstance(value, str) else None  # a shorthand, or one item where a list is meant


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= 40 else f"'{value[:39]}…'"
    return "this" if value is None else f"a {'mapping' if isinstance(value, Mapping) else 'list'}"


def _explain(kind: str, ctx: dict[str, Any], spot: _Spot, options: list[str], message: str) -> tuple[str, str]:
    value = str(spot.path[-1]) if spot.is_key else spot.value
    key = str(spot.path[-1]) if spot.path else ""
    shown = _shown(value)
    match kind:
        case "extra_forbidden":
            return f"the key '{key}' is not known here", did_you_mean(key, _aliases(spot.around)) if spot.around else ""
        case "missing":
            return f"'{key}' is missing", f"add '{key}:'"
        case "union_tag_not_found":
            return "the kind is missing", f"add 'kind:' with one of {', '.join(spot.kinds)}"
        case "union_tag_invalid":
            return f"'{ctx['tag']}' is no kind of node", _suggest(ctx["tag"], spot.kinds)
        case "literal_error":
            return f"{shown} is not known here", _suggest(str(value), options)
        case "string_pattern_mismatch":
            what, remedy = _NOTATIONS.get(ctx["pattern"], ("in the right notation", f"it must match {ctx['pattern']}"))
            return f"{shown} is not {what}", remedy
        case "string_type":
            return f"a text is meant here, not {shown}", "write one text"
        case "string_too_short":
            return "the text is empty" if value == "" else f"{shown} is too short", f"write {_least(ctx)} or more"
        case "string_too_long":
            return f"the text is longer than {ctx['max_length']} characters", "shorten it"
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return f"{shown} is not a whole number", "write digits only, such as 3"
        case "float_parsing" | "float_type":
            return f"{shown} is not a number", "write a number such as 0.8"
        case "greater_than_equal" | "less_than_equal":
            bound = f"at least {ctx['ge']}" if "ge" in ctx else f"at most {ctx['le']}"
            return f"{shown} is out of range", f"write {bound}"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"a mapping is meant here, not {_or_nothing(shown)}", _mapping_remedy(spot)
        case "tuple_type" | "list_type":
            return f"a list is meant here, not {_or_nothing(shown)}", "write its items on lines that begin with '- '"
        case "too_short":
            return "this is empty", "write at least one entry"
        case "value_error":
            what, _, remedy = str(ctx["error"]).partition("; ")
            return what, remedy
    return message[:1].lower() + message[1:], ""


def _or_nothing(shown: str) -> str:
    return "nothing" if shown == "''" else shown


def _mapping_remedy(spot: _Spot) -> str:
    if spot.model is None:
        return "write 'name: …' lines below it, or leave the key out"
    required = [str(field.alias) for field in spot.model.model_fields.values() if field.is_required()]
    return f"write lines such as '{(required or [str(a) for a in _aliases(spot.model)])[0]}: …' below it"


def _aliases(model: type[BaseModel]) -> list[str]:
    return [str(field.alias) for field in model.model_fields.values()]


def _least(ctx: dict[str, Any]) -> str:
    least = ctx["min_length"]
    return "1 character" if least == 1 else f"{least} characters"


def _suggest(word: str, options: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, options, n=1, cutoff=0.6)
    listed = f"write one of {', '.join(options)}"
    return f"did you mean '{near[0]}'? {listed}" if near else listed
