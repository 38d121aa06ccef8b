"""Mutants of networks on AWS."""

from mutating import Mutant, add, drop, mutant, put

from modelyard_policies.aws.types import (
    INTERNET_GATEWAY,
    NETWORK_ACL,
    NETWORK_ACL_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_EGRESS_RULE,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_RULE,
    VPC_ENDPOINT_POLICY,
)

TAGS = {"environment": "prod", "owner": "ml", "cost-center": "cc-1", "data-classification": "restricted"}
VPC = "Vpc prod-network"
FABRIC = "SecurityGroup prod-network-fabric"
DEFAULT_GROUP = "DefaultSecurityGroup prod-network"
FLOW_LOG = "FlowLog prod-network-flow-logs"
SUBNET = "Subnet prod-network-private-use1-az1"
ENDPOINTS = "VpcEndpoint prod-network-endpoints"
BLOCK = "VpcBlockPublicAccessOptions account-vpc-public-access-eu-central-1"
TO_ALL = {"tags": TAGS, "securityGroupId": "sg-1", "cidrIpv4": "0.0.0.0/0"}
ANYONE = {"Effect": "Allow", "Principal": "*", "Action": "ssm:*", "Resource": "*"}

ACL = (
    add(
        NETWORK_ACL,
        "nodes",
        {
            "tags": TAGS,
            "vpcId": "vpc-1",
            "ingress": [
                {
                    "ruleNo": 10,
                    "action": "deny",
                    "protocol": "tcp",
                    "fromPort": 3389,
                    "toPort": 3389,
                    "cidrBlock": "0.0.0.0/0",
                },
                {
                    "ruleNo": 20,
                    "action": "allow",
                    "protocol": "tcp",
                    "fromPort": 1024,
                    "toPort": 65535,
                    "cidrBlock": "0.0.0.0/0",
                },
            ],
        },
    ),
    add(
        NETWORK_ACL_RULE,
        "web",
        {
            "networkAclId": "acl-1",
            "ruleNumber": 10,
            "ruleAction": "allow",
            "protocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrBlock": "0.0.0.0/0",
        },
    ),
)


def inline(direction: str, **rule: object) -> dict[str, object]:
    """A security group with one rule of its own."""
    return {"tags": TAGS, "vpcId": "vpc-1", direction: [{"protocol": "tcp", **rule}]}


