"""Runs a Pulumi program in this process, without the CLI and without a cloud."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelyard_policies.graph import Graph
from modelyard_preview.engine.asked import Unanswered, unanswered
from modelyard_preview.engine.closed import Closure
from modelyard_preview.engine.data_sources import Answers, DataSources
from modelyard_preview.engine.host import Host, Message, Program, Surroundings
from modelyard_preview.engine.monitor import Monitor
from modelyard_preview.engine.realizer import Realizer


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a program made."""

    graph: Graph
    """Its resources. Those that it only reads (`Type.get`, stack references) aren't among them."""
    outputs: dict[str, Any]
    """The stack's outputs; may hold `UNKNOWN` and `SECRET`."""
    messages: tuple[Message, ...]
    """What it said through `pulumi.log`, without debugging."""
    unknown_invokes: tuple[str, ...]
    """Tokens of the data sources that nobody answered and that the program left unknown."""
    unanswered: tuple[Unanswered, ...] = ()
    """All data sources that stayed unknown, each with its line: those as well that only wait for values."""
    referred_stacks: tuple[str, ...] = ()
    """Other stacks that it refers to, whether their outputs were given or not."""
    closure: Closure = field(default_factory=Closure)
    """What was withheld and refused, where it ran closed in."""


def run_program(
    program: Program,
    *,
    project: str,
    stack: str,
    config: Mapping[str, str],
    root: Path,
    secret_keys: Collection[str] = (),
    dry_run: bool = True,
    realizer: Realizer | None = None,
    invokes: Mapping[str, Mapping[str, Any]] | None = None,
    stacks: Mapping[str, Mapping[str, Any]] | None = None,
    data_sources: DataSources | None = None,
    environment: str | None = None,
    cloud: str = "aws",
    organization: str = "organization",
    packages: Sequence[Path] = (),
    closed: bool = False,
) -> RunResult:
    """Run a program and give the graph of its resources.

    In a dry run a resource's inputs are its outputs, and its id and all else are unknown. Otherwise the
    realizer creates each resource as soon as what it depends on exists, one at a time.

    Args:
        program: the file (as `stacks/__main__.py`), or a function.
        project: name of the Pulumi project; part of every URN.
        stack: name of the stack; part of every URN.
        config: configuration by full key, as `modelyard:environment`; objects as JSON.
        root: the project's directory; source lines are relative to it.
        secret_keys: keys of the configuration that are secret.
        dry_run: whether nothing is created. False needs a realizer, and a realizer needs False.
        realizer: creates the resources.
        invokes: results of data sources by token, in the provider's camelCase.
        stacks: outputs of other stacks by name, for stack references.
        data_sources: who knows the answers of data sources that aren't among `invokes`.
        environment: name of the environment in the graph; the stack's by default.
        cloud: name of the cloud in the graph.
        organization: what `pulumi.get_organization()` says.
        packages: directories of packages that the program has besides modelyard's own.
        closed: whether it runs without credentials and without a network.

    Raises:
        ProgramError: the program needs what this engine can't give, or has two resources of one URN.
        Exception: whatever the program or the realizer raised, as it was raised.
    """
    if dry_run is not (realizer is None):
        raise ValueError("a dry run takes no realizer, and any other run needs one")
    root = root.resolve()
    answers = Answers(config, invokes or {}, stacks or {}, data_sources)
    monitor = Monitor(project, stack, answers, realizer)
    surroundings = Surroundings(dict(config), list(secret_keys), organization, packages, closed)
    host = Host(monitor, root=root, surroundings=surroundings)
    host.run(program)
    return RunResult(
        graph=Graph(monitor.nodes.values(), environment=environment or stack, cloud=cloud),
        outputs=monitor.stack_outputs,
        messages=tuple(host.messages),
        unknown_invokes=tuple(monitor.answerer.unknown),
        unanswered=unanswered(host.calls),
        referred_stacks=tuple(dict.fromkeys(monitor.referred_stacks)),
        closure=host.closure,
    )
