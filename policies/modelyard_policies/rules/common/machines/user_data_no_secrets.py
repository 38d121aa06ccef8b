"""User data holds no secrets, nor does custom data on Azure.

It is looked for in what user data is made of: base64, gzip, the parts of a MIME message and the files that
cloud-init writes. What is found is named by its kind only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.types import (
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
)
from modelyard_policies.aws.user_data import texts
from modelyard_policies.azure import machines as azure
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each, some
from modelyard_policies.rule import Rule, Severity
from modelyard_policies.secrets import secret_kind

RULE = Rule(
    id="user-data-no-secrets",
    code="CO8",
    title="User data holds no secrets",
    severity=Severity.HIGH,
    resources=(LAUNCH_TEMPLATE, INSTANCE, SPOT_INSTANCE_REQUEST, LAUNCH_CONFIGURATION, *azure.MACHINES),
    why=(
        "Every process on the machine reads it from the metadata service, or from the disk; so does everyone "
        "who may describe instances, launch templates or virtual machines."
    ),
    mend=(
        "Keep the secret in Secrets Manager, Parameter Store or a key vault, and fetch it with the machine's "
        "role or identity when it starts; change the secret, as versions of launch templates keep it."
    ),
    maps_to={"checkov": ["CKV_AWS_46"]},
    snippet="""\
aws.ec2.Instance(
    "node",
    ami="ami-0123456789abcdef0",
    instance_type="m7i.large",
    subnet_id=subnet.id,
    iam_instance_profile="nodes",
    user_data=(
        "#!/bin/bash\\n"
        "WANDB_API_KEY=$(aws ssm get-parameter --name /nodes/wandb --with-decryption"
        " --query Parameter.Value --output text)\\n"
    ),
)
""",
)

KEYS: Final = ("userData", "userDataBase64")


@RULE.applies
def has_user_data(machine: Resource, graph: GraphView) -> bool:
    """Whether anything is run when it starts."""
    return some(_places(machine), lambda place: place[0].has(place[1]))


@RULE.check
def nothing_secret_is_seen(machine: Resource, graph: GraphView) -> Iterator[Failure]:
    """The first kind of secret that is seen in each."""

    def judge(place: tuple[Block, str]) -> Iterator[Failure]:
        holder, key = place
        # Many machines are started with the same.
        kind = graph.once(_kind_of_secret, holder.text(key))
        if kind:
            yield holder.failure(key, f"holds {kind}")

    yield from each(_places(machine), judge)


def _kind_of_secret(graph: GraphView, user_data: str) -> str | None:
    return next(filter(None, map(secret_kind, texts(user_data))), None)


def _places(machine: Resource) -> Iterator[tuple[Block, str]]:
    """Where it may stand."""
    if canonical(machine.type) not in azure.MACHINES:
        yield from ((machine, key) for key in KEYS)
        return
    made = azure.profile(machine)
    yield made, "userData"
    yield made.block("osProfile"), "customData"