MUTANTS: dict[str, list[Mutant]] = {
    "NW1": [
        mutant(
            "SSH",
            add(
                SECURITY_GROUP_INGRESS_RULE,
                "a",
                {**TO_ALL, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22},
            ),
            fails="SecurityGroupIngressRule a: cidrIpv4",
        ),
        mutant(
            "RDP by IPv6, in a group's own rule",
            put(
                FABRIC,
                "ingress",
                [{"protocol": "udp", "fromPort": 3389, "toPort": 3389, "ipv6CidrBlocks": ["::/0"]}],
            ),
            fails=f"{FABRIC}: ingress[0].ipv6CidrBlocks",
        ),
        mutant(
            "an older rule for a range of ports",
            add(
                SECURITY_GROUP_RULE,
                "a",
                {
                    "type": "ingress",
                    "securityGroupId": "sg-1",
                    "protocol": "tcp",
                    "fromPort": 20,
                    "toPort": 30,
                    "cidrBlocks": ["0.0.0.0/0"],
                },
            ),
            fails="SecurityGroupRule a: cidrBlocks",
            kin="NW2 SecurityGroupRule a: cidrBlocks",
        ),
    ],
    "NW2": [
        mutant(
            "a database",
            add(
                SECURITY_GROUP_INGRESS_RULE,
                "a",
                {**TO_ALL, "ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432},
            ),
            fails="SecurityGroupIngressRule a: cidrIpv4",
        ),
        mutant(
            "everything",
            add(SECURITY_GROUP_INGRESS_RULE, "a", {**TO_ALL, "ipProtocol": "-1"}),
            fails="SecurityGroupIngressRule a: cidrIpv4",
            kin=["NW1 SecurityGroupIngressRule a: cidrIpv4"] * 2,
        ),
        mutant(
            "a new group's own rule",
            add(SECURITY_GROUP, "a", inline("ingress", fromPort=8888, toPort=8888, cidrBlocks=["0.0.0.0/0"])),
            fails="SecurityGroup a: ingress[0].cidrBlocks",
        ),
    ],
    "NW3": [
        mutant(
            "a rule for everything",
            add(SECURITY_GROUP_EGRESS_RULE, "a", {**TO_ALL, "ipProtocol": "-1"}),
            fails="SecurityGroupEgressRule a: cidrIpv4",
        ),
        mutant(
            "a group's own rule for every TCP port",
            put(
                FABRIC,
                "egress",
                [{"protocol": "tcp", "fromPort": 0, "toPort": 65535, "ipv6CidrBlocks": ["::/0"]}],
            ),
            fails=f"{FABRIC}: egress[0].ipv6CidrBlocks",
        ),
    ],
    "NW4": [
        mutant(
            "it lets out",
            put(
                DEFAULT_GROUP,
                "egress",
                [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}],
            ),
        ),
        mutant(
            "it lets its own in",
            put(DEFAULT_GROUP, "ingress", [{"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}]),
        ),
        mutant("nobody emptied it", drop(DEFAULT_GROUP), fails=VPC),
        mutant(
            "a rule of its own resource",
            add(
                SECURITY_GROUP_INGRESS_RULE,
                "a",
                {"tags": TAGS, "ipProtocol": "tcp", "fromPort": 1, "toPort": 2, "cidrIpv4": "10.0.0.0/8"},
                {"securityGroupId": [DEFAULT_GROUP]},
            ),
            fails="SecurityGroupIngressRule a: securityGroupId",
        ),
    ],
    "NW5": [
        mutant(
            "the denial is gone",
            drop("NetworkAcl nodes", "ingress[0]"),
            fails="NetworkAcl nodes: ingress[0].cidrBlock",
            given=ACL,
        ),
        mutant(
            "the denial comes too late",
            put("NetworkAcl nodes", "ingress[0].ruleNo", 30),
            fails="NetworkAcl nodes: ingress[1].cidrBlock",
            given=ACL,
        ),
        mutant(
            "SSH by a rule of its own",
            put("NetworkAclRule web", "fromPort", 22),
            fails="NetworkAclRule web: cidrBlock",
            given=ACL,
        ),
    ],
    "NW6": [
        mutant("only what is refused", put(FLOW_LOG, "trafficType", "REJECT")),
        mutant("nothing", drop(FLOW_LOG), fails=VPC),
    ],
    "NW7": [mutant("machines get addresses", put(SUBNET, "mapPublicIpOnLaunch", True))],
    "NW8": [
        mutant(
            "the endpoint isn't in the table",
            put(f"{ENDPOINTS}-s3", "routeTableIds", []),
            # No machine runs in the third.
            fails=[f"Subnet prod-network-private-use1-az{zone}" for zone in (1, 2)],
        ),
        mutant(
            "an interface endpoint",
            put("VpcEndpoint prod-recovery-network-endpoints-s3", "vpcEndpointType", "Interface"),
            fails=[f"Subnet prod-recovery-network-private-usw2-az{zone}" for zone in (1, 2, 3)],
        ),
    ],
    "NW9": [
        mutant("no way to ECR", drop(f"{ENDPOINTS}-ecr-dkr"), fails=VPC),
        mutant(
            "another service",
            put(f"{ENDPOINTS}-ssm", "serviceName", "com.amazonaws.us-east-1.ssmmessages"),
            fails=VPC,
        ),
        mutant(
            "a way out for all that has no endpoint",
            add(INTERNET_GATEWAY, "out", {"tags": TAGS}, {"vpcId": [VPC]}),
            fails=VPC,
        ),
    ],
    "NW10": [
        mutant("none", drop(f"{ENDPOINTS}-logs", "policy")),
        mutant(
            "everyone, under a condition that everyone meets",
            put(
                f"{ENDPOINTS}-ssm",
                "policy.Statement[0].Condition",
                {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
            ),
            fails=f"{ENDPOINTS}-ssm: policy",
        ),
        mutant(
            "buckets of every account",
            drop(f"{ENDPOINTS}-s3", "policy.Statement[0].Condition"),
            fails=f"{ENDPOINTS}-s3: policy",
        ),
        mutant(
            "another resource says so",
            add(
                VPC_ENDPOINT_POLICY,
                "ssm",
                {"policy": {"Statement": [ANYONE]}},
                {"vpcEndpointId": [f"{ENDPOINTS}-ssm"]},
            ),
            fails="VpcEndpointPolicy ssm: policy",
        ),
    ],
    "NW11": [
        mutant("nothing is blocked", put(BLOCK, "internetGatewayBlockMode", "off"), stack="account"),
        mutant("it isn't set in one region", drop(BLOCK), fails="Stack modelyard-account", stack="account"),
        mutant(
            "it isn't set anywhere",
            drop(BLOCK),
            drop("VpcBlockPublicAccessOptions account-vpc-public-access-eu-west-1"),
            fails="Stack modelyard-account",
            stack="account",
        ),
    ],
}
