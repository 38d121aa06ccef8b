"""EC2 subnets outside of the default VPC: they give no public addresses unless told to, and are no zone's
default. moto takes the first subnet in a zone for the default one.

Source: EC2 API reference, Subnet (`DefaultForAz`, `MapPublicIpOnLaunch`); VPC user guide, "Modify the IP
addressing attributes of your subnet", 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend


def install() -> None:
    """Put it right behind moto's creation of a subnet."""
    original = EC2Backend.create_subnet

    def create_subnet(self: Any, *args: Any, **kwargs: Any) -> Any:
        subnet = original(self, *args, **kwargs)
        if not self.vpcs[subnet.vpc_id].is_default:
            subnet.default_for_az = subnet.map_public_ip_on_launch = False
        return subnet

    EC2Backend.create_subnet = create_subnet  # type: ignore[method-assign] (in the place of moto's)
