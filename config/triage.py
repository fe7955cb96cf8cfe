"""The order in which a report of no power or a fault is sorted: a versioned tree, checked whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

NONE, SKIPPED, TOLD = "none", "skipped", "told"
FILE = "file"
KNOWN, NEW = "known", "new"

# What a node may check, with the branches it can lead to; `handlers/tickets/triage_checks.py`
# has the function of each.
CHECKS: Mapping[str, frozenset[str]] = {
    "contacts": frozenset({"yes", "no"}),
    "open_ticket": frozenset({"yes", "no"}),
    "community": frozenset({"told"}),
    "building": frozenset({"told"}),
    "matter": frozenset({"outage", "still_dark", "power_quality", "fault"}),
    "danger": frozenset({"yes", "no"}),
    "only_mine": frozenset({"yes", "no"}),
    "known_outage": frozenset({"yes", "no"}),
    "arrears": frozenset({"no", "pay", "paid"}),
    "phone_known": frozenset({"yes", "no"}),
    FILE: frozenset({NEW, KNOWN}),
}
# These ask the resident themselves, so they stand before the ticket is filed.
ASKING = frozenset({"community", "building", "arrears"})
# These look something up at the place, which a node before them must have found out.
AT_A_PLACE = frozenset({"building", "known_outage", "arrears", FILE})


class Reads(StrEnum):
    """What a question without options takes from the words."""

    PHONE = "phone"


class Ending(StrEnum):
    """What is done at a leaf."""

    PERSON = "person"
    ATTACH = "attach"
    OUTAGE = "outage"
    PAY = "pay"
    RECONNECT = "reconnect"
    CREW = "crew"
    CANCEL = "cancel"


BEFORE_TICKET = frozenset(
    {Ending.PERSON, Ending.ATTACH, Ending.OUTAGE, Ending.PAY, Ending.RECONNECT}
)
AFTER_TICKET = frozenset({Ending.CREW, Ending.CANCEL})


@dataclass(frozen=True, slots=True)
class Answer:
    """One choice of a question: `words` choose it in an answer, `told` anywhere in the story.

    `tell` is said at once when it is chosen.
    """

    value: str
    label: str
    words: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    tell: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One step: a `check`, a question (`ask`), or an earlier question's answer (`recall`).

    `next` names the node or leaf of each branch. A question's branches are its options' values
    (or `told` where it `reads`) and `skipped`; a recalled answer's also `none`: never asked.
    `tell` is said before a question, once; `name` is what a correction calls it; `entity` fills it
    from any message.
    """

    next: dict[str, str]
    check: str = ""
    recall: str = ""
    ask: str = ""
    tell: str = ""
    name: str = ""
    entity: str = ""
    reads: Reads | None = None
    options: tuple[Answer, ...] = ()

    def told_by(self, story: str) -> str | None:
        """The answer that a story gives without being asked: the first option with its words."""
        fit = (one.value for one in self.options if any(word in story for word in one.told))
        return next(fit, None)

    @property
    def answers(self) -> frozenset[str]:
        """The branches that a question has."""
        told = {TOLD} if self.reads else {option.value for option in self.options}
        return frozenset(told | {SKIPPED})


@dataclass(frozen=True, slots=True)
class Leaf:
    """An end: what is done, and why, as staff read it."""

    ends: Ending
    reason: str


@dataclass(frozen=True, slots=True)
class Triage:
    version: str
    source: str
    start: str
    nodes: dict[str, Node]
    leaves: dict[str, Leaf] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if faults := [*_faults_of_parts(self)] or [*_faults_of_order(self)]:
            raise ValueError("; ".join(faults))

    @property
    def filing(self) -> str:
        """The node at which the ticket is opened."""
        return next(name for name, node in self.nodes.items() if node.check == FILE)

    def questions(self) -> dict[str, Node]:
        """The questions asked once the ticket is open, in the order of the table."""
        return {name: node for name, node in self.nodes.items() if node.ask}


