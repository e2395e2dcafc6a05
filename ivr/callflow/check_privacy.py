"""Privacy: what is said of an account is said to its holder, and what is typed in secret is not read out.

These rules look at the document only and claim what follows from its paths (see ``check_facts``); that no call whatever
hears private data too early is proved by exploration.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.callflow.check_facts import PROOF, knowledge
from ivr.callflow.check_names import declared_facts
from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_subject import Subject
from ivr.callflow.nodes import Lookup
from ivr.callflow.prompt_slots import slots_of

_PROTECTION = "personal data must be guarded (PIPL art. 51)"


@rule(
    "no-proof",
    "error",
    "a hotline with private queries or prompts says which guard means verified",
    "name the guard under 'verified'",
)
def _no_proof(subject: Subject) -> Iterator[Found]:
    if subject.flow.verified is not None:
        return
    for name in sorted({node.query for node in subject.nodes.values() if isinstance(node, Lookup)}):
        query = subject.flow.queries.get(name)
        if query is not None and query.private:
            yield Found(("queries", name), f"query {name} is private, but no guard says who is verified")
            return
    for prompt_id, prompt in subject.hotline.prompts.items():
        if prompt.heard_by == "verified" and any(said.saying.say == prompt_id for said in subject.sayings):
            what = f"prompt {prompt_id} is for verified callers, but no guard says who is verified"
            yield Found(("prompts", prompt_id), what, prompt=prompt_id)
            return


@rule(
    "private-unproved",
    "error",
    "private queries and prompts come after proof of identity on every way",
    "lead every way there through a branch on the verified guard, or on the answer of the query that verifies",
    source=_PROTECTION,
    waivable=False,
)
def _private_unproved(subject: Subject) -> Iterator[Found]:
    if subject.flow.verified is None or subject.flow.verified.removeprefix("not ") not in subject.flow.guards:
        return
    facts = subject.once(knowledge)
    for node_id, node in subject.nodes.items():
        query = subject.flow.queries.get(node.query) if isinstance(node, Lookup) else None
        if query is not None and query.private and not facts.knows(node_id, PROOF):
            what = f"{node_id} asks a private query, but there is a way there without proof of identity"
            yield Found(("nodes", node_id), what, node=node_id)
    for said in subject.sayings:
        prompt = subject.prompt(said)
        if prompt is not None and prompt.heard_by == "verified" and not facts.knows(said.node, PROOF, said.saying.when):
            where = said.node or f"the document's {said.path[0]}"
            what = f"{said.saying.say} is for verified callers, but {where} can say it without proof of identity"
            yield Found(said.path, what, "", said.node, said.saying.say)


@rule(
    "private-for-anyone",
    "error",
    "a prompt that reads private data is marked 'heard-by: verified'",
    "add 'heard-by: verified' to the prompt",
    source=_PROTECTION,
)
def _private_for_anyone(subject: Subject) -> Iterator[Found]:
    known = subject.once(declared_facts)
    queries = subject.flow.queries
    reported = set()
    for said in subject.sayings:
        prompt = subject.prompt(said)
        if prompt is None or prompt.heard_by == "verified" or said.saying.say in reported:
            continue
        read = [said.saying.each] if said.saying.each else []
        read += [slot.fact for slot in slots_of(prompt.text) if not slot.line_field]
        for fact in read:
            sources = known.get(fact, ())
            if sources and all(source.query and queries[source.query].private for source in sources):
                reported.add(said.saying.say)
                what = f"prompt {said.saying.say} reads {fact}, which is private, but anyone may hear it"
                yield Found(("prompts", said.saying.say), what, "", said.node, said.saying.say)
                break


@rule(
    "secret-read-aloud",
    "error",
    "of a number that identifies somebody at most the last four digits are read back",
    "read {entry.tail:digits}, or use the type masked-id",
    source=_PROTECTION,
    waivable=False,
)
def _secret_read_aloud(subject: Subject) -> Iterator[Found]:
    known = subject.once(declared_facts)
    reported = set()
    for said in subject.sayings:
        for slot in slots_of(subject.text(said.saying.say)):
            secret = any(source.secret for source in known.get(slot.fact, ()))
            if secret and slot.type != "masked-id" and said.saying.say not in reported:
                reported.add(said.saying.say)
                what = f"prompt {said.saying.say} reads {slot.fact} in full"
                yield Found(("prompts", said.saying.say), what, "", said.node, said.saying.say)
