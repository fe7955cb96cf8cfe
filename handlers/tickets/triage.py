"""Walk the triage tree (config/triage.toml): which branch at each node, and what it led to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from config.triage import NONE, SKIPPED, TOLD, Leaf, Node, Triage
from handlers.desk import Desk
from handlers.dialogue.turn import Reply
from handlers.tickets.models import Action, Ticket
from handlers.tickets.opening import record

Decide = Callable[[str, Node], str | Reply | None]
FIELD = "triage"  # where a ticket's fields keep it


@dataclass(frozen=True, slots=True)
class Trail:
    """The branches taken, and the node or leaf `at` which the walk ended.

    `reply` is the question a check has to ask before its branch is known.
    """

    steps: tuple[tuple[str, str], ...]
    at: str
    reply: Reply | None = None

    @property
    def path(self) -> list[str]:
        """As it is kept: `contacts=no`."""
        return [f"{name}={branch}" for name, branch in self.steps]


def walk(tree: Triage, start: str, decide: Decide) -> Trail:
    """Follow the branches that `decide` tells, to a leaf or to where it tells none."""
    steps: list[tuple[str, str]] = []
    name = start
    while (node := tree.nodes.get(name)) is not None:
        found = decide(name, node)
        if not isinstance(found, str):
            return Trail(tuple(steps), name, found)
        steps.append((name, found))
        name = node.next[found]
    return Trail(tuple(steps), name)


def branch_of(name: str, node: Node, answers: Mapping[str, Any], *, to_end: bool) -> str | None:
    """The branch an answer leads to; None while the question is open.

    `to_end` takes what is not answered yet as left out.
    """
    if node.recall:
        return _branch(node.next.keys(), answers.get(node.recall, NONE))
    if name not in answers:
        return SKIPPED if to_end else None
    if node.reads:
        return TOLD if answers[name] else SKIPPED
    return _branch(node.answers, answers[name])


def note(desk: Desk, ticket: Ticket, trail: Trail) -> None:
    """Keep on the ticket where the tree led, and in its history how; nothing if it is the same."""
    found = summary(desk.tables.triage, trail)
    if ticket.fields.get(FIELD) != found:
        ticket.fields = {**ticket.fields, FIELD: found}
        remember(desk, ticket, trail)


def remember(desk: Desk, ticket: Ticket, trail: Trail) -> None:
    """Write the way through the tree into a ticket's history, for staff."""
    found = summary(desk.tables.triage, trail)
    record(
        desk,
        ticket,
        Action.TRIAGE,
        by="gridbot",
        text=found["reason"],
        is_public=False,
        facts={**found, "path": trail.path},
    )


def summary(tree: Triage, trail: Trail) -> dict[str, str]:
    """The version, the leaf and its reason, as tickets keep them."""
    return {
        "version": tree.version,
        "leaf": trail.at,
        "reason": leaf_of(tree, trail).reason,
    }


def leaf_of(tree: Triage, trail: Trail) -> Leaf:
    return tree.leaves[trail.at]


def reason(ticket: Ticket) -> str:
    """Why the tree sorted a ticket as it did; empty for those it did not sort."""
    return str(ticket.fields.get(FIELD, {}).get("reason", ""))


def _branch(known: Any, answer: Any) -> str:
    return str(answer) if answer in known else SKIPPED
