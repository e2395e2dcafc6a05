"""What all parts of a call script have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from ivr.callflow.values import Model, Name

Handle = Name  # of a synthetic person
Share = Annotated[float, Field(ge=0, le=1)]


class ScriptPart(Model):
    """Base of every part of a script: its keys are written as words, such as ``stays silent``."""

    model_config = ConfigDict(alias_generator=lambda name: name.rstrip("_").replace("_", " "))
