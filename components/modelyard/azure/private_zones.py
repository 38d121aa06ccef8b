"""A private DNS zone, and a network that asks it."""

from collections.abc import Mapping

import pulumi
import pulumi_azure_native as azure_native


def private_zone(
    name: str,
    *,
    zone: str,
    link_name: str,
    virtual_network_id: pulumi.Input[str],
    resource_group_name: pulumi.Input[str],
    tags: Mapping[str, pulumi.Input[str]] | None,
    parent: pulumi.Resource,
) -> pulumi.Output[str]:
    """Make a zone and link it to a network; its id, for whoever writes records.

    Whoever waits for the id waits for the link: names can be asked as soon as they are written, and the link
    is there until the last is gone.
    """
    made = azure_native.privatedns.PrivateZone(
        name,
        private_zone_name=zone,
        resource_group_name=resource_group_name,
        location="global",
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    link = azure_native.privatedns.VirtualNetworkLink(
        name,
        virtual_network_link_name=link_name,
        private_zone_name=made.name,
        resource_group_name=resource_group_name,
        location="global",
        virtual_network={"id": virtual_network_id},
        # Records are those of endpoints; machines don't write theirs.
        registration_enabled=False,
        tags=tags,
        opts=pulumi.ResourceOptions(
            parent=parent,
            # A link is with one network, and Azure takes no other.
            replace_on_changes=["virtualNetwork"],
            delete_before_replace=True,
        ),
    )
    return pulumi.Output.all(made.id, link.id).apply(lambda ids: ids[0])
