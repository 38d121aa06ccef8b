"""Answers of the metadata service don't get beyond the machine, into containers on it.

Where nothing is set, it can't be told: the account's default counts, then the image's, and images that
demand IMDSv2, such as Amazon Linux 2023's, set 2 (Amazon EC2 User Guide, "Order of precedence for instance
metadata options", 2026-11). A machine that leaves it to its launch template is judged with that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from modelyard_policies.aws.types import (
    INSTANCE,
    INSTANCE_METADATA_DEFAULTS,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
)
from modelyard_policies.errors import Unread
from modelyard_policies.options import Options, number, option
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class MetadataReach(Options):
    """How far answers may get."""

    rule: ClassVar[str] = "instance-metadata-hop-limit"
    hops: float = option(
        number(1),
        1.0,
        "Hops that an answer may take at most: 2 lets containers with a network of their own in",
    )


RULE = Rule(
    id="instance-metadata-hop-limit",
    code="CO2",
    title="Answers of the metadata service stay on the machine",
    severity=Severity.MEDIUM,
    resources=(
        LAUNCH_TEMPLATE,
        INSTANCE,
        SPOT_INSTANCE_REQUEST,
        LAUNCH_CONFIGURATION,
        INSTANCE_METADATA_DEFAULTS,
    ),
    options=MetadataReach,
    why="With two hops a container takes the node's credentials in place of its own.",
    mend="Set metadataOptions.httpPutResponseHopLimit to 1, and give containers roles of their own.",
    maps_to={"checkov": ["CKV_AWS_341"]},
    snippet="""\
aws.ec2.LaunchTemplate("node", metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 1})
""",
)

LIMIT: Final = "httpPutResponseHopLimit"
REPLACED: Final = frozenset({SPOT_INSTANCE_REQUEST, LAUNCH_CONFIGURATION})
"""What can't be changed, only made anew."""


@RULE.applies
def says_it_itself(machine: Resource, graph: GraphView) -> bool:
    """Whether it doesn't leave it to a launch template."""
    return machine.has("metadataOptions") or not machine.has("launchTemplate")


@RULE.check
def answers_stay(machine: Resource, graph: GraphView) -> Iterator[Failure]:
    """Without the service there are no answers."""
    options, most = _options(machine), graph.options(MetadataReach).hops
    if all_of(lambda: options.text("httpEndpoint") != "disabled", lambda: _hops(machine) > most):
        yield options.failure(LIMIT, f"is {options.shown(LIMIT)}, more than {most:g}")


@RULE.remedy
def keep_them(machine: Resource, graph: GraphView) -> Mapping[str, Any]:
    """Unset counts as too far here: 1 is right whatever the image says."""
    options, most = _options(machine), graph.options(MetadataReach).hops
    if machine.type in REPLACED or options.text("httpEndpoint") == "disabled":
        return {}
    set_to = options.number(LIMIT)
    fine = machine.type == INSTANCE_METADATA_DEFAULTS if set_to is None else set_to <= most
    return {} if fine else {options.path_of(LIMIT): int(most)}


def _options(machine: Resource) -> Block:
    return machine if machine.type == INSTANCE_METADATA_DEFAULTS else machine.block("metadataOptions")


def _hops(machine: Resource) -> float:
    hops = _options(machine).number(LIMIT)
    if hops is not None:
        return hops
    if machine.type == INSTANCE_METADATA_DEFAULTS:
        return -1  # no preference, as what is set to -1
    why = "is unset, so the account's default or the image decides"
    raise Unread(machine.urn, _options(machine).path_of(LIMIT), why)