def _faults_of_parts(tree: Triage) -> Iterator[str]:
    """What is wrong within a node or a leaf, or points nowhere."""
    places = {*tree.nodes, *tree.leaves}
    if tree.start not in tree.nodes:
        yield f"start: no node is called {tree.start}"
    for name in sorted(tree.nodes.keys() & tree.leaves.keys()):
        yield f"{name}: is both a node and a leaf"
    for name, leaf in tree.leaves.items():
        if not leaf.reason.strip():
            yield f"leaves.{name}: has no reason"
    for name, node in tree.nodes.items():
        yield from (f"nodes.{name}: {fault}" for fault in _faults_of_node(tree, node))
        for branch, target in node.next.items():
            if target not in places:
                yield f"nodes.{name}.next.{branch}: no node or leaf is called {target}"
    if sum(node.check == FILE for node in tree.nodes.values()) != 1:
        yield f"exactly one node must have check = {FILE}"


def _faults_of_node(tree: Triage, node: Node) -> Iterator[str]:
    if sum(map(bool, (node.check, node.recall, node.ask))) != 1:
        yield "needs exactly one of check, ask, recall"
        return
    if node.check and node.check not in CHECKS:
        yield f"there is no check {node.check}; there are {', '.join(sorted(CHECKS))}"
        return
    asked = tree.nodes.get(node.recall)
    if node.recall and (asked is None or not asked.ask):
        yield f"recalls {node.recall}, which is no question"
        return
    if node.ask and bool(node.reads) == bool(node.options):
        yield "a question has either options or reads"
    wanted = _branches(node, asked)
    if missing := sorted(wanted - node.next.keys()):
        yield f"next lacks {', '.join(missing)}"
    if unknown := sorted(node.next.keys() - wanted):
        yield f"next has {', '.join(unknown)}, which cannot happen"


def _branches(node: Node, asked: Node | None) -> frozenset[str]:
    if asked is not None:
        return asked.answers | {NONE}
    return node.answers if node.ask else CHECKS[node.check]


def _faults_of_order(tree: Triage) -> Iterator[str]:
    """What is wrong with the way from the start to the leaves."""
    if (circle := _circle(tree)) is not None:
        yield f"goes round in a circle: {' → '.join(circle)}"
        return
    reached = _reached(tree, tree.start)
    for name in [*tree.nodes, *tree.leaves]:
        if name not in reached:
            yield f"{name}: cannot be reached"
    filing = tree.filing
    after = _reached(tree, tree.nodes[filing].next[NEW])
    before = {*_reached(tree, tree.start, without={filing}), tree.nodes[filing].next[KNOWN]}
    yield from _faults_of_stage(tree, before, after)
    located = {name for name, node in tree.nodes.items() if node.check == "community"}
    for name in sorted(_reached(tree, tree.start, without=located) & tree.nodes.keys()):
        if tree.nodes[name].check in AT_A_PLACE:
            yield f"{name}: needs the place, so a node with check = community must come before"


def _faults_of_stage(tree: Triage, before: set[str], after: set[str]) -> Iterator[str]:
    for name, node in tree.nodes.items():
        if node.check in ASKING and name in after:
            yield f"{name}: asks for what the ticket needs, so it must come before {FILE}"
        if (node.ask or node.recall) and name in before:
            yield f"{name}: is asked only after {FILE}"
    for name, leaf in tree.leaves.items():
        if name in before and leaf.ends not in BEFORE_TICKET:
            yield f"leaves.{name}: {leaf.ends} needs a ticket, so it must come after {FILE}"
        if name in after and leaf.ends not in AFTER_TICKET:
            yield f"leaves.{name}: {leaf.ends} must come before {FILE}"


def _reached(tree: Triage, start: str, *, without: Iterable[str] = ()) -> set[str]:
    """All that can be reached; what is left out is reached but not passed."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        if name in tree.nodes and name not in without:
            waiting += tree.nodes[name].next.values()
    return reached - set(without)


def _circle(tree: Triage) -> list[str] | None:
    """The names of a way that leads back to itself."""
    done: set[str] = set()

    def search(name: str, way: list[str]) -> list[str] | None:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done or name not in tree.nodes:
            return None
        for target in tree.nodes[name].next.values():
            if (found := search(target, [*way, name])) is not None:
                return found
        done.add(name)
        return None

    return next((found for name in tree.nodes if (found := search(name, [])) is not None), None)
