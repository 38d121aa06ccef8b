"""What a node does, from its first look at the specification to the end of the job's program.

Each step takes the node, and raises EndedError if the attempt ends with it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

from modelyard_node.ends import broken
from modelyard_node.node import Node
from modelyard_node.spec import SpecError, read_spec
from modelyard_node.store import StoreError

STEPS = (
    "modelyard_node.flow:know_the_job",
    "modelyard_node.joining:join",
    "modelyard_node.files:get_files",
    "modelyard_node.flow:check_the_nodes",
    "modelyard_node.flow:set_up",
    "modelyard_node.flow:run_the_job",
    "modelyard_node.flow:await_the_others",
)
"""One after another, on every node. A step is imported when it is its turn."""


def follow(node: Node) -> None:
    """Take every step."""
    for name in STEPS:
        module, _, function = name.partition(":")
        step = cast("Callable[[Node], None]", getattr(importlib.import_module(module), function))
        try:
            step(node)
        except (SpecError, StoreError) as error:
            raise broken(str(error)) from error
        except OSError as error:
            raise broken(f"{error.strerror or error} ({error.filename})") from error


def know_the_job(node: Node) -> None:
    """Read the specification."""
    node.spec = node.do(lambda: read_spec(node.store, node.place, node.pace.patience_seconds))


def check_the_nodes(node: Node) -> None:
    """Check the nodes and the network between them, if the job asks for it."""
    if node.job.preflight is not None:
        from modelyard_node.preflight.step import check  # as large as much of the rest

        check(node)


def set_up(node: Node) -> None:
    """Run the job's setup."""
    if node.job.setup:
        node.run(node.job.setup, "setup")


def run_the_job(node: Node) -> None:
    """Run the job's program, on all nodes at once: they wait for each other first."""
    node.meet("run")
    node.run(node.job.run, "run")


def await_the_others(node: Node) -> None:
    """Wait until every node's program has ended well. Children have nothing to wait for."""
    if node.place.is_main and node.watch is not None:
        node.until(node.watch.over)
