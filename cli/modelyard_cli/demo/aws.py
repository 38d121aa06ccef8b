"""The demo's way on AWS: the job trains on two processes of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from modelyard.environment.only import aws_only
from modelyard_cli.demo.checkpoint import Checkpoint, examine
from modelyard_launcher.clouds import on_azure

if TYPE_CHECKING:
    from modelyard.environment.clouds import Environment
    from modelyard.outputs import LaunchTarget
    from modelyard_launcher.clouds import AnyTarget
    from modelyard_launcher.records import RunRecord
    from modelyard_launcher.target import Place
    from modelyard_sandbox.sandbox import Sandbox


class AwsWay:
    """AWS, as Way says."""

    environment_name = "dev"
    stand_in = "AWS"
    backend = "local"
    trains = "trains on two processes"
    dataset_place = "the dataset bucket"

    def check_machine(self) -> None:
        """Nothing: Python's packages do it all."""

    def prepare(self, sandbox: Sandbox, environment: Environment) -> list[str]:
        """Nothing: buckets hold objects as they are."""
        del sandbox, environment
        return []

    def variables(self, sandbox: Sandbox, environment: Environment) -> Mapping[str, str]:
        """Those of the account."""
        own = aws_only(environment, "the demo's way on AWS")
        return sandbox.environment_variables(own.account_id, own.regions.primary)

    def datasets_uri(self, target: AnyTarget) -> str:
        """The dataset bucket."""
        return _of_aws(target).stores.datasets.uri

    def examine(self, sandbox: Sandbox, place: Place, target: AnyTarget, record: RunRecord) -> Checkpoint:
        """By S3's own answers."""
        del place
        known = _of_aws(target)
        store = known.stores.checkpoints
        s3: Any = sandbox.client("s3", known.region)
        bucket = urlsplit(store.uri).netloc

        def read(key: str) -> bytes:
            return s3.get_object(Bucket=bucket, Key=key)["Body"].read()

        def key_of(key: str) -> str:
            return str(s3.head_object(Bucket=bucket, Key=key).get("SSEKMSKeyId", "none"))

        return examine(read, key_of, store.uri, record.run_id, store.kms_key_arn)


def _of_aws(target: AnyTarget) -> LaunchTarget:
    assert not on_azure(target)  # noqa: S101 (the demo's environment is on AWS)
    return target
