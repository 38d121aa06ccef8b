"""One program with stores on both clouds under the real engine: up, again, and gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from arming import SUBSCRIPTION, TENANT, standing
from rehearsing import ACCOUNT, REGION, Rehearsal, rehearse_toy

from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

BUCKET = f"dev-checkpoints-{ACCOUNT}-{REGION}"
BLOBS = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training"
    "/providers/Microsoft.Storage/storageAccounts/bothcheckpoints01"
)
PROGRAM = f"""
import pulumi
import pulumi_aws as aws
from pulumi_azure_native import resources

from modelyard.aws.storage import Storage as Buckets
from modelyard.azure.encryption import Encryption
from modelyard.azure.storage import Storage as Accounts

TAGS = {{"owner": "me"}}

key = aws.kms.Key("key", description="checkpoints", enable_key_rotation=True, tags=TAGS)
buckets = Buckets(
    "on-aws",
    {{
        "environment": "dev",
        "account_id": "{ACCOUNT}",
        "region": "{REGION}",
        "buckets": {{"checkpoints": {{"key_arn": key.arn, "noncurrent_retention_days": 14}}}},
        "tags": TAGS,
    }},
)

group = resources.ResourceGroup("group", resource_group_name="training", location="westeurope")
place = {{"resource_group_name": group.name, "location": "westeurope", "tags": TAGS}}
keys = Encryption(
    "keys",
    {{
        **place,
        "vault_name": "kv-both-01",
        "tenant_id": "{TENANT}",
        "subscription_id": "{SUBSCRIPTION}",
        "purposes": ["checkpoints"],
        "identities": {{"checkpoints": "dev-checkpoints"}},
    }},
)
accounts = Accounts(
    "on-azure",
    {{
        **place,
        "subscription_id": "{SUBSCRIPTION}",
        "accounts": {{
            "checkpoints": {{
                "account_name": "bothcheckpoints01",
                "containers": ["checkpoints"],
                "key_vault_uri": keys.vault_uri,
                "key_name": "checkpoints",
                "identity_id": keys.identity_ids["checkpoints"],
                "deleted_retention_days": 14,
                "redundancy": "zrs",
            }}
        }},
    }},
)
pulumi.export("bucket", buckets.bucket_names["checkpoints"])
pulumi.export("account", accounts.account_ids["checkpoints"])
"""


@pytest.fixture
def both(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        rehearsal.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        (rehearsal.project / "__main__.py").write_text(PROGRAM)
        yield rehearsal


def test_stores_on_both_clouds_come_up_together_stay_as_they_are_and_go(both: Rehearsal) -> None:
    both.up()
    assert both.outputs() == {"bucket": BUCKET, "account": BLOBS}
    buckets = both.client("s3").list_buckets()["Buckets"]
    assert BUCKET in {bucket["Name"] for bucket in buckets}
    azure = AzureCloud(both.sandbox.must_run().azure_endpoint, SUBSCRIPTION)
    assert BLOBS in {id_ for _, id_ in standing(azure)}

    both.up("--expect-no-changes")
    both.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")

    both.must("destroy", "--yes", "--skip-preview")
    assert both.state() == {}
    assert standing(azure) == []
    assert both.client("s3").list_buckets()["Buckets"] == []
