"""Checks a loaded script against the hotline that it phones: the names it uses must exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from ivr.accounts.people import people
from ivr.callflow.check_names import fact_sources
from ivr.callflow.check_subject import Subject
from ivr.callflow.hotline import DocumentPath, Hotline, Place
from ivr.errors import Problem, UsageError
from ivr.testing.caller_keys import said_words, typed_keys
from ivr.testing.script import ChangesAnswers, Expected, Form, Hears, Patterns, Presses, Says, Timed
from ivr.testing.script_loading import CallScript, PlacedStep
from ivr.testing.script_typing import Typed
from ivr.testing.scripted_answers import scripted_answer

ANY = "any"
CALLER = "caller"
_SEE_PROMPTS = "see the hotline's prompt catalogue"
_FORMS: tuple[Form, ...] = ("in_order", "any_of", "never", "optional", "unordered")


def check_script(script: CallScript, hotline: Hotline) -> list[Problem]:
    """One problem for each prompt, node, fact or person that does not exist; empty when the script can be run."""
    handles = [one.person.handle for one in people()]
    problems: list[Problem] = []
    strange = 0
    mentioned = 0
    for pattern, place in _patterns(script):
        mentioned += 1
        if not is_known(pattern, hotline):
            strange += 1
            problems.append(_unknown("prompt", pattern, hotline.prompts, place, _SEE_PROMPTS))
    if strange > 1 and strange == mentioned:
        what = f"none of its prompts is said by the hotline '{hotline.flow.hotline}'"
        problems = [Problem(script.place.file, script.place.line, what, "name its own with 'flow:' or --flow")]
    for number, node_id in enumerate(script.story.visits):
        if node_id not in hotline.flow.nodes:
            place = _place(script.places, ("visits", number), script.place)
            problems.append(_unknown("node", node_id, hotline.flow.nodes, place, ""))
    profile = script.story.caller.profile
    if profile is not None and profile not in hotline.flow.profiles:
        place = _place(script.places, ("caller", "profile"), script.place)
        problems.append(_unknown("profile", profile, hotline.flow.profiles, place, "see 'profiles' of the document"))
    problems += _unknown_facts(script, hotline)
    for placed in script.steps:
        if isinstance(placed.step, ChangesAnswers):
            try:
                scripted_answer(placed.step.answers, hotline.flow.queries)
            except ValueError as error:
                place = _place(placed.places, ("answers",), placed.place)
                problems.append(Problem(place.file, place.line, str(error)))
        elif isinstance(placed.step, Says) and placed.step.audio is not None and not sound_of(placed).is_file():
            place = _place(placed.places, ("audio",), placed.place)
            what = f"there is no sound file '{placed.step.audio}'"
            problems.append(Problem(place.file, place.line, what, f"record {sound_of(placed)}, or delete 'audio'"))
    known = len(problems)
    for handle, place in _handles(script):
        if handle == CALLER:
            if not script.person:
                what = "nobody says who the caller is"
                problems.append(Problem(place.file, place.line, what, "add 'caller: {person: …}', or name the person"))
        elif handle not in handles:
            problems.append(_unknown("person", handle, handles, place, "see 'ivr accounts list'"))
    if len(problems) == known:  # nobody is unknown
        problems += _impossible_keys(script)
    return problems


def _unknown_facts(script: CallScript, hotline: Hotline) -> Iterator[Problem]:
    """Facts that no call of this hotline can know: an expectation of one could never be met."""
    if not script.story.facts:
        return
    known = dict.fromkeys(source.fact for source in fact_sources(Subject(hotline)))
    for fact in script.story.facts:
        if fact not in known:
            place = _place(script.places, ("facts", fact), script.place)
            yield _unknown("fact", fact, known, place, "see 'gives' and 'stores' of the hotline's document")


def _impossible_keys(script: CallScript) -> Iterator[Problem]:
    """Keys that nobody can press, although the person exists: of a card that they do not have, say."""
    for placed in script.steps:
        if isinstance(placed.step, Presses):
            for number, typed in enumerate(placed.step.presses):
                try:
                    typed_keys([typed], script.person)
                except UsageError as error:
                    place = _place(placed.places, ("presses", number), placed.place)
                    yield Problem(place.file, place.line, str(error))
        elif isinstance(placed.step, Says):
            try:
                said_words(placed.step.says, script.person)
            except UsageError as error:
                place = _place(placed.places, ("says",), placed.place)
                yield Problem(place.file, place.line, str(error))


def sound_of(placed: PlacedStep) -> Path:
    """The sound file of a step that has one."""
    assert isinstance(placed.step, Says)  # noqa: S101 - the caller has seen it
    return Path(placed.place.file).parent / (placed.step.audio or "")


def matches(pattern: str, prompt_id: str) -> bool:
    """Whether the pattern (``a.b``, ``a.*``, or ``any``) means the prompt."""
    if pattern.endswith(".*"):
        return prompt_id.startswith(pattern[:-1])
    return pattern in (prompt_id, ANY)


def expected_patterns(expected: Expected) -> tuple[Form, Patterns]:
    """The form of an expectation, and its patterns."""
    for form in _FORMS:
        if patterns := getattr(expected, form):
            return form, patterns
    raise ValueError("an expectation without prompts")


def is_known(pattern: str, hotline: Hotline) -> bool:
    """Whether the hotline has a prompt that the pattern means."""
    if pattern.endswith(".*"):
        return any(matches(pattern, prompt_id) for prompt_id in hotline.prompts)
    return pattern in hotline.prompts


def _patterns(script: CallScript) -> Iterator[tuple[str, Place]]:
    for number, pattern in enumerate(script.story.skipping):
        if pattern != ANY:
            yield pattern, _place(script.places, ("skipping", number), script.place)
    for placed in script.steps:
        step = placed.step
        if isinstance(step, Hears):
            form, patterns = expected_patterns(step.hears)
            inner: DocumentPath = ("hears",) if form == "in_order" else ("hears", form.replace("_", " "))
            for number, pattern in enumerate(patterns):
                yield pattern, _place(placed.places, (*inner, number), placed.place)
            for number, pattern in enumerate(step.skipping):
                if pattern != ANY:
                    yield pattern, _place(placed.places, ("skipping", number), placed.place)
        else:
            timed = step if isinstance(step, Timed) else getattr(step, "hangs_up", None)
            if timed is not None and timed.during is not None:
                yield timed.during, _place(placed.places, ("during",), placed.place)


def _handles(script: CallScript) -> Iterator[tuple[str, Place]]:
    if script.story.caller.person is not None:
        yield script.story.caller.person, _place(script.places, ("caller", "person"), script.place)
    for placed in script.steps:
        yield from _typed_handles(placed)


def _typed_handles(placed: PlacedStep) -> Iterator[tuple[str, Place]]:
    named: list[tuple[Typed, DocumentPath]] = []
    if isinstance(placed.step, Presses):
        named = [(typed, ("presses", number)) for number, typed in enumerate(placed.step.presses)]
    elif isinstance(placed.step, Says) and not isinstance(placed.step.says, str):
        named = [(placed.step.says, ("says",))]
    for typed, path in named:
        for handle in (typed.number_of, typed.card_of, typed.password_of):
            if handle is not None:
                yield handle, _place(placed.places, path, placed.place)


def _place(places: Mapping[DocumentPath, Place], path: DocumentPath, otherwise: Place) -> Place:
    while path:
        if path in places:
            return places[path]
        path = path[:-1]
    return otherwise


def unknown_prompt(name: str, hotline: Hotline) -> str:
    """What to tell whoever named a prompt that is not ``is_known``."""
    return f"there is no prompt '{name}'; {_near(name, hotline.prompts) or _SEE_PROMPTS}"


def _unknown(sort: str, name: str, known: Iterable[str], place: Place, otherwise: str) -> Problem:
    return Problem(place.file, place.line, f"there is no {sort} '{name}'", _near(name, known) or otherwise)


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else ""
