"""A hub that all traffic to the internet goes through, and the spokes around it."""

import ipaddress

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
region = config.require("region")
provider = aws.Provider(
    "network",
    region=region,
    default_tags={
        "tags": {"environment": "prod", "owner": "net", "cost-center": "7", "data-classification": "internal"}
    },
)
opts = pulumi.ResourceOptions(provider=provider)
invoke = pulumi.InvokeOptions(provider=provider)
zones = aws.get_availability_zones(state="available", opts=invoke).names[:2]

hub = aws.ec2transitgateway.TransitGateway("hub", description="hub", opts=opts)
egress = aws.ec2.Vpc("egress", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, opts=opts)
gateway = aws.ec2.InternetGateway("egress", vpc_id=egress.id, opts=opts)


def network(name, vpc, cidr, public=False):
    subnets = []
    for zone, block in zip(zones, ipaddress.ip_network(cidr).subnets(new_prefix=20)):
        subnets.append(
            aws.ec2.Subnet(
                f"{name}-{zone}",
                vpc_id=vpc.id,
                availability_zone=zone,
                cidr_block=str(block),
                map_public_ip_on_launch=public,
                opts=opts,
            )
        )
    aws.ec2transitgateway.VpcAttachment(
        name,
        transit_gateway_id=hub.id,
        vpc_id=vpc.id,
        subnet_ids=[subnet.id for subnet in subnets],
        opts=opts,
    )
    return subnets


network("egress", egress, "10.0.0.0/16", public=True)
acl = aws.ec2.NetworkAcl(
    "egress",
    vpc_id=egress.id,
    ingress=[
        {
            "rule_no": 100,
            "action": "allow",
            "protocol": "tcp",
            "from_port": 22,
            "to_port": 22,
            "cidr_block": "0.0.0.0/0",
        },
        {
            "rule_no": 200,
            "action": "allow",
            "protocol": "tcp",
            "from_port": 1024,
            "to_port": 65535,
            "cidr_block": "10.0.0.0/8",
        },
    ],
    opts=opts,
)
for spoke in config.require_object("spokes"):
    vpc = aws.ec2.Vpc(spoke["name"], cidr_block=spoke["cidr"], opts=opts)
    network(spoke["name"], vpc, spoke["cidr"])
    aws.ec2.VpcEndpoint(
        f"{spoke['name']}-s3",
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{region}.s3",
        opts=opts,
    )
    aws.ec2.DefaultSecurityGroup(spoke["name"], vpc_id=vpc.id, opts=opts)

pulumi.export("hub", hub.id)
