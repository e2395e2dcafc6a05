"""What can still be read of a script's head that has faults, so that the names in the rest can be checked at once."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from ivr.testing.script import Story

_NAMELESS = "untitled"


def readable_head(data: dict[str, Any]) -> Story | None:
    """The head without the keys that have faults.

    None when these say which hotline is phoned, or who the caller is: then no name could be called unknown.
    """
    faulty = _faulty_keys(data)
    rest = {"call": _NAMELESS, **{key: value for key, value in data.items() if key not in faulty}}
    if "caller" in faulty:
        caller = data["caller"]
        if not isinstance(caller, dict):
            return None
        rest["caller"] = {key: caller[key] for key in caller if key == "person"}
    if "flow" in faulty or _faulty_keys(rest):
        return None
    return Story.model_validate(rest, by_alias=True, by_name=False)


def _faulty_keys(data: dict[str, Any]) -> set[str]:
    try:
        Story.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        return {str(key) for fault in error.errors(include_url=False) for key in fault["loc"][:1]}
    return set()
