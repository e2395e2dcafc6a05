"""Human factors of time: how long callers may think, and what they hear while they wait."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_subject import Subject
from ivr.callflow.nodes import EntryField, Listening, Lookup, Survey, Transfer

_ENGINES = "consensus of 20 engines"
_WAITING = "house rule: filler at 2 s, then every 8 s"


def _seconds(duration_ms: int) -> str:
    return f"{duration_ms / 1_000:g} s"


@rule(
    "no-input-time",
    "warning",
    "a caller has 5 to 12 s to begin (a field, where something is looked up first: 20 s)",
    "set 'no-input' between these",
    source=_ENGINES,
)
def _no_input_time(subject: Subject) -> Iterator[Found]:
    for name, profile in subject.flow.profiles.items():
        if not 5_000 <= profile.no_input <= 12_000:
            what = f"profile {name} waits {_seconds(profile.no_input)} for a caller to begin"
            yield Found(("profiles", name, "no-input"), what)
    for node_id, node in subject.nodes.items():
        own = node.timing.no_input if isinstance(node, Listening) else None
        if own is not None and not 5_000 <= own <= (20_000 if isinstance(node, EntryField) else 12_000):
            what = f"{node_id} waits {_seconds(own)} for a caller to begin"
            yield Found(("nodes", node_id, "timing"), what, node=node_id)


@rule(
    "inter-digit-time",
    "warning",
    "a caller has 2 to 6 s between two digits",
    "set 'inter-digit' between these",
    source=_ENGINES,
)
def _inter_digit_time(subject: Subject) -> Iterator[Found]:
    for name, profile in subject.flow.profiles.items():
        if not 2_000 <= profile.inter_digit <= 6_000:
            what = f"profile {name} waits {_seconds(profile.inter_digit)} between two digits"
            yield Found(("profiles", name, "inter-digit"), what)
    for node_id, node in subject.nodes.items():
        own = node.timing.inter_digit if isinstance(node, Listening) else None
        if own is not None and not 2_000 <= own <= 6_000:
            what = f"{node_id} waits {_seconds(own)} between two digits"
            yield Found(("nodes", node_id, "timing"), what, node=node_id)


@rule("too-many-tries", "warning", "a node is left after at most 3 failures", "set 'tries' to 3", source=_ENGINES)
def _too_many_tries(subject: Subject) -> Iterator[Found]:
    for name, profile in subject.flow.profiles.items():
        if profile.tries > 3:
            yield Found(("profiles", name, "tries"), f"profile {name} asks the same {profile.tries} times")


@rule(
    "after-key-silence",
    "warning",
    "after a key there is about half a second of silence",
    "set 'after-key' to 500ms",
    source="Avaya",
)
def _after_key_silence(subject: Subject) -> Iterator[Found]:
    for name, profile in subject.flow.profiles.items():
        if not 300 <= profile.after_key <= 1_000:
            what = f"profile {name} is silent for {profile.after_key} ms after a key"
            yield Found(("profiles", name, "after-key"), what)


@rule(
    "senior-patience",
    "warning",
    "the profile senior is at least as patient as standard",
    "make its times no shorter",
    source="MIIT and CBIRC notices of 2020-21",
)
def _senior_patience(subject: Subject) -> Iterator[Found]:
    senior, standard = subject.flow.profiles.get("senior"), subject.flow.profiles.get("standard")
    if senior is None or standard is None:
        return
    for field, name in (
        ("no_input", "no-input"),
        ("inter_digit", "inter-digit"),
        ("end_of_speech", "end-of-speech"),
        ("tries", "tries"),
    ):
        if getattr(senior, field) < getattr(standard, field):
            yield Found(("profiles", "senior", name), f"the profile senior has less patience than standard: {name}")
    if senior.characters_a_minute > standard.characters_a_minute:
        yield Found(("profiles", "senior", "characters-a-minute"), "the profile senior speaks faster than standard")


@rule(
    "senior-pace",
    "advice",
    "to seniors the hotline speaks 120 to 150 characters a minute",
    "set 'characters-a-minute'",
    source="vendor guidance",
)
def _senior_pace(subject: Subject) -> Iterator[Found]:
    senior = subject.flow.profiles.get("senior")
    standard = subject.flow.profiles.get("standard")
    # faster than standard is the graver finding and reported there
    if senior is None or (standard is not None and senior.characters_a_minute > standard.characters_a_minute):
        return
    if not 120 <= senior.characters_a_minute <= 150:
        what = f"the profile senior speaks {senior.characters_a_minute} characters a minute"
        yield Found(("profiles", "senior", "characters-a-minute"), what)


@rule(
    "filler-missing",
    "warning",
    "a caller who waits for a lookup hears something",
    "add 'filler' under 'waiting'",
    source=_WAITING,
)
def _filler_missing(subject: Subject) -> Iterator[Found]:
    if not subject.flow.waiting.filler and any(isinstance(node, Lookup) for node in subject.nodes.values()):
        yield Found(("waiting",), "callers who wait for a lookup hear nothing")


@rule(
    "filler-late",
    "warning",
    "the filler comes within 2 s, and again within 8 s",
    "set 'filler-after' and 'filler-every'",
    source=_WAITING,
)
def _filler_late(subject: Subject) -> Iterator[Found]:
    waiting = subject.flow.waiting
    for name, taken_ms, limit_ms in (
        ("filler-after", waiting.filler_after, 2_000),
        ("filler-every", waiting.filler_every, 8_000),
    ):
        if taken_ms > limit_ms:
            yield Found(("waiting", name), f"{name} is {_seconds(taken_ms)}")


@rule(
    "queue-silent",
    "warning",
    "a caller in a queue hears something at least every minute",
    "add 'comfort', and 'every' of 60s or less",
    source="GB/T 33358 spirit",
)
def _queue_silent(subject: Subject) -> Iterator[Found]:
    for node_id, node in subject.nodes.items():
        if isinstance(node, Transfer) and (not node.comfort or node.every > 60_000):
            often = f"only every {_seconds(node.every)}" if node.comfort else "nothing"
            yield Found(("nodes", node_id), f"callers in the queue of {node_id} hear {often}", node=node_id)


@rule(
    "call-limit-unannounced",
    "warning",
    "a caller is told before the call reaches its longest",
    "add 'warning' under 'call-limit'",
    source="house rule",
)
def _call_limit_unannounced(subject: Subject) -> Iterator[Found]:
    limit = subject.flow.call_limit
    if not limit.warning:
        yield Found(("call-limit",), f"the call ends after {_seconds(limit.longest)} without a warning")
    elif limit.warn_before >= limit.longest:
        yield Found(("call-limit", "warn-before"), "the warning would come before the call begins", "warn later")


@rule(
    "standard-commands",
    "warning",
    "back, repeat and help are on offer wherever the caller is asked",
    "add them as commands of the document",
    source="ISO/IEC 13714 summaries",
)
def _standard_commands(subject: Subject) -> Iterator[Found]:
    asking = [
        node_id
        for node_id, node in subject.nodes.items()
        if isinstance(node, Listening) and not isinstance(node, Survey)
    ]
    for wanted in ("back", "repeat", "help"):
        without = [
            node_id
            for node_id in asking
            if not any(name == wanted or command.do == wanted for name, command in subject.commands[node_id].items())
        ]
        if without and len(without) == len(asking):
            yield Found(("commands",), f"no command is for {wanted}")
        elif without:
            more = f" (nor at {len(without) - 1} more)" if len(without) > 1 else ""
            yield Found(("nodes", without[0]), f"{wanted} is not on offer at {without[0]}{more}", node=without[0])


@rule(
    "speech-bands",
    "error",
    "speech is accepted above the band in which it is rejected",
    "set 'accept' above 'reject'",
    waivable=False,
)
def _speech_bands(subject: Subject) -> Iterator[Found]:
    speech = subject.flow.speech
    if speech.accept < speech.reject:
        yield Found(
            ("speech",), f"speech is rejected below {speech.reject:g}, but accepted from {speech.accept:g} already"
        )


@rule(
    "speech-unconfirmed",
    "warning",
    "speech that is neither sure nor hopeless is asked back",
    "name a prompt under 'speech: confirm'",
    source="VoiceXML 2.0: confidence bands",
)
def _speech_unconfirmed(subject: Subject) -> Iterator[Found]:
    speech = subject.flow.speech
    if speech.confirm is None and speech.accept > speech.reject:
        yield Found(("speech",), "an utterance heard with middling confidence is taken without asking back")
