"""The cluster's network."""

import pulumi
import pulumi_aws as aws


class Network(pulumi.ComponentResource):
    """A VPC with a public subnet in each of the first two zones."""

    def __init__(self, name, opts=None):
        super().__init__("acme:network:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        zones = aws.get_availability_zones(state="available")
        self.vpc = aws.ec2.Vpc(
            name, cidr_block="10.100.0.0/16", enable_dns_hostnames=True, tags={"Name": name}, opts=child
        )
        gateway = aws.ec2.InternetGateway(name, vpc_id=self.vpc.id, opts=child)
        table = aws.ec2.RouteTable(
            name,
            vpc_id=self.vpc.id,
            routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}],
            opts=child,
        )
        self.subnets = []
        for number, zone in enumerate(zones.names[:2]):
            subnet = aws.ec2.Subnet(
                f"{name}-{number}",
                vpc_id=self.vpc.id,
                availability_zone=zone,
                cidr_block=f"10.100.{number}.0/24",
                map_public_ip_on_launch=True,
                tags={"kubernetes.io/role/elb": "1"},
                opts=child,
            )
            aws.ec2.RouteTableAssociation(
                f"{name}-{number}", subnet_id=subnet.id, route_table_id=table.id, opts=child
            )
            self.subnets.append(subnet)
        self.register_outputs({"vpc_id": self.vpc.id, "subnet_ids": [subnet.id for subnet in self.subnets]})
