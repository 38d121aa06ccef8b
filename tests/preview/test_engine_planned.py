"""What a program gets of a resource in a preview, besides what it gave."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_azure_native as azure
import pytest

from modelyard_policies.graph import SECRET, UNKNOWN
from modelyard_preview.engine import RunResult
from modelyard_preview.engine.realizer import Realized, Registration

Run = Callable[..., RunResult]
ID = "/subscriptions/1/resourceGroups/ml/providers/Microsoft.ManagedIdentity/userAssignedIdentities/pool"


class Odd(pulumi.CustomResource):
    """A resource whose outputs are of other types than its inputs."""

    names: pulumi.Output[dict[str, str]]
    text: pulumi.Output[str]
    numbers: pulumi.Output[list[int]]
    flag: pulumi.Output[bool]

    def __init__(self, name: str, **inputs: Any) -> None:
        outputs = {"names": None, "text": None, "numbers": None, "flag": None}
        super().__init__("shop:index:Odd", name, {**outputs, **inputs})


def seen(run: Run, of: Callable[[], pulumi.Output[Any]], **settings: Any) -> Any:
    """What an output of a resource is in the preview of a program."""
    return run(lambda: pulumi.export("seen", of()), **settings).outputs["seen"]


def machine() -> Any:
    return azure.compute.VirtualMachine(
        "node",
        resource_group_name="ml",
        vm_name="node",
        identity=azure.compute.VirtualMachineIdentityArgs(
            type=azure.compute.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[ID]
        ),
        os_profile={"admin_username": "ml", "admin_password": pulumi.Output.secret("hunter2")},
        hardware_profile={"vm_size": "Standard_NC24ads_A100_v4"},
        tags={"stage": "dev"},
        zones=["1"],
    )


def network() -> Any:
    return azure.network.VirtualNetwork(
        "ml",
        resource_group_name="ml",
        address_space={"address_prefixes": ["10.0.0.0/16"]},
        subnets=[{"name": "nodes", "address_prefix": "10.0.0.0/20", "default_outbound_access": False}],
    )


def test_a_list_that_comes_back_as_a_mapping_is_unknown(run: Run) -> None:
    assert seen(run, lambda: machine().identity.user_assigned_identities) is UNKNOWN


@pytest.mark.parametrize(
    ("of", "value"),
    [
        (lambda: machine().hardware_profile.vm_size, "Standard_NC24ads_A100_v4"),
        (lambda: machine().identity.type, "UserAssigned"),
        (lambda: machine().tags, {"stage": "dev"}),
        (lambda: machine().zones, ["1"]),
        (lambda: network().subnets[0].name, "nodes"),
        (lambda: network().subnets[0].default_outbound_access, False),
    ],
)
def test_what_an_input_holds_is_known(run: Run, of: Callable[[], Any], value: object) -> None:
    assert seen(run, of) == value


@pytest.mark.parametrize(
    "of",
    [
        lambda: machine().identity.principal_id,
        lambda: machine().name,
        lambda: machine().vm_id,
        lambda: network().subnets[0].id,
        lambda: network().subnets.apply(lambda subnets: subnets[0].id),
    ],
)
def test_what_azure_adds_is_unknown_at_any_depth(run: Run, of: Callable[[], Any]) -> None:
    assert seen(run, of) is UNKNOWN


def test_a_secret_stays_one(run: Run) -> None:
    assert seen(run, lambda: machine().os_profile.admin_password) is SECRET


def test_an_input_that_is_made_from_what_azure_adds_is_unknown_and_not_empty(run: Run) -> None:
    def program() -> None:
        subnet = network().subnets.apply(lambda subnets: subnets[0].id)
        azure.network.NetworkInterface(
            "card", resource_group_name="ml", ip_configurations=[{"name": "main", "subnet": {"id": subnet}}]
        )

    card = run(program).graph.resources[-1]
    assert card.properties["ipConfigurations"] == [{"name": "main", "subnet": {"id": UNKNOWN}}]
    (made_from,) = card.property_dependencies["ipConfigurations"]
    assert made_from.endswith("VirtualNetwork::ml")


@pytest.mark.parametrize(
    ("output", "given"),
    [
        ("names", ["a", "b"]),
        ("text", {"a": "b"}),
        ("text", ["a"]),
        ("numbers", {"a": 1}),
        ("flag", [True]),
    ],
)
def test_no_program_breaks_where_an_output_is_of_another_type_than_its_input(
    run: Run, output: str, given: object
) -> None:
    assert seen(run, lambda: getattr(Odd("odd", **{output: given}), output)) is UNKNOWN


@pytest.mark.parametrize(
    ("output", "given"), [("names", {"a": "b"}), ("text", "a"), ("numbers", [1, 2]), ("flag", True)]
)
def test_what_fits_stays(run: Run, output: str, given: object) -> None:
    assert seen(run, lambda: getattr(Odd("odd", **{output: given}), output)) == given


def test_other_providers_plan_with_what_they_are_given(run: Run) -> None:
    def instance() -> pulumi.Output[Any]:
        return aws.ec2.Instance("node", root_block_device={"encrypted": True}).root_block_device.encrypted

    assert seen(run, instance) is True
    assert seen(run, lambda: aws.ec2.Instance("node").root_block_device) is UNKNOWN


@pytest.mark.parametrize(
    ("of", "name"),
    [
        (lambda: aws.iam.Role("Node", assume_role_policy="{}").name, r"Node-[0-9a-f]{7}"),
        (lambda: aws.s3.Bucket("Data").bucket, r"data-[0-9a-f]{7}"),
        (lambda: aws.sqs.Queue("jobs", fifo_queue=True).name, r"jobs-[0-9a-f]{7}\.fifo"),
        (lambda: aws.sns.Topic("jobs", fifo_topic=False).name, r"jobs-[0-9a-f]{7}"),
        (lambda: aws.lambda_.Function("api", role="arn").name, r"api-[0-9a-f]{7}"),
        (lambda: aws.iam.Role("Node", name="node", assume_role_policy="{}").name, "node"),
        (lambda: aws.s3.Bucket("Data", bucket="acme-data").bucket, "acme-data"),
    ],
)
def test_the_name_that_awss_provider_would_make_up_is_known(
    run: Run, of: Callable[[], Any], name: str
) -> None:
    assert re.fullmatch(name, seen(run, of))
    assert seen(run, of) == seen(run, of)


def test_a_policy_that_is_made_from_a_name_is_known(run: Run) -> None:
    def policy() -> pulumi.Output[str]:
        bucket = aws.s3.Bucket("data").bucket
        return pulumi.Output.json_dumps({"Resource": pulumi.Output.concat("arn:aws:s3:::", bucket, "/*")})

    assert re.fullmatch(r'\{"Resource": "arn:aws:s3:::data-[0-9a-f]{7}/\*"\}', seen(run, policy))


@pytest.mark.parametrize(
    "of",
    [
        lambda: aws.iam.Role("node", assume_role_policy="{}").arn,
        lambda: aws.iam.Role("node", assume_role_policy="{}").id,
        lambda: aws.s3.Bucket("data").id,
        lambda: aws.s3.BucketObjectv2("page", bucket="b").bucket_key_enabled,
        lambda: aws.iam.Role("node", name=aws.kms.Key("key").id, assume_role_policy="{}").name,
        lambda: aws.kms.get_key_output(key_id="1").key_id,
    ],
)
def test_what_only_aws_can_know_is_unknown(run: Run, of: Callable[[], Any]) -> None:
    assert seen(run, of) is UNKNOWN


class Nameless:
    """Creates without naming."""

    def register(self, registration: Registration) -> Realized:
        return Realized(registration.name, {})


def test_names_are_made_up_in_previews_alone(run: Run) -> None:
    def program() -> None:
        role = aws.iam.Role("node", assume_role_policy="{}")
        pulumi.export("id", role.id)
        pulumi.export("name", role.name)

    assert run(program, dry_run=False, realizer=Nameless()).outputs == {"id": "node"}
    assert run(program).outputs["name"] is not UNKNOWN


def test_a_script_that_is_an_asset_stays_one(run: Run) -> None:
    def program() -> None:
        aws.s3.BucketObjectv2("page", bucket="b", source=pulumi.StringAsset("hello"))

    assert run(program).graph.resources[-1].properties["source"] == {"asset": {"text": "hello"}}


@pytest.mark.parametrize(
    ("config", "location"),
    [({"azure-native:location": "westeurope"}, "westeurope"), ({}, UNKNOWN)],
)
def test_the_location_is_that_of_the_configuration(
    run: Run, config: dict[str, str], location: object
) -> None:
    assert seen(run, lambda: azure.resources.ResourceGroup("ml").location, config=config) == location


def test_the_location_is_that_of_the_provider(run: Run) -> None:
    def group() -> pulumi.Output[str]:
        provider = azure.Provider("far", location="northeurope")
        return azure.resources.ResourceGroup("ml", opts=pulumi.ResourceOptions(provider=provider)).location

    assert seen(run, group, config={"azure-native:location": "westeurope"}) == "northeurope"
