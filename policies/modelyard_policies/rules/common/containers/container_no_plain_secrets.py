"""Environment variables and commands of containers hold no secrets in plain text.

Judged are values that have the form of a secret, and literal values of variables whose name says that they
are secret. What only says where a secret is kept (an ARN, a path, an address) is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.containers import CONTAINERS, Container, describes_containers, each_container
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity
from modelyard_policies.secrets import secret_kind

RULE = Rule(
    id="container-no-plain-secrets",
    code="CT3",
    title="Containers are given no secrets in plain text",
    severity=Severity.HIGH,
    resources=CONTAINERS,
    why=(
        "Whoever may describe a task or a job reads its environment, and so do logs, consoles and every "
        "revision that is kept."
    ),
    mend=(
        "Put the secret into Secrets Manager or Parameter Store and name it in the container's secrets, on "
        "Azure into a secureValue; then replace the secret, as it has been seen."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_235", "CKV_K8S_35"],
        "security_hub": ["ECS.8"],
    },
    snippet="""\
aws.batch.JobDefinition(
    "train",
    type="container",
    container_properties=json.dumps(
        {
            "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/training:1",
            "executionRoleArn": "arn:aws:iam::123456789012:role/jobs",
            "environment": [{"name": "WANDB_MODE", "value": "online"}],
            "secrets": [
                {
                    "name": "WANDB_API_KEY",
                    "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:wandb-AbCdEf",
                }
            ],
            "resourceRequirements": [{"type": "VCPU", "value": "4"}, {"type": "MEMORY", "value": "16000"}],
        }
    ),
)
""",
)

RULE.applies(describes_containers)


@RULE.check
def nothing_secret_is_plain(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each variable by itself, and the words of each command."""
    yield from each_container(resource, lambda container: each(FAULTS, lambda find: find(container)))


def _in_variables(container: Container) -> Iterator[Failure]:
    yield from each(container.variables(), _in_variable)


def _in_variable(variable: Block) -> Iterator[Failure]:
    value = variable.text("value")
    kind = secret_kind(value) or secret_kind(f'{variable.text("name")}="{value.translate(NO_QUOTES)}"')
    if kind:
        yield variable.failure("value", f"holds {kind} in plain text")


def _in_words(container: Container) -> Iterator[Failure]:
    kind = secret_kind(" ".join(container.words()))
    if kind:
        yield container.block.failure("", f"its command holds {kind} in plain text")


NO_QUOTES: Final = str.maketrans('"\\\n', "   ")
FAULTS: Final = (_in_variables, _in_words)
