"""Which speech model a call uses: the environment's, else the user's choice, else ours, else the official one.

Nothing is loaded here, and a model that is named but broken is not passed over: the user asked for it, so whoever opens
it says what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ivr import settings
from ivr.errors import SpeechError

OURS: Final = "hotline-cmn"
OFFICIAL: Final = "vosk-model-small-cn-0.22"
_CHOICE_FILE: Final = "chosen.txt"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    path: Path
    because: str  # for people: who chose it


def chosen_model() -> Path | None:
    """The folder of the speech model to use; None when there is none, and then speech is off."""
    choice = model_choice()
    return choice.path if choice else None


def model_choice() -> ModelChoice | None:
    """The same, with the reason."""
    if named := settings.speech_model():
        return ModelChoice(named, "IVR_SPEECH_MODEL names it")
    if used := _used():
        return ModelChoice(used, "chosen with 'ivr models use'")
    ours = settings.shipped("models") / OURS
    if (ours / "am" / "final.mdl").is_file():
        return ModelChoice(ours, "it ships with the program")
    official = settings.models_dir() / OFFICIAL
    if official.is_dir():
        return ModelChoice(official, "it was fetched, and there is no other")
    return None


def use_model(folder: Path | None) -> None:
    """Remember the choice; None forgets it. Raises ``SpeechError`` if it cannot be written down."""
    file = settings.models_dir() / _CHOICE_FILE
    try:
        if folder is None:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{folder.absolute()}\n", encoding="utf-8")
    except OSError as error:
        raise SpeechError(f"{file}: cannot be written ({error.strerror}), so the choice is not kept") from None


def _used() -> Path | None:
    file = settings.models_dir() / _CHOICE_FILE
    try:
        text = file.read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SpeechError(f"{file}: cannot be read ({error}); delete it, or choose again: ivr models use") from None
    return Path(text) if text else None
