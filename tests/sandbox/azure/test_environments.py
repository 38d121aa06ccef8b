"""Programs on Azure brought up, changed, interrupted and taken down."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pulumi_azure_native as azure
import pytest
from azure_toys import COUNT, LOCATION, OTHER_LOCATION, Network, Options, Toy, a_group, counts, guarded

from modelyard_sandbox.azure.client import AzureCloud
from modelyard_sandbox.azure.groups import ResourceGroup
from modelyard_sandbox.azure.keyvault import Vault
from modelyard_sandbox.azure.quotas import API_VERSION, PATH, set_quota
from modelyard_sandbox.clouds import Account
from modelyard_sandbox.environments import Run, bring_up, standing, take_down
from modelyard_sandbox.errors import ImpossibleError, RealizationError, UnsupportedError


def test_a_second_up_changes_nothing_and_down_leaves_nothing(toy: Toy) -> None:
    first = toy.up(Network(toy))
    assert counts(first) == {"created": COUNT}
    assert first.outputs["blob"] == f"https://data{toy.digits}.blob.core.windows.net/"
    assert first.outputs["network"].startswith(
        f"{toy.group}/providers/Microsoft.Network/virtualNetworks/net"
    ), "a name that was left out is made up"
    assert standing(toy.sandbox)[toy.name] == COUNT
    found = toy.stands("storage:StorageAccount", resourceGroupName="rg", accountName=f"data{toy.digits}")
    assert found
    assert found["location"] == LOCATION, "the location is the program's, or the group's"
    second = toy.up(Network(toy))
    assert counts(second) == {"unchanged": COUNT}
    assert second.outputs == first.outputs
    down = toy.down()
    assert (down.deleted, down.remaining, down.others, down.notes) == (COUNT, (), (), ())
    assert toy.stands("resources:ResourceGroup", resourceGroupName="rg") is None
    assert toy.down().deleted == 0


def test_a_name_that_stays_taken_is_told_and_the_next_generation_comes_up(toy: Toy) -> None:
    toy.generation = 1
    toy.up(Network(toy))
    leftovers = toy.down().leftovers
    assert leftovers[0].startswith(f"the name of the key vault v{toy.digits}1 stays taken until 20")
    assert leftovers[1:] == (
        "the resource group NetworkWatcherRG with the network watchers that Azure made is Azure's own",
    )
    with pytest.raises(RealizationError) as refused:
        toy.up(Network(toy))
    lines = str(refused.value).splitlines()
    assert lines[0].startswith("azure-native:keyvault:Vault 'vault' (")
    assert lines[1] == (
        "  Microsoft.KeyVault/vaults:PUT answered ConflictError: A vault with the same name already exists in "
        "deleted state. You need to either recover or purge existing key vault."
    )
    assert lines[-1] == (
        "  mend: set the environment's field generation to 2 (it is 1), which ends the names that stay taken "
        "after a deletion; `up` again continues from here"
    )
    toy.generation = 2
    result = toy.up(Network(toy, generation=2))
    assert counts(result).keys() == {"created", "unchanged"}
    assert result.created + result.unchanged == COUNT
    assert toy.down().remaining == ()


def test_a_program_without_generations_is_told_to_give_another_name(toy: Toy) -> None:
    toy.up(Network(toy))
    toy.down()
    with pytest.raises(RealizationError) as refused:
        toy.up(Network(toy))
    assert str(refused.value).endswith(
        "  mend: give it another name, or recover or purge what was deleted; `up` again continues"
    )
    toy.down()


def test_changes_that_can_be_made_in_place_are_and_the_rest_is_deleted(toy: Toy) -> None:
    toy.up(Network(toy))
    result = toy.up(Network(toy, owner="you", containers=["one"]))
    assert counts(result) == {"updated": 2, "unchanged": COUNT - 3, "deleted": 1}
    found = toy.stands("resources:ResourceGroup", resourceGroupName="rg")
    assert found
    assert found["tags"] == {"owner": "you"}
    assert toy.down().remaining == ()


def test_another_way_to_write_a_location_replaces_nothing(toy: Toy) -> None:
    toy.up(lambda: a_group(location="West Europe"))
    assert counts(toy.up(lambda: a_group(location="westeurope"))) == {"updated": 1}
    toy.down()


def test_a_creation_cut_off_midway_is_taken_over(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Vault.create

    def cut_off(self: Vault, cloud: Any, inputs: Any, token: str) -> Any:
        made(self, cloud, inputs, token)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "create", cut_off)
        with pytest.raises(KeyboardInterrupt):
            toy.up(Network(toy))
    id_ = f"{toy.group}/providers/Microsoft.KeyVault/vaults/v{toy.digits}1"
    result = toy.up(Network(toy))
    assert result.notes == (
        (
            f"the creation of azure-native:keyvault:Vault 'vault' was interrupted: {id_} stands, and is "
            "finished or taken away now"
        ),
    ), "deleted, its name would stay taken"
    assert result.created + result.unchanged + result.updated == COUNT
    assert counts(toy.up(Network(toy))) == {"unchanged": COUNT}
    assert toy.down().remaining == ()


def test_a_creation_cut_off_before_its_call_had_made_nothing(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ResourceGroup, "make", cut_off)
        with pytest.raises(KeyboardInterrupt):
            toy.up(a_group)
    nothing = (
        "the creation of azure-native:resources:ResourceGroup 'group' was interrupted: it had made nothing"
    )
    down = toy.down()
    assert (down.deleted, down.notes) == (0, (nothing,))
    with monkeypatch.context() as patch:
        patch.setattr(ResourceGroup, "make", cut_off)
        with pytest.raises(KeyboardInterrupt):
            toy.up(a_group)
    # Somebody else makes one of that name meanwhile: it isn't taken over.
    ResourceGroup().create(toy.cloud, {"resourceGroupName": "rg", "location": LOCATION})
    with pytest.raises(RealizationError, match="cannot create already existing resource"):
        toy.up(a_group)
    assert toy.down().others == (f"azure-native:resources:ResourceGroup {toy.group} ({toy.subscription})",)


def test_a_killed_up_can_be_taken_down(toy: Toy, tmp_path: Path) -> None:
    program = tmp_path / "__main__.py"
    program.write_text(
        "import os, signal\n"
        "import pulumi_azure_native as azure\n"
        "group = azure.resources.ResourceGroup('group', resource_group_name='rg')\n"
        "table = azure.network.RouteTable('routes', resource_group_name=group.name)\n"
        "table.etag.apply(lambda _: os.kill(os.getpid(), signal.SIGKILL))\n"
    )
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from modelyard_sandbox.clouds import Account\n"
        "from modelyard_sandbox.environments import Run, bring_up\n"
        "from modelyard_sandbox.sandbox import Sandbox\n"
        "directory, program, name, subscription = sys.argv[1:]\n"
        "path = Path(program)\n"
        "run = Run(path, 'toy', name, {}, path.parent, Account('azure', subscription, 'westeurope'))\n"
        "bring_up(run, Sandbox(Path(directory)))\n"
    )
    arguments = [str(toy.sandbox.directory), str(program), toy.name, toy.subscription]
    killed = subprocess.run([sys.executable, "-c", script, *arguments], check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert toy.stands("resources:ResourceGroup", resourceGroupName="rg")
    down = toy.down()
    assert (down.deleted, down.remaining, down.others) == (2, (), ())


def test_a_provider_says_subscription_and_location(toy: Toy) -> None:
    other = toy.subscription.replace("-0001-", "-0002-")

    def program() -> None:
        provider = azure.Provider("there", subscription_id=other, location=OTHER_LOCATION)
        azure.resources.ResourceGroup("there", resource_group_name="rg", opts=Options(provider=provider))
        a_group()

    toy.up(program)
    here = toy.stands("resources:ResourceGroup", resourceGroupName="rg")
    assert here
    assert here["location"] == LOCATION
    group = f"/subscriptions/{other}/resourceGroups/rg"
    there = ResourceGroup().read(AzureCloud(toy.cloud.endpoint, other), group, {})
    assert there
    assert there["location"] == OTHER_LOCATION
    assert counts(toy.up(program)) == {"unchanged": 2}
    assert (toy.down().deleted, toy.down().remaining) == (2, ())


def test_all_that_the_sandbox_does_not_know_is_said_before_anything_is_created(toy: Toy) -> None:
    def program() -> None:
        a_group()
        azure.network.ApplicationGateway("gate", resource_group_name="rg")
        azure.network.RouteTable("routes", resource_group_name="rg", id="own")

    with pytest.raises(UnsupportedError) as refused:
        toy.up(program)
    text = str(refused.value)
    assert "the sandbox has no azure-native:network:ApplicationGateway" in text
    assert "the sandbox's azure-native:network:RouteTable does not know the input id\n" in text
    assert "mend: leave the input out, or teach it to the handler in sandbox/modelyard_sandbox/azure" in text
    assert text.endswith("nothing was created")
    assert toy.stands("resources:ResourceGroup", resourceGroupName="rg") is None
    with pytest.raises(UnsupportedError, match="no environment 'china': it plays Azure's public cloud"):
        toy.up(lambda: azure.Provider("there", environment="china"))


def test_a_refusal_names_the_property_and_up_again_continues(toy: Toy) -> None:
    with pytest.raises(RealizationError) as refused:
        toy.up(guarded([{"protocol": "Bogus"}]))
    lines = str(refused.value).splitlines()
    assert lines[0].startswith("azure-native:network:NetworkSecurityGroup 'guard' (")
    assert "    property: securityRules[0].protocol" in lines, "\n".join(lines)
    assert lines[-3:] == [
        "  done: 1 created",
        "  nothing else was missing",
        "  mend: mend the cause; `up` again continues from here, and `down` takes away what stands",
    ]
    assert counts(toy.up(guarded([{"priority": 100}]))) == {"created": 1, "unchanged": 1}
    toy.down()


def test_environments_of_both_clouds_stand_side_by_side(toy: Toy) -> None:
    import pulumi_aws as aws

    on_aws = Account("aws", toy.digits, "eu-central-1")
    run = Run(
        lambda: aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16"), "toy", f"aws{toy.digits}", {}, toy.root, on_aws
    )
    bring_up(run, toy.sandbox)
    toy.up(a_group)
    both = {name: count for name, count in standing(toy.sandbox).items() if toy.digits in name}
    assert both == {f"aws{toy.digits}": 1, toy.name: 1}
    assert (toy.down().deleted, toy.down().others) == (1, ())
    down = take_down(f"aws{toy.digits}", on_aws, toy.sandbox)
    assert (down.deleted, down.remaining, down.others, down.leftovers) == (1, (), (), ())


def test_an_environment_that_stands_in_another_subscription_is_not_taken_for_one_of_this(toy: Toy) -> None:
    toy.up(a_group)
    first = toy.subscription
    toy.subscription = first.replace("-0001-", "-0003-")
    with pytest.raises(ImpossibleError) as refused:
        toy.up(a_group)
    assert str(refused.value) == (
        f"{toy.name} stands in the subscription {first}, and its environment names {toy.subscription} now\n"
        "  mend: name the old subscription, take it down, and bring it up in the new one"
    )
    toy.subscription = first
    assert toy.down().deleted == 1


def test_data_sources_know_who_asks(toy: Toy) -> None:
    def program() -> None:
        pulumi.export("subscription", azure.authorization.get_client_config().subscription_id)

    assert toy.up(program).outputs["subscription"] == toy.subscription


def test_quotas_of_a_subscription_can_be_set(toy: Toy) -> None:
    family = "Standard NCASv3_T4 Family"
    set_quota(toy.cloud, LOCATION, family, 16)
    path = PATH.format(subscription=toy.subscription, location=LOCATION, family=family)
    assert toy.cloud.get(path, API_VERSION)["properties"]["limit"]["value"] == 16
