"""Containers change nothing of their image, and see neither processes nor memory of their machine.

Tasks for Windows have no read-only root (Amazon ECS API Reference, ContainerDefinition, 2026-11). Container
groups on Azure have neither setting.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.types import JOB_DEFINITION, TASK_DEFINITION
from modelyard_policies.containers import Container, describes_containers, each_container, tasks
from modelyard_policies.reading import Block, Failure, GraphView, Resource, any_of, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="container-read-only-root",
    code="CT4",
    title="Containers have a read-only root, and see no processes or memory of their machine",
    severity=Severity.MEDIUM,
    resources=(TASK_DEFINITION, JOB_DEFINITION),
    why=(
        "What runs in a container for a minute can't stay in it, nor look at other jobs: their processes "
        "show arguments and environment to whoever shares the machine's namespace."
    ),
    mend=(
        "Set readonlyRootFilesystem to true. What a training job writes goes to volumes mounted for it: /tmp "
        "and caches (HF_HOME, TRITON_CACHE_DIR) on a volume without a name of its own or on the machine's "
        "scratch disks, on EC2 also linuxParameters.tmpfs. Leave pidMode and ipcMode at task; for the shared "
        "memory of PyTorch's data loaders set linuxParameters.sharedMemorySize."
    ),
    maps_to={
        "checkov": ["CKV_AWS_336", "CKV_AWS_335"],
        "security_hub": ["ECS.5", "ECS.3"],
        "azure_policy": ["df49d893-a74c-421d-bc95-c663042e5b80", "47a1ee2f-2a2a-4576-bf2a-e0e36709c2b8"],
        "mcsb": ["PV-2"],
    },
    snippet="""\
aws.batch.JobDefinition(
    "train",
    type="container",
    container_properties=json.dumps(
        {
            "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/training:1",
            "readonlyRootFilesystem": True,
            "volumes": [{"name": "scratch", "host": {"sourcePath": "/scratch"}}],
            "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/scratch"}],
            "linuxParameters": {"tmpfs": [{"containerPath": "/tmp", "size": 4096}]},
            "environment": [{"name": "HF_HOME", "value": "/scratch/hf"}],
            "resourceRequirements": [{"type": "VCPU", "value": "4"}, {"type": "MEMORY", "value": "16000"}],
        }
    ),
)
""",
)

READ_ONLY: Final = ("readonlyRootFilesystem", "readOnlyRootFilesystem", "readOnlyRootFileSystem")
"""As ECS and Batch write it, as Kubernetes does, and as Pulumi does for it. Unset means false in all."""

RULE.applies(describes_containers)


@RULE.check
def containers_are_shut_in(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the root of each container, and what each task shares."""
    yield from each((_roots, _shared), lambda find: find(resource))


def _roots(resource: Resource) -> Iterator[Failure]:
    if not _is_windows(resource):
        yield from each_container(resource, _root)


def _root(container: Container) -> Iterator[Failure]:
    rights = container.rights
    if _is_windows(container.block):
        return
    if not any_of(*(lambda key=key: rights.is_true(key) for key in READ_ONLY)):
        key = READ_ONLY[2] if container.context else READ_ONLY[0]
        yield rights.failure(key, f"is {rights.shown(key)}, so the container can change its image")


def _is_windows(described: Block) -> bool:
    """As a task of ECS, or a job of Batch by its container, says."""
    return described.block("runtimePlatform").text("operatingSystemFamily").upper().startswith("WINDOWS")


def _shared(resource: Resource) -> Iterator[Failure]:
    yield from each(
        tasks(resource),
        lambda task: each(("pidMode", "ipcMode"), lambda key: _is_own(task, key)),
    )


def _is_own(task: Block, key: str) -> Iterator[Failure]:
    if task.text(key).lower() == "host":
        yield task.failure(key, "is host")
