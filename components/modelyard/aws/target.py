"""The launch target of an environment, from what was built."""

from typing import Any

import pulumi

from modelyard.aws.encryption import Encryption
from modelyard.aws.gpu_cluster import GpuCluster
from modelyard.environment.spec import AwsEnvironment
from modelyard.environment.storage import ExistingS3Store
from modelyard.environment.target import Provisioned, launch_target


def target_json(environment: AwsEnvironment, keys: Encryption, cluster: GpuCluster) -> pulumi.Output[str]:
    """The target as JSON text (schema modelyard.target/1)."""
    known_later = pulumi.Output.all(
        queue_arns=cluster.queue_arns,
        repository_url=cluster.repository_url,
        job_role_arn=cluster.job_role_arn,
        execution_role_arn=cluster.execution_role_arn,
        log_group=cluster.log_group_name,
        datasets_key_arn=datasets_key_arn(environment, keys),
        checkpoints_key_arn=keys.key_arn("checkpoints"),
    )

    def build(known: dict[str, Any]) -> str:
        return launch_target(environment, Provisioned(**known)).model_dump_json(by_alias=True, indent=2)

    return known_later.apply(build)


def datasets_key_arn(environment: AwsEnvironment, keys: Encryption) -> pulumi.Input[str] | None:
    """Key of the dataset bucket: ours, the existing bucket's, or none."""
    datasets = environment.storage.datasets
    return datasets.kms_key_arn if isinstance(datasets, ExistingS3Store) else keys.key_arn("datasets")
