"""Whether a speech model is fit for calls: its files, that Vosk can load and use it, and that it has the words.

Each check needs the one before: a folder that is no model is not loaded, nor one that is damaged inside, and one that
kills its loader is not asked for words. Loading happens in a child process first, since a corrupt model ends the
process that reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ivr.callflow.hotline import Hotline
from ivr.errors import SpeechError
from ivr.speech.confidence_bands import BANDS_FILE, bands_of_model
from ivr.speech.grammar import GARBAGE
from ivr.speech.model_folder import open_model_folder
from ivr.speech.model_soundness import graph_soundness, made_of_its_words, network_soundness
from ivr.speech.model_trial import ModelTrial
from ivr.speech.model_unpacking import changed_files
from ivr.speech.recogniser import Expectation
from ivr.speech.vocabulary import phrases_of
from ivr.speech.vosk_recogniser import VoskRecogniser

_NAMED: Final = 8


Verdict = Literal["fine", "weak", "wrong"]


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    verdict: Verdict  # weak: calls work, but not all that was asked for
    what: str


def verify(folder: Path, hotline: Hotline) -> Iterator[Check]:
    """The checks in their order, up to one after which the rest would mean nothing."""
    try:
        model = open_model_folder(folder)
    except SpeechError as error:
        yield Check("layout", "wrong", str(error))
        return
    size = sum(file.stat().st_size for file in model.path.rglob("*") if file.is_file())
    yield Check("layout", "fine", f"complete, {size / 1e6:.1f} MB, {model.rate} samples a second")
    yield from _files(model.path)
    try:
        yield Check("network", "fine", network_soundness(model.path))
        yield _graph(model.path)
    except ValueError as error:
        yield Check("content", "wrong", f"{error}; take the model anew")
        return
    try:
        with ModelTrial(model) as trial:
            weight = trial.load()
            memory = f" and {weight.memory_mib:.0f} MiB" if weight.memory_mib is not None else ""
            yield Check("loading", "fine", f"Vosk loads it; {weight.load_s:.2f} s{memory}")
            recogniser = VoskRecogniser(model.path)
            everything = Expectation(tuple(phrases_of(hotline)), digits=True, yes_no=True)
            sentences = recogniser.grammar(everything).sentences
            if sentences:
                trial.use(sentences)
                yield Check("hearing", "fine", "Vosk uses all words of the hotline at once")
    except SpeechError as error:
        yield Check("loading", "wrong", f"Vosk cannot use it: {error}; fetch the model anew, or take another")
        return
    yield from _words(recogniser, hotline)


def _files(folder: Path) -> Iterator[Check]:
    changed = changed_files(folder)
    if changed is not None:
        what = f"not as they were fetched: {', '.join(changed)}; fetch it anew" if changed else "as they were fetched"
        yield Check("files", "wrong" if changed else "fine", what)
    try:
        bands_of_model(folder)
    except SpeechError as error:
        yield Check("confidence", "wrong", str(error))
        return
    measured = (folder / BANDS_FILE).is_file()
    yield Check(
        "confidence", "fine", "bands measured for it" if measured else "no bands of its own; cautious ones hold"
    )


def _graph(folder: Path) -> Check:
    looked_at = graph_soundness(folder)
    if made_of_its_words(folder) is False:
        reason = "not what lexicon.txt and costs.json make: from another version of this program, or damaged"
        return Check("graph", "weak", f"{looked_at}; {reason}; make it anew with 'ivr models build-graph'")
    return Check("graph", "fine", looked_at)


def _words(recogniser: VoskRecogniser, hotline: Hotline) -> Iterator[Check]:
    phrases = tuple(phrases_of(hotline))
    lost = recogniser.grammar(Expectation(phrases)).lost
    if lost:
        verdict: Verdict = "weak" if len(lost) < len(phrases) else "wrong"
        lacking = f"{len(lost)} of {len(phrases)} phrases of {hotline.flow.title}: {_some(lost)}"
        yield Check("phrases", verdict, f"cannot hear {lacking}; words for one of ours: ivr models build-graph")
    else:
        yield Check("phrases", "fine", f"has words for all {len(phrases)} of {hotline.flow.title}")
    for name, wanted in (("digits", "零一二三四五六七八九幺"), ("answers", ("是", "不是", "对", "不对"))):
        unknown = [word for word in wanted if not recogniser.knows(word)]
        what = f"does not know {'、'.join(unknown)}" if unknown else "knows all"
        yield Check(name, "wrong" if unknown else "fine", what)
    if recogniser.knows(GARBAGE):
        yield Check("rejection", "fine", f"has {GARBAGE} for other words")
    else:
        yield Check("rejection", "weak", f"has no {GARBAGE}, so it takes other words for the likest on offer")


def _some(phrases: tuple[str, ...]) -> str:
    more = "…" if len(phrases) > _NAMED else ""
    return "、".join(phrases[:_NAMED]) + more
