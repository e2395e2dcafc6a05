"""The JSON Schema of call scripts, for editors."""

from __future__ import annotations

from ivr.callflow.schema import DIALECT, Schema, written_schema
from ivr.testing import script, script_part, script_typing, script_weather

TITLE = "A call script of ivr"


def script_schema() -> Schema:
    """As data for ``json.dumps``."""
    modules = (script_part, script_typing, script_weather, script)
    schema = written_schema(script.ScriptDocument, modules, separator=" ")
    return {"$schema": DIALECT, **schema, "title": TITLE, "description": TITLE + "."}
