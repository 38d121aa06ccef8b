"""A private address for one service."""

from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.component import AzureComponent
from modelyard.azure.zone_problems import ZoneIds, missing_zones, zone_id
from modelyard.errors import InputError, Problem
from modelyard.planning.azure.network import RESOURCE_NAME, RESOURCE_NAME_WORDS, ZONES, zone_config_name
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AZURE, token

LONGEST_ENDPOINT_NAME = 76
"""Characters of an endpoint's name: its network interface is called so with `-nic` behind, 80 in all."""


class PrivateEndpointArgs(TypedDict):
    """Arguments of PrivateEndpoint."""

    resource_group_name: pulumi.Input[str]
    """Resource group that the endpoint is made in."""
    location: pulumi.Input[str]
    """Region of the subnet's network; the service may be in another."""
    endpoint_name: str
    """Name of the endpoint, unique in its resource group: 1 to 76 letters, digits, periods, hyphens and
    underscores."""
    subnet_id: pulumi.Input[str]
    """Id of the subnet that the endpoint takes its addresses from."""
    target_id: pulumi.Input[str]
    """Id of the resource that it leads to, as a storage account's."""
    group_id: str
    """Which part of the resource: amlworkspace, azuremonitor, blob, dfs, file, queue, registry, table or
    vault."""
    zone_ids: ZoneIds
    """Ids of private DNS zones, by the zone's name, as privatelink.blob.core.windows.net. Those of the
    endpoint's kind have to be among them and get its records; others are left alone."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of the endpoint."""


class PrivateEndpoint(AzureComponent):
    """An endpoint in a subnet that leads to one part of one resource, and the records of its names.

    Without records a client inside the network would resolve the service's public address, which is closed.
    An endpoint's target, part and subnet can't be changed: it is replaced, and since its name is the same,
    the old one is deleted first; the service isn't reached in between.
    """

    endpoint_id: pulumi.Output[str]
    """Id of the endpoint; whoever depends on it finds the names' records as well."""

    def __init__(
        self, name: str, args: PrivateEndpointArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_args(name, args, PrivateEndpointArgs)
        if problems := list(_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AZURE, "PrivateEndpoint"), name, {}, opts)
        endpoint = azure_native.network.PrivateEndpoint(
            name,
            private_endpoint_name=args["endpoint_name"],
            resource_group_name=args["resource_group_name"],
            location=args["location"],
            subnet={"id": args["subnet_id"]},
            custom_network_interface_name=f"{args['endpoint_name']}-nic",
            private_link_service_connections=[
                {
                    "name": args["group_id"],
                    "private_link_service_id": args["target_id"],
                    "group_ids": [args["group_id"]],
                }
            ],
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(
                parent=self,
                # The provider replaces it for another subnet only; Azure won't change its target either.
                replace_on_changes=["privateLinkServiceConnections"],
                delete_before_replace=True,
            ),
        )
        records = azure_native.network.PrivateDnsZoneGroup(
            name,
            private_dns_zone_group_name="default",
            private_endpoint_name=endpoint.name,
            resource_group_name=args["resource_group_name"],
            private_dns_zone_configs=[
                {
                    "name": zone_config_name(zone),
                    "private_dns_zone_id": zone_id(
                        f"{name}.zone_ids", args["zone_ids"], args["group_id"], zone
                    ),
                }
                for zone in ZONES[args["group_id"]]
            ],
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.endpoint_id = pulumi.Output.all(endpoint.id, records.id).apply(lambda ids: ids[0])
        self.register_outputs({"endpointId": self.endpoint_id})


def _problems(name: str, args: PrivateEndpointArgs) -> Iterator[Problem]:
    given = args["endpoint_name"]
    if not RESOURCE_NAME.fullmatch(given) or len(given) > LONGEST_ENDPOINT_NAME:
        yield Problem(
            field=f"{name}.endpoint_name",
            given=repr(given),
            message="Azure refuses an endpoint of this name, or the network interface called after it",
            allowed=f"1 to {LONGEST_ENDPOINT_NAME} {RESOURCE_NAME_WORDS}",
            mend="write another name, as dev-datasets-blob",
        )
    if args["group_id"] not in ZONES:
        yield Problem(
            field=f"{name}.group_id",
            given=repr(args["group_id"]),
            message="no part of a resource that endpoints are made for here is called so",
            allowed=", ".join(ZONES),
            mend="name the part of the resource that nodes use",
        )
        return
    yield from missing_zones(f"{name}.zone_ids", args["zone_ids"], [args["group_id"]])
