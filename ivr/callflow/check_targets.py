"""Names that a document uses but nobody defined, and names it defines but nobody uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ivr.callflow.check_names import declared_facts, guard_uses
from ivr.callflow.check_repair import suggestion
from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_subject import Subject
from ivr.callflow.document import FlowDocument
from ivr.callflow.nodes import Call, Lookup


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    guess = suggestion(name, known)
    return f"did you mean {guess}?" if guess else ""


@rule("unknown-target", "error", "every edge leads to a node", "define the node, or name another")
def _unknown_target(subject: Subject) -> Iterator[Found]:
    known = list(subject.nodes)
    if subject.document.start not in subject.nodes:
        what = f"the call starts at {subject.document.start}, which is not a node"
        yield Found(("start",), what, _did_you_mean(subject.document.start, known))
    for name, dialog in subject.document.dialogs.items():
        if dialog.start not in subject.nodes:
            what = f"dialog {name} starts at {dialog.start}, which is not a node"
            yield Found(("dialogs", name, "start"), what, _did_you_mean(dialog.start, known))
    reported = set()
    for edge in subject.written:
        if edge.target in subject.nodes or edge.kind == "dialog" or (edge.path, edge.target) in reported:
            continue
        reported.add((edge.path, edge.target))  # a command is an edge of every node that inherits it
        guess = subject.unknown_targets[edge.target]
        remedy = f"did you mean {guess}?" if guess else ""
        yield Found((*edge.path, "to"), f"{edge.target} is not a node", remedy, edge.source)


@rule(
    "unknown-node-named",
    "error",
    "services, demand, thresholds and waivers name nodes that exist",
    "name a node that exists",
)
def _unknown_node_named(subject: Subject) -> Iterator[Found]:
    known = list(subject.nodes)
    for node_id, title in subject.document.services.items():
        if node_id not in subject.nodes:
            what = f"the service {title} is to be found at {node_id}, which is not a node"
            yield Found(("services", node_id), what, _did_you_mean(node_id, known))
    wanted = [*subject.document.services, *(name for name, node in subject.nodes.items() if node.kind == "transfer")]
    for node_id in subject.document.demand:
        if node_id not in wanted:
            what = f"demand names {node_id}, which is neither a service nor leads to an agent"
            yield Found(("demand", node_id), what, _did_you_mean(node_id, wanted))
    for number, threshold in enumerate(subject.document.thresholds):
        if threshold.node not in subject.nodes:
            what = f"a threshold names {threshold.node}, which is not a node"
            yield Found(("thresholds", number, "node"), what, _did_you_mean(threshold.node, known))
    for number, waiver in enumerate(subject.document.waivers):
        if waiver.node is not None and waiver.node not in subject.nodes:
            what = f"a waiver names {waiver.node}, which is not a node"
            yield Found(("waivers", number, "node"), what, _did_you_mean(waiver.node, known))


@rule("unknown-prompt", "error", "every prompt that is said is in the catalogue", "write the prompt, or name another")
def _unknown_prompt(subject: Subject) -> Iterator[Found]:
    known = list(subject.hotline.prompts)
    for said in subject.sayings:
        prompt_id = said.saying.say
        if prompt_id not in subject.hotline.prompts:
            what = f"prompt {prompt_id} is not in the catalogue"
            yield Found(said.path, what, _did_you_mean(prompt_id, known), said.node, prompt_id)
    for number, waiver in enumerate(subject.document.waivers):
        if waiver.prompt is not None and waiver.prompt not in subject.hotline.prompts:
            what = f"a waiver names prompt {waiver.prompt}, which is not in the catalogue"
            yield Found(("waivers", number, "prompt"), what, _did_you_mean(waiver.prompt, known))


@rule("unknown-guard", "error", "every condition names a guard", "define the guard under 'guards', or name another")
def _unknown_guard(subject: Subject) -> Iterator[Found]:
    known = list(subject.document.guards)
    reported = set()
    for use in guard_uses(subject):
        if use.name not in subject.document.guards and use.path not in reported:
            reported.add(use.path)
            yield Found(use.path, f"{use.name} is not a guard", _did_you_mean(use.name, known), use.node)


@rule("unknown-hours", "error", "every guard on hours names hours", "define the hours under 'hours', or name others")
def _unknown_hours(subject: Subject) -> Iterator[Found]:
    for name, guard in subject.document.guards.items():
        if guard.hours is not None and guard.hours not in subject.document.hours:
            what = f"guard {name} asks for the hours {guard.hours}, which are not defined"
            yield Found(("guards", name, "hours"), what, _did_you_mean(guard.hours, list(subject.document.hours)))


@rule("unknown-query", "error", "every lookup asks a query", "define the query under 'queries', or name another")
def _unknown_query(subject: Subject) -> Iterator[Found]:
    for node_id, node in subject.document.nodes.items():
        if isinstance(node, Lookup) and node.query not in subject.document.queries:
            remedy = _did_you_mean(node.query, list(subject.document.queries))
            yield Found(("nodes", node_id, "query"), f"{node.query} is not a query", remedy, node_id)


@rule("unknown-dialog", "error", "every call node names a dialog", "define the dialog under 'dialogs', or name another")
def _unknown_dialog(subject: Subject) -> Iterator[Found]:
    for node_id, node in subject.document.nodes.items():
        if isinstance(node, Call) and node.dialog not in subject.document.dialogs:
            remedy = _did_you_mean(node.dialog, list(subject.document.dialogs))
            yield Found(("nodes", node_id, "dialog"), f"{node.dialog} is not a dialog", remedy, node_id)


@rule("query-parameters", "error", "a lookup gives its query exactly what it needs", "give what the query needs")
def _query_parameters(subject: Subject) -> Iterator[Found]:
    for node_id, node in subject.document.nodes.items():
        query = subject.document.queries.get(node.query) if isinstance(node, Lookup) else None
        if query is None or not isinstance(node, Lookup):
            continue
        for name in query.needs:
            if name not in node.with_:
                what = f"{node_id} asks {node.query} without {name}"
                yield Found(("nodes", node_id, "with"), what, f"add '{name}' under 'with'", node_id)
        for name in node.with_:
            if name not in query.needs:
                what = f"{node_id} gives {node.query} the parameter {name}, which it does not need"
                remedy = _did_you_mean(name, query.needs) or f"remove '{name}', or add it to the query's 'needs'"
                yield Found(("nodes", node_id, "with", name), what, remedy, node_id)


@rule("standard-profile", "error", "there is a timing profile called standard", "add 'standard' under 'profiles'")
def _standard_profile(subject: Subject) -> Iterator[Found]:
    if "standard" not in subject.document.profiles:
        yield Found(("profiles",), "no profile is called standard, so no call knows how long to wait")


@rule("unused-prompt", "warning", "every prompt of an own catalogue is said", "say it somewhere, or remove it")
def _unused_prompt(subject: Subject) -> Iterator[Found]:
    said = _meant({said.saying.say for said in subject.sayings}, subject.hotline.prompts)
    folder = subject.hotline.folder
    for prompt_id in subject.hotline.prompts:
        if prompt_id not in said and _own(subject.hotline.place("prompts", prompt_id).file, folder):
            yield Found(("prompts", prompt_id), f"prompt {prompt_id} is never said", prompt=prompt_id)


def _own(file: str, folder: Path) -> bool:
    """Whether a catalogue file belongs to this hotline; the shipped catalogue is larger than any one hotline."""
    path = Path(file)
    return folder in path.parents or folder.resolve() in path.resolve().parents


@rule("unused-name", "warning", "every guard, query, dialog and hours entry is used", "use it, or remove it")
def _unused_name(subject: Subject) -> Iterator[Found]:
    flow: FlowDocument = subject.flow
    used = {
        "guards": {use.name for use in guard_uses(subject)} | _words(flow.properties.values()),
        "queries": {node.query for node in flow.nodes.values() if isinstance(node, Lookup)},
        "dialogs": used_dialogs(subject),
        "hours": {guard.hours for guard in flow.guards.values() if guard.hours},
    }
    for section, names in used.items():
        meant = _meant(names, getattr(flow, section))
        for name in getattr(flow, section):
            if name not in meant:
                yield Found((section, name), f"'{name}' under '{section}' is never used")


def used_dialogs(subject: Subject) -> set[str]:
    """The dialogs that some call node names."""
    return {node.dialog for node in subject.nodes.values() if isinstance(node, Call)}


def _meant(names: set[str], known: Iterable[str]) -> set[str]:
    """``names`` and what the unknown ones were probably meant to be: a slip of the pen is one finding, not two."""
    defined = list(known)
    return names | {suggestion(name, defined) for name in names.difference(defined)}


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in text.split()}


@rule(
    "unknown-fact",
    "error",
    "every guard tests a fact that something gives",
    "give the fact in a query, or name another",
)
def _unknown_fact(subject: Subject) -> Iterator[Found]:
    known = set(subject.once(declared_facts)) - {"heard.choice"}
    for name, guard in subject.flow.guards.items():
        for key, tested in (("fact", guard.fact), ("same-as", guard.same_as)):
            if tested is not None and tested not in known:
                what = f"guard {name} tests {tested}, a fact that nothing gives"
                yield Found(("guards", name, key), what, _did_you_mean(tested, sorted(known)))
    for node_id, node in subject.nodes.items():
        if isinstance(node, Lookup):
            for parameter, fact in node.with_.items():
                if isinstance(fact, str) and fact not in known:
                    what = f"{node_id} passes {fact}, a fact that nothing gives"
                    remedy = _did_you_mean(fact, sorted(known))
                    yield Found(("nodes", node_id, "with", parameter), what, remedy, node_id)
