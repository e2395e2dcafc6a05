"""How long a voice takes: measured where it has been (``ivr prompts render --measure``), otherwise counted.

``durations.json`` beside a hotline's ``flow.yaml`` holds the length of every text that was spoken, and the pace of the
voice over all of them. A text that has changed since is simply not in it, and is counted at the voice's pace. Without
the file the pace is the 240 characters a minute that budgets are written for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ivr.callflow.speaking import spoken_characters
from ivr.errors import DocumentError, Problem

FILE: Final = "durations.json"
USUAL_PACE: Final = 240  # characters a minute; profiles are faster or slower than this

_PACES: Final = (30, 1200)  # what may be true of a voice


@dataclass(frozen=True, slots=True)
class Durations:
    voice: str = ""  # who was measured; "" for nobody
    characters_a_minute: int = USUAL_PACE  # of that voice, when it is not asked to be faster or slower
    texts: Mapping[str, int] = field(default_factory=dict)  # milliseconds at that pace

    def speaking_ms(self, text: str, pace: int = USUAL_PACE) -> int:
        """Milliseconds, rounded up, for a profile that speaks ``pace`` characters a minute."""
        measured = self.texts.get(text)
        if measured is not None:
            return -(-measured * USUAL_PACE // pace)
        return self.counted_ms(spoken_characters(text), pace)

    def counted_ms(self, number_of_characters: int, pace: int = USUAL_PACE) -> int:
        return -(-number_of_characters * 60_000 * USUAL_PACE // (self.characters_a_minute * pace))


def read_durations(folder: Path) -> Durations:
    """Those of a hotline's folder; raises ``DocumentError`` if there is a file that is not one of ours."""
    file = folder / FILE
    try:
        return _durations(json.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        return Durations()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        remedy = "delete it, or measure again with 'ivr prompts render --measure'"
        raise DocumentError([Problem(str(file), 0, f"holds no measured durations ({error})", remedy)]) from None


def _durations(content: Any) -> Durations:
    pace, texts = content["characters_a_minute"], content["texts"]
    whole = all(isinstance(ms, int) and ms >= 0 for ms in texts.values())
    if not (isinstance(pace, int) and _PACES[0] <= pace <= _PACES[1] and whole):
        raise ValueError("its numbers are not lengths")
    return Durations(str(content["voice"]), pace, texts)


def measured(voice: str, lengths_ms: Mapping[str, int]) -> Durations:
    """From the lengths of texts as ``voice`` spoke them."""
    characters = sum(map(spoken_characters, lengths_ms))
    total_ms = sum(lengths_ms.values())
    pace = min(max(round(characters * 60_000 / total_ms), _PACES[0]), _PACES[1]) if total_ms else USUAL_PACE
    return Durations(voice, pace, dict(lengths_ms))


def durations_text(durations: Durations) -> str:
    """The file's content."""
    content = {
        "voice": durations.voice,
        "characters_a_minute": durations.characters_a_minute,
        "texts": dict(sorted(durations.texts.items())),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
