"""What a node does, from its first look at the specification to the end of the job's program.

Each step takes the node, and raises EndedError if the attempt ends with it.
"""

from __future__ import annotations

from modelyard_node.ends import broken
from modelyard_node.joining import join
from modelyard_node.node import Node
from modelyard_node.spec import SpecError, read_spec
from modelyard_node.store import StoreError


def follow(node: Node) -> None:
    """Take every step."""
    try:
        for step in STEPS:
            step(node)
    except (SpecError, StoreError) as error:
        raise broken(str(error)) from error
    except OSError as error:
        raise broken(f"{error.strerror or error} ({error.filename})") from error


def know_the_job(node: Node) -> None:
    """Read the specification."""
    node.spec = node.do(lambda: read_spec(node.store, node.place, node.pace.patience_seconds))


def know_the_node(node: Node) -> None:
    """Learn which node this is, where mpirun started several processes on each."""
    if node.place.by_mpi:
        from modelyard_node.sharing import find_nodes

        find_nodes(node)


def get_the_files(node: Node) -> None:
    """Fetch and unpack what the job brings, if it brings anything: once on each node."""
    if node.job.files and node.place.leads_node:
        from modelyard_node.files import get_files

        get_files(node)


def share_the_files(node: Node) -> None:
    """Let processes that mpirun started on one node come by its files."""
    if node.job.files and node.place.by_mpi:
        from modelyard_node.sharing import share_files

        share_files(node)


def check_the_nodes(node: Node) -> None:
    """Check the nodes and the network between them, if the job asks for it."""
    if node.job.preflight is not None and node.place.leads_node:
        from modelyard_node.preflight.step import check

        check(node)


def set_up(node: Node) -> None:
    """Run the job's setup, once on each node."""
    if node.job.setup and node.place.leads_node:
        node.run(node.job.setup, "setup")


def run_the_job(node: Node) -> None:
    """Run the job's program, of all ranks at once: they wait for each other first."""
    node.meet("run")
    node.run(node.job.run, "run")


def await_the_others(node: Node) -> None:
    """Wait until every node's program has ended well. Children have nothing to wait for."""
    if node.place.is_main and node.watch is not None:
        node.until(node.watch.over)


STEPS = (
    know_the_job,
    join,
    know_the_node,
    get_the_files,
    share_the_files,
    check_the_nodes,
    set_up,
    run_the_job,
    await_the_others,
)
"""One after another, on every node. What only some jobs need is imported by the step that needs it."""
