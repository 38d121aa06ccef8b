"""azure-dev and azure-prod under the real engine, from nothing to nothing and back, in a sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from previewing import ROOT
from rehearsing import Rehearsal, rehearse_stack

from modelyard.environment.load import load_environment
from modelyard.environment.only import is_azure
from modelyard.outputs.azure import TARGET_DEPLOYMENT, AzureLaunchTarget
from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

RESOURCES = "2021-04-01"
PACK = ("--policy-pack", str(ROOT / "policies"))
TAKEN = "A vault with the same name already exists in deleted state"


@pytest.fixture
def dev(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_stack(engine, tmp_path, "azure-dev") as rehearsal:
        yield rehearsal


@pytest.fixture
def prod(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_stack(engine, tmp_path, "azure-prod") as rehearsal:
        yield rehearsal


def cloud(rehearsal: Rehearsal) -> AzureCloud:
    """The environment's subscription, as anybody but Pulumi sees it."""
    environment = load_environment(rehearsal.stack, root=rehearsal.project)
    assert is_azure(environment)
    status = rehearsal.sandbox.status()
    assert status.azure_endpoint is not None
    return AzureCloud(status.azure_endpoint, environment.subscription_id)


def standing(rehearsal: Rehearsal) -> list[str]:
    """Ids of what lies in the subscription's groups, but for the network watchers that Azure keeps."""
    subscription = cloud(rehearsal)
    path = f"/subscriptions/{subscription.subscription_id}/resources"
    found = [each["id"] for each in subscription.get(path, RESOURCES)["value"]]
    return [id_ for id_ in found if "/networkwatchers/" not in id_.lower()]


def edit(rehearsal: Rehearsal, *changes: tuple[str, str]) -> None:
    """Change the stack's file."""
    file = rehearsal.project / "stacks" / f"Pulumi.{rehearsal.stack}.yaml"
    text = file.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text)


def target_of(rehearsal: Rehearsal) -> AzureLaunchTarget:
    """The target by the stack's outputs."""
    return AzureLaunchTarget.model_validate_json(rehearsal.outputs()["launch_target"])


def published(rehearsal: Rehearsal, group: str) -> Any:
    """The target as who may read the group finds it."""
    subscription = cloud(rehearsal)
    place = f"/subscriptions/{subscription.subscription_id}/resourceGroups/{group}"
    path = f"{place}/providers/Microsoft.Resources/deployments/{TARGET_DEPLOYMENT}"
    outputs = subscription.get(path, RESOURCES)["properties"]["outputs"]
    return json.loads(outputs["launch_target"]["value"])


@pytest.mark.slow
def test_azure_dev_comes_up_stays_as_it_is_goes_and_comes_again(dev: Rehearsal) -> None:
    preview = dev.must("preview", *PACK)
    assert "[mandatory]" not in preview
    dev.up()
    dev.up("--expect-no-changes")
    dev.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    target = target_of(dev)
    assert published(dev, "azure-dev-westeurope") == json.loads(target.model_dump_json(by_alias=True))
    assert [pool.name for pool in target.pools] == ["cpu", "gpu"]

    assert " deleted" in dev.must("destroy", "--yes", "--skip-preview")
    assert standing(dev) == []
    assert TAKEN in dev.fails("up", "--yes", "--skip-preview")
    edit(dev, ("    regions:\n", "    generation: 2\n    regions:\n"))
    dev.up()
    again = target_of(dev)
    assert again.stores.checkpoints.uri != target.stores.checkpoints.uri
    assert dev.must("destroy", "--yes", "--skip-preview")
    assert standing(dev) == []


@pytest.mark.slow
def test_a_pool_of_another_size_is_replaced_and_all_else_of_azure_dev_is_changed_in_place(
    dev: Rehearsal,
) -> None:
    dev.up()
    before = target_of(dev).pools
    edit(
        dev,
        ("Standard_D16ds_v5", "Standard_D32ds_v5"),
        ("noncurrent_retention_days: 14", "noncurrent_retention_days: 21"),
        ("monthly_usd: 2000", "monthly_usd: 2500"),
    )
    said = dev.up()
    assert "1 replaced" in said
    assert not re.search(r"\d+ (created|deleted)\b", said)
    after = target_of(dev).pools
    assert after[0].instance_type == "Standard_D32ds_v5"
    assert after[0].compute_name != before[0].compute_name
    assert after[1] == before[1]
    dev.up("--expect-no-changes")


@pytest.mark.slow
def test_azure_prod_comes_up_in_two_regions_is_protected_and_can_be_left_and_built_anew(
    prod: Rehearsal,
) -> None:
    preview = prod.must("preview", *PACK)
    assert "[mandatory]" not in preview
    prod.up()
    prod.up("--expect-no-changes")
    prod.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    primary, recovery = published(prod, "azure-prod-westus3"), published(prod, "azure-prod-eastus")
    assert primary["recovery_target"]["resource_group"] == "azure-prod-eastus"
    assert recovery["recovery"]
    assert recovery["registry"] == primary["registry"]

    refused = prod.fails("destroy", "--yes")
    assert "cannot be deleted\n    because it is protected" in refused
    assert len(standing(prod)) > 100
    prod.must("state", "unprotect", "--all", "--yes")
    edit(prod, ("stage: production", "stage: development"), ("delete_lock: true", "delete_lock: false"))
    prod.up()
    # What is deleted can be brought back for a while, and until then the vault stays.
    assert "UserErrorVaultNotEmpty" in prod.fails("destroy", "--yes", "--skip-preview")
    assert any(id_.endswith("/azure-prod-backup-ulurqn1") for id_ in standing(prod))
    prod.sandbox.clock(timedelta(days=15))
    prod.must("destroy", "--yes", "--skip-preview")
    assert standing(prod) == []
    edit(prod, ("    regions:\n", "    generation: 2\n    regions:\n"))
    prod.up()
    prod.up("--expect-no-changes")
