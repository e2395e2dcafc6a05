"""Recovery: what happens when the caller says nothing, something else, or something goes wrong.

No-input, no-match and error are counted separately for each visit of a node; a reprompt is the same visit. The
handler with the highest count not above the current one speaks; one that names a node leads there; after as many
failures of one kind as the timing profile has tries, the caller goes to ``exhausted``. Nobody is cut off at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.callflow.nodes import Handler, Handlers, Listening, Saying

if TYPE_CHECKING:
    from ivr.session.call_session import CallSession


def handler_for(handlers: Handlers, count: int) -> tuple[str, Handler | None]:
    """The handler with the highest count not above ``count``, with its key."""
    best = max((key for key in handlers if int(key) <= count), default="")
    return best, handlers.get(best)


def recover(call: CallSession, failure: str, count: int, sayings: tuple[Saying, ...] | None) -> None:
    """Says what the handler says (or ``sayings`` instead) and asks again or goes elsewhere."""
    plan = call.visit.plan
    node = plan.node
    key, handler = handler_for(plan.handlers.get(failure, {}), count)
    said = sayings if sayings else handler.say if handler else ()
    if handler is not None and handler.to is not None:
        call.say(said)
        call.go(f"{failure}.{key}", after_prompts=True)
        return
    if count >= call.timing.tries:
        exhausted = node.exhausted if isinstance(node, Listening) else None
        call.say(said)
        if exhausted or call.exchange.flow.recovery.exhausted:
            call.go("exhausted", after_prompts=True)
        else:
            call.give_up()
        return
    call.say(said)
    if handler is None or handler.reprompt:
        call.reprompt()
