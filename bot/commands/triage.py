"""`gridbot triage`: the tree by which reports of no power and faults are sorted."""

import os
from pathlib import Path
from typing import Annotated

import typer

from config.toml import read
from config.triage import Node, Triage

app = typer.Typer(no_args_is_help=True, help="How reports of no power and faults are sorted.")
Folder = Annotated[
    Path | None,
    typer.Option("--config", help="a folder with triage.toml (default: GRIDBOT_CONFIG_DIR)"),
]
FILE = "triage.toml"


@app.callback()
def group() -> None:
    """Triage."""


@app.command()
def check(config: Folder = None) -> None:
    """Say whether the tree can be used, and if not, everything that is wrong with it."""
    tree = _tree(config)
    typer.echo(f"{FILE} {tree.version}: {len(tree.nodes)} nodes, {len(tree.leaves)} leaves, ok")


@app.command()
def show(config: Folder = None) -> None:
    """Print the tree node by node from the start, each branch with where it leads."""
    tree = _tree(config)
    typer.echo(f"{FILE} {tree.version}（{tree.source}）")
    for name in _from_start(tree):
        node = tree.nodes[name]
        typer.echo(f"\n{name}：{_title(node)}")
        for branch, target in node.next.items():
            typer.echo(f"  {_branch(node, branch)} → {_target(tree, target)}")


def _tree(folder: Path | None) -> Triage:
    told = os.environ.get("GRIDBOT_CONFIG_DIR")
    return read(FILE, folder or (Path(told) if told else None), Triage)


def _from_start(tree: Triage) -> list[str]:
    """Every node, in the order in which the branches reach it."""
    found = [tree.start]
    for name in found:
        targets = [one for one in tree.nodes[name].next.values() if one in tree.nodes]
        found += [one for one in dict.fromkeys(targets) if one not in found]
    return found


def _target(tree: Triage, name: str) -> str:
    leaf = tree.leaves.get(name)
    return f"■ {name}（{leaf.ends}）：{leaf.reason}" if leaf else name


def _title(node: Node) -> str:
    if node.ask:
        return f"问「{node.ask}」"
    return f"看前面「{node.recall}」的回答" if node.recall else f"查 {node.check}"


def _branch(node: Node, branch: str) -> str:
    return next((one.label for one in node.options if one.value == branch), branch)
