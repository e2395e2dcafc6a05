"""A speech model's first use, in a child process (``model_trial_worker``), as a broken one ends whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ivr.speech.model_folder import ModelFolder
from ivr.speech.worker_process import WorkerProcess

_LIMIT_S: Final = 120.0  # a model of 200 MB on a busy machine took 10


@dataclass(frozen=True, slots=True)
class Weight:
    """What Vosk and a model take."""

    load_s: float
    memory_mib: float | None  # None where the system does not tell


class ModelTrial:
    """``with`` it: the child ends afterwards. Raises ``SpeechError`` if the model cannot be loaded or used."""

    def __init__(self, folder: ModelFolder) -> None:
        self._process = WorkerProcess("ivr.speech.model_trial_worker", (str(folder.path), str(folder.rate)))

    def __enter__(self) -> ModelTrial:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.close()

    def load(self) -> Weight:
        """Load the model, and use it on a word, silence and noise."""
        told = self._process.start(_LIMIT_S)
        return Weight(told["load_s"], told["memory_mib"])

    def use(self, sentences: tuple[str, ...]) -> None:
        """The same with this grammar, once it is loaded."""
        self._process.ask({"sentences": sentences}, _LIMIT_S)
