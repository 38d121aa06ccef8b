"""The rights of the deploy role, in policies of one subject each."""

from __future__ import annotations

from modelyard.planning.arns import bucket_arn
from modelyard.planning.policies.document import document
from modelyard_cli.bootstrap.naming import Naming
from modelyard_cli.bootstrap.rights import compute, data, identity, network
from modelyard_cli.bootstrap.rights.scope import Grant, Scope


def deploy_grants(naming: Naming) -> dict[str, list[Grant]]:
    """The grants of each policy: what `pulumi up`, `refresh` and `destroy` of an environment take.

    Worked out from the types of resources that components/modelyard/aws registers, with what the AWS provider
    calls to make, read, change and delete them (its internal/service/*, and the Service Authorization
    Reference, both 2026-11). It has never run against a real account.
    """
    scope = Scope(naming)
    return {
        "state": state_grants(naming),
        "network": network.grants(scope),
        "stores": [*data.bucket_grants(scope), *data.file_system_grants(scope)],
        "keys": [*data.key_grants(scope), *data.backup_grants(scope)],
        "compute": [*compute.batch_grants(scope), *compute.doctor_grants(scope)],
        "monitoring": [*compute.monitoring_grants(scope), *compute.money_grants(scope)],
        "identity": identity.grants(scope),
    }


def deploy_policies(naming: Naming) -> dict[str, str]:
    """The document of each policy, by its part of the name."""
    return {
        part: document([grant.statement() for grant in grants])
        for part, grants in deploy_grants(naming).items()
    }


def state_grants(naming: Naming) -> list[Grant]:
    """What Pulumi does with its state and its secrets. Deleting an object leaves its versions."""
    buckets = [bucket_arn(naming.state_bucket(region)) for region in naming.regions]
    keys = Scope(naming).all_of("kms", "key/*")
    return [
        Grant("ListState", (), ["s3:GetBucketLocation", "s3:ListBucket"], buckets),
        Grant(
            "ReadAndWriteState",
            (),
            ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            [f"{bucket}/*" for bucket in buckets],
        ),
        Grant(
            "UseStateKey",
            (),
            ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
            keys,
            {"ForAnyValue:StringEquals": {"kms:ResourceAliases": naming.key_alias}},
        ),
    ]
