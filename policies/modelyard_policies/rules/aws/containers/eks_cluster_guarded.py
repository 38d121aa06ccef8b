"""The API server of an EKS cluster answers inside the VPC only, its secrets are under a customer key, and who
does what is recorded.

EKS encrypts everything under a key of AWS's own by now; a customer key is what can be taken away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.addresses import internet
from modelyard_policies.aws.types import EKS_CLUSTER
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, each, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class ClusterLogs(Options):
    """What a cluster records."""

    rule: ClassVar[str] = "eks-cluster-guarded"
    log_types: tuple[str, ...] = option(
        words(),
        ("audit",),
        "Logs that a cluster has to write: of api, audit, authenticator, controllerManager and scheduler",
    )


RULE = Rule(
    id="eks-cluster-guarded",
    code="CT8",
    title="EKS clusters have a private endpoint, encrypted secrets and audit logs",
    severity=Severity.HIGH,
    resources=(EKS_CLUSTER,),
    options=ClusterLogs,
    why=(
        "A token that leaks is used from anywhere while the endpoint is public, and without audit logs "
        "nobody can tell what was done with it."
    ),
    mend=(
        "Set vpcConfig.endpointPublicAccess to false and endpointPrivateAccess to true, encryptionConfig to "
        "the cluster's key for secrets, and enabledClusterLogTypes to audit at least. Pipelines outside "
        "reach the API server by a VPN or a runner in the VPC."
    ),
    maps_to={
        "checkov": ["CKV_AWS_38", "CKV_AWS_39", "CKV_AWS_58", "CKV_AWS_37"],
        "security_hub": ["EKS.1", "EKS.3", "EKS.8"],
    },
    snippet="""\
aws.eks.Cluster(
    "training",
    role_arn=role.arn,
    vpc_config={
        "subnet_ids": [subnet.id],
        "endpoint_public_access": False,
        "endpoint_private_access": True,
    },
    encryption_config={"provider": {"key_arn": key.arn}, "resources": ["secrets"]},
    enabled_cluster_log_types=["api", "audit", "authenticator"],
)
""",
)


@RULE.check
def cluster_is_guarded(cluster: Resource, graph: GraphView) -> Iterator[Failure]:
    """Each of the three by itself."""
    yield from each((_endpoint, _secrets, _logs), lambda check: check(cluster, graph))


def _endpoint(cluster: Resource, graph: GraphView) -> Iterator[Failure]:
    """Unless it is told otherwise, EKS opens the endpoint, and to everybody (Amazon EKS API Reference,
    VpcConfigRequest, 2026-11).
    """
    network = cluster.block("vpcConfig")
    if network.has("endpointPublicAccess") and not network.is_true("endpointPublicAccess"):
        return
    ranges = network.raw("publicAccessCidrs")
    limited = isinstance(ranges, list) and ranges and not any(map(_is_the_internet, ranges))
    who = "addresses outside the VPC reach" if limited else "the whole internet reaches"
    yield network.failure(
        "endpointPublicAccess",
        f"is {network.shown('endpointPublicAccess')}: {who} the API server",
    )


def _is_the_internet(cidr: object) -> bool:
    return isinstance(cidr, str) and bool(internet(cidr))


def _secrets(cluster: Resource, graph: GraphView) -> Iterator[Failure]:
    encryption = cluster.block("encryptionConfig")
    encrypted = all_of(
        lambda: encryption.block("provider").has("keyArn"),
        lambda: some(encryption.strings("resources"), lambda kind: kind == "secrets"),
    )
    if not encrypted:
        yield encryption.failure("", "encrypts no secrets under a key of your own")


def _logs(cluster: Resource, graph: GraphView) -> Iterator[Failure]:
    def is_missing(kind: str) -> bool:
        return not some(cluster.strings("enabledClusterLogTypes"), lambda name: name == kind)

    missing = [kind for kind in graph.options(ClusterLogs).log_types if is_missing(kind)]
    if missing:
        yield cluster.failure("enabledClusterLogTypes", f"lacks {', '.join(missing)}")
