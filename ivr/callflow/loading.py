"""Files -> Hotline: reads, merges and validates the documents of one hotline, and finds every problem of every file.

* The main document may ``include`` further files. Their sections are merged into one document before it is
  validated, so a part has the same rules wherever it is written. An id may be defined only once.
* A hotline's files lie in or below the folder of its main document; only ``builtin:`` names prompts elsewhere.
* Prompt catalogues of its own come before the built-in one: the same id there replaces the shipped sentence.
* Here documents are only *read*: whether names lead anywhere is checked in ``checking``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ivr.callflow.document import FlowDocument, PromptCatalogue
from ivr.callflow.document_problems import did_you_mean, document_problems
from ivr.callflow.durations import read_durations
from ivr.callflow.hotline import DocumentPath, Hotline, Place
from ivr.callflow.nodes import Prompt
from ivr.callflow.yaml_source import Data, Source, examine_yaml, read_bytes
from ivr.errors import DocumentError, Problem

BUILTIN_HOTLINE = Path(__file__).parent / "hotlines" / "12333" / "flow.yaml"
BUILTIN_PROMPTS = "builtin:"

MAPPINGS = ("hours", "guards", "queries", "dialogs", "commands", "nodes", "services", "demand", "properties")
LISTS = ("thresholds", "waivers")
MAY_INCLUDE = (*MAPPINGS, *LISTS, "include")

_Model = TypeVar("_Model", bound=BaseModel)


def load_hotline(path: Path | None, builtin_prompts: Path) -> Hotline:
    """Loads the hotline of a file, of the ``flow.yaml`` in a folder, or (None) the built-in one.

    ``builtin_prompts`` is the folder that ``builtin:`` stands for. Raises DocumentError with all problems of all files.
    """
    main = BUILTIN_HOTLINE if path is None else path / "flow.yaml" if path.is_dir() else path
    loading = _Loading(main, builtin_prompts)
    flow = loading.flow()
    prompts = loading.prompts()
    if loading.problems or flow is None:
        raise DocumentError(loading.problems)
    version = loading.digest.hexdigest()[:12]
    return Hotline(flow, prompts, main.parent, loading.places, version, read_durations(main.parent))


class _Loading:
    """One loading of one hotline; collects problems and places as it goes."""

    def __init__(self, main: Path, builtin_prompts: Path) -> None:
        self.main = main
        self.folder = main.parent
        self.builtin_prompts = builtin_prompts
        self.problems: list[Problem] = []
        self.places: dict[DocumentPath, Place] = {}
        self.data: Data = {}
        self.digest = hashlib.sha256()
        self.incomplete = False  # a file could not be read, so what is missing may be in there
        self.included: set[Path] = set()

    # The flow

    def flow(self) -> FlowDocument | None:
        source = self._read(self.main)
        if source is None:
            return None
        self.data = dict(source.data)
        self.places = dict(source.places)
        self._follow_includes(source, self.main, (self.main.resolve(),))
        return self._validate(FlowDocument, self.data, self._place)

    def _read(self, path: Path) -> Source | None:
        """A file, sound enough to be looked at further; its problems are kept."""
        try:
            raw = read_bytes(path)
        except DocumentError as error:
            self.problems.extend(error.problems)
            return None
        self.digest.update(len(raw).to_bytes(8, "big") + raw)
        source, problems = examine_yaml(raw, str(path))
        self.problems.extend(problems)
        return source

    def _place(self, path: DocumentPath) -> Place:
        return _nearest(self.places, path)

    def _validate(self, model: type[_Model], data: Data, place: Callable[[DocumentPath], Place]) -> _Model | None:
        try:
            return model.model_validate(data, by_alias=True, by_name=False)
        except ValidationError as error:
            problems = document_problems(error, model, data, place)
            if self.incomplete:
                problems = [
                    problem
                    for problem in problems
                    if not problem.what.startswith(("'nodes' is missing", "nodes: this is empty"))
                ]
            self.problems.extend(problems)
            return None

    def _follow_includes(self, source: Source, file: Path, chain: tuple[Path, ...]) -> None:
        names = source.data.get("include", [])
        if file != self.main and not _is_names(names):
            self._problem(source.places[("include",)], "include: file names are meant here", "write one, or a list")
        for name, place in _named(names, "include", source.places):
            path = self._inside(file.parent, name, place)
            if path is None:
                continue
            resolved = path.resolve()
            if resolved in chain:
                self._problem(place, f"'{name}' includes itself, by way of this file", "delete one of the includes")
            elif _sort(path) != "file":
                self._problem(place, f"there is no file '{name}'", f"create {path}, or delete this line")
                self.incomplete = True
            elif resolved not in self.included:
                self.included.add(resolved)
                part = self._read(path)
                if part is None:
                    self.incomplete = True
                else:
                    self._merge(part)
                    self._follow_includes(part, path, (*chain, resolved))

    def _inside(self, folder: Path, name: str, place: Place) -> Path | None:
        """The path of a file that a document names, if it lies where a hotline's files may lie."""
        path = folder / name
        try:
            allowed = path.resolve().is_relative_to(self.folder.resolve())
        except (OSError, ValueError, RuntimeError):  # a NUL, a loop of links
            allowed = False
        if not allowed or not name:
            remedy = f"name a file in or below {self.folder}"
            self._problem(place, f"'{name}' is outside of the hotline's folder" if name else "no file is named", remedy)
            return None
        return path

    def _problem(self, place: Place, what: str, remedy: str) -> None:
        self.problems.append(Problem(place.file, place.line, what, remedy))

    # Merging

    def _merge(self, part: Source) -> None:
        moved: dict[DocumentPath, DocumentPath] = {}  # where each part was written -> where it is now
        for section, content in part.data.items():
            if section in MAPPINGS:
                moved |= self._merge_mapping(section, content, part)
            elif section in LISTS:
                moved |= self._merge_list(section, content, part)
            elif section != "include":
                what = f"the key '{section}' is not known in an included file"
                remedy = did_you_mean(section, MAY_INCLUDE)
                if section in _top_level():
                    what, remedy = f"'{section}' belongs in the main document", f"move it to {self.main.name}"
                self._problem(part.places[(section,)], what, remedy)
        for path, place in part.places.items():
            if (prefix := moved.get(path[:2])) is not None:
                self.places[prefix + path[2:]] = place

    def _merge_mapping(self, section: str, content: Any, part: Source) -> dict[DocumentPath, DocumentPath]:
        if not isinstance(content, dict):
            self._problem(part.places[(section,)], f"{section}: a mapping is meant here", "write 'name: …' lines")
            return {}
        target = self.data.get(section, {})
        if not isinstance(target, dict):
            return {}  # wrong in another file, and reported there
        for name in content.keys() & target.keys():
            first = self.places[(section, name)]
            what = f"{section}/{name} is defined twice; first in {first.file}:{first.line}"
            self._problem(part.places[(section, name)], what, "keep one of them, or rename one")
        self.places.setdefault((section,), part.places[(section,)])
        self.data[section] = {**target, **{name: value for name, value in content.items() if name not in target}}
        return {(section, name): (section, name) for name in content.keys() - target.keys()}

    def _merge_list(self, section: str, content: Any, part: Source) -> dict[DocumentPath, DocumentPath]:
        if not isinstance(content, list):
            self._problem(part.places[(section,)], f"{section}: a list is meant here", "begin its items with '- '")
            return {}
        target = self.data.get(section, [])
        if not isinstance(target, list):
            return {}
        self.places.setdefault((section,), part.places[(section,)])
        self.data[section] = [*target, *content]
        return {(section, number): (section, len(target) + number) for number in range(len(content))}

    # The prompts

    def prompts(self) -> Mapping[str, Prompt]:
        """The prompts of all catalogues that the main document names, the hotline's own before the built-in ones."""
        names = _named(self.data.get("prompts"), "prompts", self.places)
        builtin: dict[str, Prompt] = {}
        own: dict[str, Prompt] = {}
        for name, place in sorted(names, key=lambda named: named[0] != BUILTIN_PROMPTS):
            for file in self._catalogues(name, place):
                self._read_catalogue(file, builtin if name == BUILTIN_PROMPTS else own)
        return builtin | own

    def _catalogues(self, name: str, place: Place) -> list[Path]:
        path: Path | None = self.builtin_prompts
        if name != BUILTIN_PROMPTS:
            path = self._inside(self.folder, name, place)
        if path is None:
            return []
        if _sort(path) != "folder":
            if not _sort(path):
                self._problem(place, f"there is no file or folder '{name}'", f"create {path}, or delete this line")
                return []
            return [path]
        files = sorted(file for file in path.glob("*.yaml") if not file.name.startswith("."))
        if not files:
            self._problem(place, f"the folder '{name}' has no catalogue", f"create {path / 'prompts.yaml'}")
        return files

    def _read_catalogue(self, file: Path, layer: dict[str, Prompt]) -> None:
        source = self._read(file)
        if source is None:
            return
        catalogue = self._validate(PromptCatalogue, source.data, lambda path: _nearest(source.places, path))
        if catalogue is None:
            return
        for prompt_id, prompt in catalogue.prompts.items():
            path = ("prompts", prompt_id)
            if prompt_id in layer:
                first, place = self.places[path], source.places[path]
                what = f"the prompt '{prompt_id}' is defined twice; first in {first.file}:{first.line}"
                self._problem(place, what, "keep one of them, or rename one")
            else:
                layer[prompt_id] = prompt
                self.places[path] = source.places[path]
                self.places[(*path, "text")] = _nearest(source.places, (*path, "text"))


def _named(value: Any, key: str, places: Mapping[DocumentPath, Place]) -> list[tuple[str, Place]]:
    """The file names under a key that may hold one or many, with their places; what is no text is reported later."""
    if isinstance(value, str):
        return [(value, places[(key,)])]
    if isinstance(value, list):
        return [(name, places[(key, number)]) for number, name in enumerate(value) if isinstance(name, str)]
    return []


def _sort(path: Path) -> str:
    """``file``, ``folder``, or nothing: also for a name that no file can have."""
    try:
        return "folder" if path.is_dir() else "file" if path.exists() else ""
    except OSError:
        return ""


def _is_names(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(name, str) for name in value))


def _nearest(places: Mapping[DocumentPath, Place], path: DocumentPath) -> Place:
    while path not in places:
        path = path[:-1]
    return places[path]


def _top_level() -> list[str]:
    return [str(field.alias) for field in FlowDocument.model_fields.values()]
