"""The launch target of an environment, from what was built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.environment.aws.target import Provisioned, launch_target
from modelyard.outputs import FileSystemTarget

if TYPE_CHECKING:
    from modelyard.aws.center.region import Region


def target_json(environment: AwsEnvironment, region: Region) -> pulumi.Output[str]:
    """The target of one region as JSON text (schema modelyard.target/1)."""
    cluster, site = region.cluster, region.site
    known_later = pulumi.Output.all(
        queue_arns=cluster.queue_arns,
        repository_url=cluster.repository_url,
        job_role_arn=cluster.job_role_arn,
        execution_role_arn=cluster.execution_role_arn,
        supervisor_role_arn=cluster.supervisor_role_arn,
        submitter_policy_arns=cluster.submitter_policy_arns,
        log_group=cluster.log_group_name,
        datasets_key_arn=region.datasets_key_arn,
        checkpoints_key_arn=region.keys.key_arn("checkpoints"),
        file_systems=_file_systems(region),
    )

    def build(known: dict[str, Any]) -> str:
        known["file_systems"] = [FileSystemTarget(**each) for each in known["file_systems"]]
        target = launch_target(environment, Provisioned(**known), site)
        return target.model_dump_json(by_alias=True, indent=2)

    return known_later.apply(build)


def _file_systems(region: Region) -> list[dict[str, pulumi.Input[str]]]:
    lustre: list[dict[str, pulumi.Input[str]]] = [
        {"name": name, "kind": "fsx_lustre", "dns_name": made.dns_name, "mount_name": made.mount_name}
        for name, made in region.lustre.items()
    ]
    elastic: list[dict[str, pulumi.Input[str]]] = [
        {"name": name, "kind": "efs", "dns_name": made.dns_name} for name, made in region.elastic.items()
    ]
    return [*lustre, *elastic]
