"""Files -> call scripts: parameters, variants and included steps resolved, every problem of a script found at once.

* ``for:`` makes several calls of one file: a list of parameter sets, or named lists, of which every combination is
  taken; an item of a named list is the value of that parameter, or a parameter set of its own.
* ``${name}`` in any value is replaced by the parameter; a list of its own stands for the parameter's list. An unknown
  name is a problem. Keys are never replaced. An included file sees its own ``with:`` under what the including step
  gives it under the parameters around it.
* Steps are validated one by one, each as the kind that its verb says, so that a problem names the line of the step.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from ivr.callflow.document_problems import did_you_mean, document_problems
from ivr.callflow.hotline import DocumentPath, Place
from ivr.callflow.yaml_source import Source
from ivr.errors import DocumentError, Problem
from ivr.testing.script import STEPS, ScriptDocument, Step, Story
from ivr.testing.script_head import readable_head
from ivr.testing.script_parameters import Parameters, fill, parameters, unknown_names, variants
from ivr.testing.script_part import ScriptPart
from ivr.testing.script_sources import ScriptSources

MOST_STEPS = 5_000
MOST_CALLS = 2_000
STEP_FILE_KEYS = ("steps", "with")

_Part = TypeVar("_Part", bound=ScriptPart)


@dataclass(frozen=True, slots=True)
class PlacedStep:
    """One step and where it is written; ``via`` are the steps that included it, outermost first."""

    step: Step
    verb: str
    place: Place
    places: Mapping[DocumentPath, Place]  # of its parts, such as ("hears", 1)
    via: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class CallScript:
    """One call of a script file, ready to be checked against a hotline and run."""

    file: Path
    place: Place  # of its title
    title: str
    variant: str  # which of the file's calls, such as ``person=wang-balance``; "" when there is only one
    story: Story
    places: Mapping[DocumentPath, Place]  # of the story's parts
    person: str  # handle of whom the caller is, or ""
    steps: tuple[PlacedStep, ...]

    @property
    def name(self) -> str:
        return f"{self.title} [{self.variant}]" if self.variant else self.title


def load_script(path: Path) -> tuple[CallScript, ...]:
    """All calls of one file. Raises DocumentError with all its problems."""
    return ScriptLoader().load(path)


class ScriptLoader:
    """Loads scripts; files that many scripts include are read once, and each of their steps validated once."""

    def __init__(self) -> None:
        self.sources = ScriptSources()
        self.steps: dict[tuple[Path, int, str], PlacedStep] = {}  # valid ones, by file, number and what they hold

    def load(self, path: Path) -> tuple[CallScript, ...]:
        """All calls of one file. Raises DocumentError with all its problems."""
        calls, problems = self.load_readable(path)
        if problems:
            raise DocumentError(problems)
        return calls

    def load_readable(self, path: Path) -> tuple[tuple[CallScript, ...], tuple[Problem, ...]]:
        """All problems of one file, and its calls; with problems, the calls lack what could not be read.

        Raises DocumentError when it is no YAML document.
        """
        loading = _Loading(self, path, self.sources.read(path))
        return tuple(loading.calls()), tuple(loading.problems)


@dataclass(frozen=True, slots=True)
class _File:
    """One file on the way down, and how the expansion came here."""

    path: Path
    source: Source
    chain: tuple[Path, ...]
    via: tuple[Place, ...]

    def place(self, path: DocumentPath) -> Place:
        places = self.source.places
        while path not in places:
            path = path[:-1]
        return places[path]


class _Loading:
    def __init__(self, loader: ScriptLoader, path: Path, source: Source) -> None:
        self.loader = loader
        self.top = _File(path, source, (loader.sources.resolved(path),), ())
        self.problems: dict[Problem, None] = {}  # a set that keeps its order: variants repeat problems
        self.steps = 0

    def calls(self) -> Iterator[CallScript]:
        data = self.top.source.data
        base = self._parameters(self.top, ("with",))
        variants = self._variants(data.get("for"))
        story_data = {key: value for key, value in data.items() if key not in ("with", "for", "steps")}
        for variant in variants:
            scope = {**base, **variant}
            self._has_strangers(story_data, scope, self.top, ())
            head = fill(story_data, scope)
            story = self._validate(Story, head, self.top, ()) or readable_head(head)
            steps = tuple(self._expand(self.top, scope))
            if story is None:
                continue
            name = ", ".join(f"{key}={_shown(value)}" for key, value in variant.items())
            title = story.call
            if len(variants) > 1 and title != str(data.get("call")):
                name = ""  # the title tells the calls apart already
            person = story.caller.person or scope.get("person", "")
            yield CallScript(
                self.top.path,
                self.top.place(("call",)),
                title,
                name if len(variants) > 1 else "",
                story,
                self.top.source.places,
                person if isinstance(person, str) else "",
                steps,
            )

    # -- parameters ----------------------------------------------------------------------------------------------------

    def _parameters(self, file: _File, path: DocumentPath) -> Parameters:
        value: Any = file.source.data
        for part in path:
            value = value.get(part, {}) if isinstance(value, dict) else value[part]
        found = parameters(value)
        if found is None:
            self._problem(file.place(path), "'with' needs 'name: value' lines", "write such as person: wang-balance")
        return found or {}

    def _variants(self, value: Any) -> list[Parameters]:
        place = self.top.place(("for",))
        rows = variants(value)
        if rows is None:
            remedy = "write '- {person: a}' items, or 'person: [a, b]' lines"
            self._problem(place, "'for' needs a list of parameter sets, or lists of values", remedy)
            return []
        found = list(itertools.islice(rows, MOST_CALLS + 1))
        if len(found) > MOST_CALLS:
            self._problem(place, f"'for' makes more than {MOST_CALLS} calls", "write fewer")
            return []
        return found

    def _has_strangers(self, value: Any, scope: Parameters, file: _File, path: DocumentPath) -> bool:
        """Whether parameters are referred to that do not exist; each is a problem."""
        strangers = list(unknown_names(value, scope, path))
        for name, at in strangers:
            what = f"there is no parameter '{name}'"
            self._problem(file.place(at), what, did_you_mean(name, scope) if scope else f"add 'with: {{{name}: …}}'")
        return bool(strangers)

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _expand(self, file: _File, scope: Parameters) -> Iterator[PlacedStep]:
        raw = file.source.data.get("steps")
        if not isinstance(raw, list) or not raw:
            place = file.place(("steps",))
            self._problem(place, "the steps are missing", "add 'steps:' with lines such as '- hears: main.offer'")
            return
        for number, step in enumerate(raw):
            if self.steps > MOST_STEPS:
                return  # in all files above, too: includes multiply
            path: DocumentPath = ("steps", number)
            verb = self._verb(step, file.place(path))
            if not verb:
                continue
            raw_step = {step: ""} if isinstance(step, str) else step
            refers = self.loader.sources.refers(file.path, number, raw_step)
            if refers and self._has_strangers(raw_step, scope, file, path):
                continue
            data = fill(raw_step, scope) if refers else raw_step
            if verb == "includes":
                yield from self._include(data, scope, file, path)
                continue
            self.steps += 1
            if self.steps > MOST_STEPS:
                self._problem(file.place(path), f"there are more than {MOST_STEPS} steps", "write a shorter script")
                continue
            key = (file.path, number, repr(data) if refers else "")
            placed = self.loader.steps.get(key) or self._place(verb, data, file, path)
            if placed is not None:
                self.loader.steps[key] = placed
                yield placed if placed.via == file.via else replace(placed, via=file.via)

    def _place(self, verb: str, data: Any, file: _File, path: DocumentPath) -> PlacedStep | None:
        """The step with its places; None when it is not valid."""
        step = self._validate(STEPS[verb], data, file, path)
        if step is None:
            return None
        places = {at[2:]: place for at, place in file.source.places.items() if at[:2] == path}
        return PlacedStep(step, verb, file.place((*path, verb)), places, file.via)  # type: ignore[arg-type]  # STEPS holds the members of Step

    def _verb(self, step: Any, place: Place) -> str:
        """The verb of a step; "" when it has none, which is a problem then."""
        verbs = [*STEPS, "includes"]
        if isinstance(step, str):
            if step == "hangs up":
                return step
            word = step.split(maxsplit=1)[0] if step.strip() else ""
            remedy = f"write '{word}: …'" if word in verbs else did_you_mean(step[:40], verbs)
            self._problem(place, f"'{step[:40]}' is no step", remedy)
            return ""
        if not isinstance(step, dict):
            self._problem(place, "a step is meant here", "write such as '- hears: main.offer'")
            return ""
        if "audio" in step and "says" not in step:
            self._problem(place, "what 'audio' says is not told", "write the words with it, as 'says: …'")
            return ""
        found = [verb for verb in verbs if verb in step]
        if len(found) == 1:
            return found[0]
        if found:
            self._problem(place, f"'{found[0]}' and '{found[1]}' are two steps", "begin each with '- '")
        else:
            named = next(iter(step), "")
            self._problem(place, f"'{named}' is no step", did_you_mean(str(named), verbs))
        return ""

    def _include(self, data: Any, scope: Parameters, file: _File, path: DocumentPath) -> Iterator[PlacedStep]:
        place = file.place((*path, "includes"))
        name = data["includes"]
        given = parameters(data.get("with", {}))
        unknown = [key for key in data if key not in ("includes", "with")]
        if unknown:
            self._problem(file.place((*path, unknown[0])), f"the key '{unknown[0]}' is not known here", "delete it")
        if not isinstance(name, str) or not name or given is None:
            self._problem(place, "'includes' needs a file, and 'with' 'name: value' lines", "mend them")
            return
        target = file.path.parent / name
        resolved = self.loader.sources.resolved(target) if "\0" not in name else target
        if resolved in file.chain:
            self._problem(place, f"'{name}' includes itself, by way of this step", "delete one of the includes")
            return
        try:
            source = self.loader.sources.read(target)
        except DocumentError as error:
            if not target.is_file() if "\0" not in name else True:
                self._problem(place, f"there is no file '{name}'", f"create {target}, or delete this step")
            else:
                self.problems.update(dict.fromkeys(error.problems))
            return
        inner = _File(target, source, (*file.chain, resolved), (*file.via, place))
        for key in source.data:
            if key not in STEP_FILE_KEYS:
                self._problem(inner.place((key,)), f"'{key}' does not belong in included steps", "keep steps and with")
        yield from self._expand(inner, {**self._parameters(inner, ("with",)), **scope, **given})

    # -- problems ------------------------------------------------------------------------------------------------------

    def _validate(self, model: type[_Part], data: Any, file: _File, path: DocumentPath) -> _Part | None:
        try:
            return model.model_validate(data, by_alias=True, by_name=False)
        except ValidationError as error:
            known = ScriptDocument if model is Story else model
            found = document_problems(error, known, data, lambda inner: file.place((*path, *inner)))
            self.problems.update(dict.fromkeys(found))
            return None

    def _problem(self, place: Place, what: str, remedy: str) -> None:
        self.problems[Problem(place.file, place.line, what, remedy)] = None


def _shown(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "+".join(value)
