"""Containers, wherever a resource describes them: a task of ECS, a job of AWS Batch, a group on Azure.

ECS and Batch take their descriptions as JSON text, in which a name may begin with a capital as well
(`Image`): the provider decodes it without regard to case. Names read here begin with a small letter either
way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Final, cast

from modelyard_policies.aws.types import JOB_DEFINITION, TASK_DEFINITION
from modelyard_policies.azure.types import CONTAINER_GROUP
from modelyard_policies.errors import Unread
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each

CONTAINERS: Final = (TASK_DEFINITION, JOB_DEFINITION, CONTAINER_GROUP)
"""What describes containers."""

_KEYS: Final = {
    TASK_DEFINITION: ("containerDefinitions",),
    JOB_DEFINITION: ("containerProperties", "ecsProperties", "eksProperties", "nodeProperties"),
    CONTAINER_GROUP: ("containers", "initContainers"),
}
"""Where they stand."""

_IN_CONTEXT: Final = "securityContext"

_VARIABLES: Final = ("environment", "env", "envs", "environmentVariables")
"""Names of the list of environment variables: ECS and Batch; Kubernetes, and Pulumi for it; Azure."""

_WORDS: Final = ("command", "commands", "entryPoint", "args")
"""Names of the lists of words that are run, likewise."""


@dataclass(frozen=True, slots=True)
class Container:
    """One container."""

    block: Block
    """All that is said of it."""
    context: str = ""
    """Name of the mapping in it that holds what it may do: empty where that stands in the container
    itself."""

    @property
    def rights(self) -> Block:
        """Where `privileged` stands, and whether its root is read-only."""
        return self.block.block(self.context) if self.context else self.block

    def variables(self) -> Iterator[Block]:
        """Its environment variables, each with `name` and `value`."""
        return chain.from_iterable(self.block.list(key) for key in _VARIABLES)

    def words(self) -> Iterator[str]:
        """The words that it runs."""
        return chain.from_iterable(self.block.strings(key) for key in _WORDS)

    def added_capabilities(self) -> Iterator[str]:
        """The capabilities of Linux that it is given besides those of any container, in capitals."""
        place = self.rights if self.context else self.block.block("linuxParameters")
        return (name.strip().upper() for name in place.block("capabilities").strings("add"))


def describes_containers(resource: Resource, graph: GraphView) -> bool:  # noqa: ARG001  (as a rule's `applies` is called)
    """Whether the resource says of containers what they are, be it known or not: a rule's `applies`."""
    return any(resource.has(key) for key in _KEYS[canonical(resource.type)])


def each_container(resource: Resource, check: Callable[[Container], Iterator[Failure]]) -> Iterator[Failure]:
    """The failures that `check` finds in each container."""
    yield from each(_places(resource), lambda place: each(place(), check))


def tasks(resource: Resource) -> Iterator[Block]:
    """What says how the containers of a task share the machine: the task definition, or the tasks of a
    job.
    """
    if resource.type == TASK_DEFINITION:
        yield resource
    else:
        yield from _document(resource, "ecsProperties").list("taskProperties")
        for node in _document(resource, "nodeProperties").list("nodeRangeProperties"):
            yield from node.block("ecsProperties").list("taskProperties")


def _places(resource: Resource) -> Sequence[Callable[[], Iterator[Container]]]:
    """Where containers may stand; one whose content isn't known hides nothing of the others."""
    kind = canonical(resource.type)
    if kind == TASK_DEFINITION:
        return (
            lambda: map(Container, _parsed(resource, "containerDefinitions").list("containerDefinitions")),
        )
    if kind == CONTAINER_GROUP:
        return (lambda: _listed(resource, "containers"), lambda: _listed(resource, "initContainers"))
    pod = lambda: resource.block("eksProperties").block("podProperties")  # noqa: E731  (read when it is asked)
    return (
        lambda: map(Container, _parsed(resource, "containerProperties").list("containerProperties")),
        lambda: _of_tasks(_document(resource, "ecsProperties")),
        lambda: _listed(pod(), "containers"),
        lambda: _listed(pod(), "initContainers"),
        lambda: _of_nodes(_document(resource, "nodeProperties")),
    )


def _of_nodes(properties: Block) -> Iterator[Container]:
    for node in properties.list("nodeRangeProperties"):
        yield from map(Container, node.list("container"))
        yield from _of_tasks(node.block("ecsProperties"))
        pod = node.block("eksProperties").block("podProperties")
        yield from chain(_listed(pod, "containers"), _listed(pod, "initContainers"))


def _of_tasks(properties: Block) -> Iterator[Container]:
    for task in properties.list("taskProperties"):
        yield from map(Container, task.list("containers"))


def _listed(block: Block, key: str) -> Iterator[Container]:
    return (Container(each, _IN_CONTEXT) for each in block.list(key))


def _document(block: Block, key: str) -> Block:
    return _parsed(block, key).block(key)


def _parsed(block: Block, key: str) -> Block:
    """The block with the JSON text at `key` read. Raises Unread for text that isn't JSON."""
    value = block.raw(key)
    if not isinstance(value, str):
        return block
    read = _read(value)
    if read is None:
        raise Unread(block.node.urn, block.path_of(key), "isn't JSON that can be read")
    return Block(block.node, {key: read}, block.path)


@lru_cache(maxsize=1_024)
def _read(text: str) -> Any:
    """The list or mapping in a JSON text, which isn't to be changed; None if there is none."""
    try:
        found = _small(json.loads(text))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, (dict, list)) else None


def _small(value: Any) -> Any:
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {key[:1].lower() + key[1:]: _small(item) for key, item in items}
    if isinstance(value, list):
        return [_small(item) for item in cast("list[Any]", value)]
    return value
