"""What a change of an environment on Azure does to what is there, and to jobs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from previewing import ROOT

from modelyard.environment.azure.spec import AzureEnvironment
from modelyard_preview.changes import Changes, compare
from modelyard_preview.changes.forcing import forces_replacement
from modelyard_preview.environment import Preview, run_environment
from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.registry import TYPES

With = Callable[..., AzureEnvironment]
PROGRAM = ROOT / "stacks" / "__main__.py"
TAKES_ITS_PLACE = "another cluster takes its place: what runs in the old one ends"


def changes(dev: Preview, environment: AzureEnvironment) -> Changes:
    """What brings azure-dev to another environment."""
    return compare(dev.graph, run_environment(environment, program=PROGRAM).graph, "before")


def kinds(found: Changes) -> dict[str, str]:
    """What happens, by the end of the resource's name."""
    return {
        change.urn.rpartition("::")[2].removeprefix("azure-dev-"): change.kind for change in found.resources
    }


def effects(found: Changes) -> list[tuple[str, str, str]]:
    return [(effect.subject, effect.severity, effect.message) for effect in found.jobs]


def test_more_nodes_are_noticed_by_no_job(dev: Preview, environment_with: With):
    found = changes(dev, environment_with("azure-dev", lambda f: f["compute"][1].update(max_nodes=3)))
    assert kinds(found)["cluster-gpu"] == "update"
    assert effects(found) == []


def test_another_size_is_another_cluster_and_ends_jobs(dev: Preview, environment_with: With):
    def change(fields: dict[str, Any]) -> None:
        fields["compute"][1].update(instance_type="Standard_NC8as_T4_v3")

    found = changes(dev, environment_with("azure-dev", change))
    assert kinds(found)["cluster-gpu"] == "replace"
    assert effects(found) == [("pool azure-dev-cluster-gpu in westeurope", "ends", TAKES_ITS_PLACE)]


def test_a_pool_that_goes_ends_its_jobs(dev: Preview, environment_with: With):
    found = changes(dev, environment_with("azure-dev", lambda f: f["compute"].pop(1)))
    assert kinds(found)["cluster-gpu"] == "delete"
    said = ("pool azure-dev-cluster-gpu in westeurope", "ends", "its cluster goes: what runs in it ends")
    assert said in effects(found)


def test_other_tags_replace_clusters_and_say_so(dev: Preview, environment_with: With):
    found = changes(dev, environment_with("azure-dev", lambda f: f.update(owner="somebody-else")))
    assert set(kinds(found).values()) == {"update"}
    message = "Azure changes a cluster's size alone: another takes its place, and what runs in it ends"
    ended = sorted(subject for subject, _, said in effects(found) if said == message)
    assert ended == [f"pool azure-dev-cluster-{name} in westeurope" for name in ("cpu", "gpu", "image-build")]


def test_where_the_network_goes_all_that_stands_on_it_goes(dev: Preview, environment_with: With):
    found = changes(dev, environment_with("azure-dev", lambda f: f["network"].update(cidr="10.48.0.0/20")))
    assert kinds(found)["network"] == "replace"
    assert kinds(found)["network-nodes"] in ("replace", "update")
    assert effects(found) == [
        (
            "VirtualNetwork azure-dev-network",
            "ends",
            "nodes stand on it: they have to go first, and their jobs end with them",
        )
    ]


def test_another_generation_is_refused_where_data_is_protected(prod: Preview, environment_with: With):
    environment = environment_with("azure-prod", lambda f: f.update(generation=2))
    found = compare(prod.graph, run_environment(environment, program=PROGRAM).graph, "before")
    refused = {change.type.rpartition(":")[2] for change in found.refused}
    assert {"StorageAccount", "Vault", "BackupVault"} <= refused


@pytest.mark.parametrize("handler", TYPES, ids=lambda handler: handler.type)
def test_what_makes_another_resource_is_what_the_sandboxs_provider_replaces(handler: type[ArmHandler]):
    fixed = {*re.findall(r"{(\w+)}", handler.path), *handler.fixed} - {"subscriptionId"}
    assert fixed
    kept = {name for name in fixed if not forces_replacement(handler.type, frozenset({name}))}
    assert kept == set()
    assert not forces_replacement(handler.type, frozenset({"tags", "properties"}))
