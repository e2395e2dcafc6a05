"""Exhaustive exploration: every state of every call, by driving the real session through every class of input.

Theory of operation. A breadth-first search over abstract states (``state_space``) that keeps for each one a concrete
call, forked as often as there are inputs to try (``input_classes``). What is judged is what the real session did,
so a violation is never an artefact: it comes with the inputs that lead to it, fewest first. Calls with the same key are
taken to have the same future; that is the abstraction, and with the input classes it is the stated bound of a proof.

The longest time of a call is lifted for the search, because it would make every call a different state; ``endings``
bounds the calls without it, and ``races`` meets that timer at each node.

Prompts are heard to their end, except for the first time that a prompt is met at a node: there the call is also
interrupted in every way, in the middle and in a protected head. Answers of the backend that led to the same state the
first time are tried by one of them from then on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ivr.callflow.hotline import Hotline
from ivr.errors import IvrError
from ivr.session.events import Facts
from ivr.session.exchange import Exchange
from ivr.testing.answer_classes import AnswerClass, answer_classes, compared_facts
from ivr.testing.explored_call import Answer, Endless, ExploredCall
from ivr.testing.input_classes import HANGS_UP, Input, inputs, while_hearing
from ivr.testing.properties import Checks, Found
from ivr.testing.scenarios import scenarios
from ivr.testing.state_space import END, Abstraction, Key, Move, Path, State, StateSpace, Step, counted, phase
from ivr.testing.user_properties import WithinKeys, user_properties

LONGEST_MS = 24 * 3_600_000
MOST_STATES = 60_000

Progress = Callable[[int, int], None]  # states whose inputs were tried, states known


@dataclass(slots=True)
class Exploration:
    """What was found."""

    space: StateSpace
    violations: list[tuple[Found, Path]] = field(default_factory=list)
    inputs: int = 0
    bound: dict[str, int] = field(default_factory=dict)
    cut: int = 0  # states that were not followed any further: more limits used up than the bound
    complete: bool = True  # False: the search stopped at the most states allowed
    waiting: int = 0  # states whose inputs were not all tried, when it stopped
    interrupted: bool = False  # by Ctrl-C
    goals: list[str] = field(default_factory=list)


class Explorer:
    """One search. ``examples``: answers that a real backend gave, by query (see ``answer_classes``)."""

    def __init__(
        self,
        hotline: Hotline,
        examples: Mapping[str, Sequence[Facts]] | None = None,
        *,
        most_states: int = MOST_STATES,
        most_used_up: int = 1,
        progress: Progress | None = None,
    ) -> None:
        flow = hotline.flow
        limit = flow.call_limit.model_copy(update={"longest": LONGEST_MS, "warn_before": 0})
        self.hotline = replace(hotline, flow=flow.model_copy(update={"call_limit": limit}))
        self.exchange = Exchange(self.hotline)
        self.checks = Checks(self.hotline)
        self.answers: dict[str, list[AnswerClass]] = {
            query: answer_classes(flow, query, (examples or {}).get(query, ())) for query in flow.queries
        }
        goals = [prop.node for prop in user_properties(flow) if isinstance(prop, WithinKeys)]
        self.found = Exploration(StateSpace(), goals=list(dict.fromkeys(goals)))
        self._abstraction = Abstraction(self.hotline, self.exchange)
        self._compared = compared_facts(flow)
        self._most_states = most_states
        self._most_used_up = most_used_up
        self._progress = progress
        self._known: dict[Key, int] = {}
        self._waiting: deque[tuple[int, ExploredCall]] = deque()
        self._seen_heard: set[tuple[str, str]] = set()
        self._tried_fully: set[Key] = set()
        self._alike: dict[tuple[str, str], frozenset[str]] = {}  # lookup node and profile -> answers worth trying again
        self._violated: set[tuple[str, str]] = set()

    def run(self) -> Exploration:
        found, space = self.found, self.found.space
        for scenario in scenarios(self.hotline.flow, self.exchange.menu.guards):
            call = ExploredCall(self.exchange, self.checks.monitor)
            call.answered(scenario.caller_number, scenario.local_time)
            space.states.append(State(call.session.node, -1, None, scenario, phase(call)))
            self._waiting.append((len(space.states) - 1, call))
            self._entered(call)
            self._take_findings(Path(scenario, ()))
        tried = 0
        try:
            while self._waiting and len(space.states) <= self._most_states:
                self._try_all(*self._waiting[0])
                self._waiting.popleft()
                tried += 1
                if self._progress is not None and not tried % 50:
                    self._progress(tried, len(space.states))
        except KeyboardInterrupt:  # what was found until now is told
            found.interrupted = True
        found.waiting = len(self._waiting)
        found.complete = not self._waiting
        if self._progress is not None:
            self._progress(tried, len(space.states))
        found.bound = {
            "scenarios": sum(state.parent < 0 for state in space.states),
            "answer classes": sum(map(len, self.answers.values())),
            "limits used up at once": self._most_used_up,
        }
        return found

    # -- one state -------------------------------------------------------------------------------------------------

    def _try_all(self, number: int, call: ExploredCall) -> None:
        state = self.found.space.states[number]
        if state.phase == "hearing":
            for one in while_hearing(call):
                self._try(number, call, one)
            return
        session = call.session
        failed = bool(session.failures)
        asking = getattr(session.visit, "_asking", None) is not None
        situation: Key = (state.node, state.phase, tuple(sorted(session.failures.items())), asking)
        fully = situation not in self._tried_fully
        self._tried_fully.add(situation)
        towards_agent = call.transfer is not None or call.lookup is not None
        targets: dict[str, int] = {}
        for one in inputs(call, self.answers, self._compared):
            if not fully and not self._worth_trying(one, state, failed):
                continue
            target, notes_agent = self._try(number, call, one)
            towards_agent |= one.keys == 1 and notes_agent
            for act in one.acts:
                if isinstance(act, Answer) and one.essential:
                    targets.setdefault(act.name, target)
        if fully and targets:
            first = {target: name for name, target in reversed(targets.items())}
            self._alike[state.node, ""] = frozenset(first.values()) | {"fails"}
        if (fully or not failed) and not towards_agent:
            self.checks.no_agent(state.node)
            self._take_findings(self.found.space.path(number))

    def _worth_trying(self, one: Input, state: State, failed: bool) -> bool:
        if not one.essential:
            return False
        if failed:
            return one.kind in ("silence", "wrong")
        if one is HANGS_UP:
            return False
        if state.phase == "lookup":
            alike = self._alike.get((state.node, ""))
            return alike is None or all(act.name in alike for act in one.acts if isinstance(act, Answer))
        return True

    # -- one step --------------------------------------------------------------------------------------------------

    def _try(self, number: int, call: ExploredCall, one: Input) -> tuple[int, bool]:
        """Makes one step in a twin of the call; the state it leads to, and whether it led towards an agent."""
        self.found.inputs += 1
        twin = call.fork()
        began = twin.at
        move = Move(one)

        def meets(twin: ExploredCall) -> bool:
            playing = twin.play
            if playing is not None and (twin.session.node, playing.prompt_id) not in self._seen_heard:
                self._seen_heard.add((twin.session.node, playing.prompt_id))
                stop = Move(one, len(twin.heard))
                state = State(twin.session.node, number, stop, self.found.space.states[number].scenario, "hearing")
                self.found.space.states.append(state)
                self._waiting.append((len(self.found.space.states) - 1, twin.fork()))
            return False

        try:
            for act in one.acts:
                twin.act(act)
            twin.hear(meets)
        except Endless:
            self.checks.endless(twin.session.node)
        except IvrError as error:
            self.checks.raised(twin.session.node, error)
        except Exception as error:  # that there is none is what is being proved
            self.checks.raised(twin.session.node, error)
        else:
            self.checks.after(twin)
        path = self.found.space.path(number, move) if self.checks.found else None
        failed = path is not None and any(f.property in ("no-exception", "silence-ends") for f in self.checks.found)
        if path is not None:
            self._take_findings(path)
        target = END if failed or twin.stuck else self._reached(number, twin, move)
        goals, agent = self._entered(twin)
        self.found.space.steps.append(Step(number, target, one.kind, one.keys, twin.at - began, goals, one))
        return target, agent

    def _reached(self, number: int, twin: ExploredCall, move: Move) -> int:
        if twin.over is not None:
            return END
        key = self._abstraction.key(twin)
        known = self._known.get(key)
        if known is not None:
            return known
        states = self.found.space.states
        target = self._known[key] = len(states)
        states.append(State(twin.session.node, number, move, states[number].scenario, phase(twin)))
        if self._abstraction.limits.used_up_elsewhere(twin.session.node, counted(twin)) > self._most_used_up:
            self.found.cut += 1
        else:
            self._waiting.append((target, twin))
        return target

    def _entered(self, twin: ExploredCall) -> tuple[int, bool]:
        goals, agent = 0, False
        for entry in twin.notes:
            if entry.event == "node-entered":
                node = str(entry.data["node"])
                self.found.space.nodes.add(node)
                agent |= node in self.checks.agent_entries
                if node in self.found.goals:
                    goals |= 1 << self.found.goals.index(node)
            elif entry.event == "play-prompt":
                self.found.space.prompts.add(str(entry.data["prompt"]))
        return goals, agent

    def _take_findings(self, path: Path) -> None:
        for finding in self.checks.found:
            if (finding.property, finding.subject) not in self._violated:
                self._violated.add((finding.property, finding.subject))
                self.found.violations.append((finding, path))
        self.checks.found.clear()
