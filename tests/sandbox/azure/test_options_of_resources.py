"""What the options of resources do in a sandbox: what is replaced, ignored, left, taken over, protected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi_azure_native as azure
import pytest
from azure_toys import COUNT, LOCATION, OTHER_LOCATION, Network, Options, Toy, a_group, counts, guarded

from modelyard_sandbox.azure.groups import ResourceGroup
from modelyard_sandbox.azure.registry import handler_of
from modelyard_sandbox.errors import ImpossibleError, RealizationError


def test_what_an_option_says_is_replaced_and_what_lies_in_it_as_well(toy: Toy) -> None:
    before = toy.up(Network(toy)).outputs["network"]
    result = toy.up(Network(toy, range="10.1.0.0/16", subnet="10.1.0.0/24"))
    assert counts(result) == {"replaced": 2, "unchanged": COUNT - 2}
    after = result.outputs["network"]
    assert before != after
    networks = handler_of("azure-native:network:VirtualNetwork")
    assert networks.list_ids(toy.cloud) == [after], "the old one is gone"
    assert toy.down().remaining == ()


def test_what_has_the_same_name_goes_first_with_what_is_made_from_its_name(toy: Toy) -> None:
    toy.up(Network(toy))
    result = toy.up(Network(toy, account_location=OTHER_LOCATION))
    assert counts(result) == {"replaced": 3, "unchanged": COUNT - 3}
    found = toy.stands("storage:StorageAccount", resourceGroupName="rg", accountName=f"data{toy.digits}")
    assert found
    assert found["location"] == OTHER_LOCATION
    for name in ("one", "two"):
        container = {"accountName": f"data{toy.digits}", "containerName": name}
        assert toy.stands("storage:BlobContainer", resourceGroupName="rg", **container), name
    assert counts(toy.up(Network(toy, account_location=OTHER_LOCATION))) == {"unchanged": COUNT}
    assert toy.down().remaining == ()


@pytest.mark.parametrize(
    ("path", "word"),
    [("securityRules[*].priority", "replaced"), ("securityRules[1].priority", "updated"), ("*", "replaced")],
)
def test_a_path_of_an_option_tells_which_changes_replace(toy: Toy, path: str, word: str) -> None:
    options = {"replace_on_changes": [path], "delete_before_replace": True}
    toy.up(guarded([{"priority": 100}], **options))
    assert counts(toy.up(guarded([{"priority": 200}], **options))) == {word: 1, "unchanged": 1}
    toy.down()


def test_a_replacement_under_the_same_name_that_is_to_stand_beside_the_old_is_refused(toy: Toy) -> None:
    options = {"replace_on_changes": ["securityRules"], "delete_before_replace": False}
    toy.up(guarded([{"priority": 100}], **options))
    for _ in range(2):
        with pytest.raises(
            RealizationError, match="cannot create already existing resource '/subscriptions/"
        ):
            toy.up(guarded([{"priority": 200}], **options))
    assert counts(toy.up(guarded([{"priority": 100}], **options))) == {"unchanged": 2}, "the old one stands"
    assert toy.down().deleted == 2


@pytest.mark.parametrize("path", ["securityRules[*].priority", "securityRules[0]", "securityRules"])
def test_a_path_of_an_option_tells_what_stays_as_it_was(toy: Toy, path: str) -> None:
    toy.up(guarded([{"priority": 100}]))
    assert counts(toy.up(guarded([{"priority": 200}], ignore_changes=[path]))) == {"unchanged": 2}
    assert counts(toy.up(guarded([{"priority": 200}], ignore_changes=["tags"]))) == {
        "updated": 1,
        "unchanged": 1,
    }
    toy.down()


def test_what_goes_with_another_is_not_deleted_by_itself(toy: Toy) -> None:
    def program(*, kept: bool) -> Callable[[], None]:
        def run() -> None:
            group = a_group()
            if kept:
                vault = azure.keyvault.Vault(
                    "vault",
                    vault_name=f"w{toy.digits}",
                    resource_group_name=group.name,
                    properties={
                        "sku": {"family": "A", "name": "standard"},
                        "tenant_id": azure.authorization.get_client_config().tenant_id,
                        "public_network_access": "Disabled",
                        "enable_rbac_authorization": True,
                    },
                )
                azure.keyvault.Key(
                    "key",
                    key_name="key",
                    vault_name=vault.name,
                    resource_group_name=group.name,
                    properties={"kty": "RSA"},
                    opts=Options(deleted_with=vault),
                )

        return run

    # A vault that is closed to the network lets nobody delete a key of it.
    toy.up(program(kept=True))
    assert counts(toy.up(program(kept=False))) == {"unchanged": 1, "deleted": 2}
    assert toy.down().remaining == ()


def test_what_is_to_be_left_is_left_by_up_and_goes_with_down_if_it_can(toy: Toy) -> None:
    def program(*, kept: bool) -> Callable[[], None]:
        def run() -> None:
            a_group()
            if kept:
                azure.resources.ResourceGroup(
                    "left", resource_group_name="left", opts=Options(retain_on_delete=True)
                )

        return run

    toy.up(program(kept=True))
    result = toy.up(program(kept=False))
    left = f"/subscriptions/{toy.subscription}/resourceGroups/left"
    assert counts(result) == {"unchanged": 1}
    note = f"left azure-native:resources:ResourceGroup 'left' ({left}) standing, by its option `retain_on_delete`"
    assert result.notes == (note,)
    down = toy.down()
    assert down.others == (f"azure-native:resources:ResourceGroup {left} ({toy.subscription})",)
    ResourceGroup().delete(toy.cloud, left, {})
    toy.up(program(kept=True))
    assert (toy.down().deleted, toy.down().others) == (2, ())


def plan(toy: Toy, tier: str, name: str = "Arm", **options: Any) -> Callable[[], None]:
    scope = f"subscriptions/{toy.subscription}"
    id_ = f"/{scope}/providers/Microsoft.Security/pricings/{name}"
    return lambda: azure.security.Pricing(
        "plan",
        pricing_name=name,
        pricing_tier=tier,
        scope_id=scope,
        opts=Options(**{"import_": id_, "retain_on_delete": True, **options}),
    )


def test_what_stands_from_the_start_is_taken_over_and_stays(toy: Toy) -> None:
    result = toy.up(plan(toy, "Standard"))
    id_ = f"/subscriptions/{toy.subscription}/providers/Microsoft.Security/pricings/Arm"
    label = "azure-native:security:Pricing 'plan'"
    assert (counts(result), result.notes) == ({"updated": 1}, (f"took over {id_} as {label}",))
    assert counts(toy.up(plan(toy, "Standard"))) == {"unchanged": 1}
    down = toy.down()
    assert (down.deleted, down.remaining) == (0, ())
    assert down.notes == (
        f"left standing, since it can't be deleted and has the option `retain_on_delete`: {label} ({id_})",
    )
    assert down.leftovers == ("the Defender plan Arm stays on: Azure deletes none",)


def test_what_does_not_stand_can_not_be_taken_over(toy: Toy) -> None:
    with pytest.raises(RealizationError) as refused:
        toy.up(lambda: a_group(opts=Options(import_=toy.group)))
    assert (
        f"  it is to be taken over (the option `import_`), and the sandbox has none with the id {toy.group}\n"
        "    mend: give the id of one that stands, or leave the option out\n"
    ) in str(refused.value)
    ResourceGroup().create(toy.cloud, {"resourceGroupName": "rg", "location": OTHER_LOCATION})
    with pytest.raises(RealizationError, match=rf"and location of {toy.group} can't be changed without"):
        toy.up(lambda: a_group(location=LOCATION, opts=Options(import_=toy.group)))
    taken = toy.up(lambda: a_group(location=OTHER_LOCATION, opts=Options(import_=toy.group)))
    assert counts(taken) == {"unchanged": 1}
    assert toy.down().deleted == 1


def test_a_protected_resource_is_not_replaced_or_deleted_by_up_but_by_down(toy: Toy) -> None:
    toy.up(lambda: a_group(opts=Options(protect=True)))
    with pytest.raises(RealizationError, match="it is protected, and location can't be changed without"):
        toy.up(lambda: a_group(location=OTHER_LOCATION, opts=Options(protect=True)))
    with pytest.raises(ImpossibleError, match="ResourceGroup 'group' is protected, so it can't be deleted"):
        toy.up(lambda: None)
    label = "azure-native:resources:ResourceGroup 'group'"
    down = toy.down()
    assert down.notes == (f"protected, but this is a sandbox: deleted {label}",)
    assert (down.deleted, down.remaining) == (1, ())


def test_what_a_protected_resource_is_made_from_is_not_replaced_under_it(toy: Toy) -> None:
    def program(location: str) -> Callable[[], None]:
        def run() -> None:
            group = a_group(location=location)
            azure.network.RouteTable(
                "routes", resource_group_name=group.name, route_table_name="r", opts=Options(protect=True)
            )

        return run

    toy.up(program(LOCATION))
    with pytest.raises(RealizationError, match="unless azure-native:network:RouteTable 'routes' goes first,"):
        toy.up(program(OTHER_LOCATION))
    assert counts(toy.up(program(LOCATION))) == {"unchanged": 2}
    toy.down()
