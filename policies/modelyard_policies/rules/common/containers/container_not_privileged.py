"""No container is the master of its machine: neither privileged, nor by a capability that comes to the
same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.containers import CONTAINERS, Container, describes_containers, each_container
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

MASTERLY: Final = frozenset({"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH"})
"""Capabilities by which a container takes over its machine: mounts and namespaces, modules, memory and disks
themselves, files outside of it by their handles (capabilities(7))."""

RULE = Rule(
    id="container-not-privileged",
    code="CT2",
    title="Containers don't run privileged",
    severity=Severity.HIGH,
    resources=CONTAINERS,
    why=(
        "A privileged container is root on its machine: one package that was tampered with reads the data of "
        "every other job there, and the credentials of the node's role."
    ),
    mend=(
        "Leave privileged out, and give the container what it lacks by name: for EFA the devices "
        "/dev/infiniband/uverbs*, for GPUs a resource requirement, for more shared memory "
        "linuxParameters.sharedMemorySize."
    ),
    maps_to={
        "checkov": ["CKV_AWS_334", "CKV_AWS_210", "CKV_K8S_16"],
        "security_hub": ["ECS.4"],
        "azure_policy": ["95edb821-ddaf-4404-9732-666045e056b4"],
        "mcsb": ["PV-2"],
    },
    snippet="""\
efa = "/dev/infiniband/uverbs0"
aws.batch.JobDefinition(
    "train",
    type="container",
    container_properties=json.dumps(
        {
            "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/training:1",
            "privileged": False,
            "linuxParameters": {
                "sharedMemorySize": 65536,
                "devices": [{"hostPath": efa, "containerPath": efa, "permissions": ["READ", "WRITE"]}],
            },
            "resourceRequirements": [
                {"type": "GPU", "value": "8"},
                {"type": "VCPU", "value": "96"},
                {"type": "MEMORY", "value": "1000000"},
            ],
        }
    ),
)
""",
)

RULE.applies(describes_containers)


@RULE.check
def none_is_privileged(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each container."""
    yield from each_container(resource, lambda container: each(FAULTS, lambda find: find(container)))


def _privileged(container: Container) -> Iterator[Failure]:
    if container.rights.is_true("privileged"):
        yield container.rights.failure("privileged", "is true")


def _capabilities(container: Container) -> Iterator[Failure]:
    for name in container.added_capabilities():
        if name.removeprefix("CAP_") in MASTERLY:
            yield container.block.failure("", f"adds the capability {name}, which comes to privileged")


FAULTS: Final = (_privileged, _capabilities)
