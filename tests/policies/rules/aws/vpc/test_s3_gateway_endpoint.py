from modelyard_policies.aws.types import (
    COMPUTE_ENVIRONMENT,
    DEFAULT_ROUTE_TABLE,
    INSTANCE,
    MAIN_ROUTE_TABLE_ASSOCIATION,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    SUBNET,
    VPC,
    VPC_ENDPOINT,
    VPC_ENDPOINT_ROUTE_TABLE_ASSOCIATION,
)
from modelyard_policies.graph import UNKNOWN

S3 = {"serviceName": "com.amazonaws.eu-west-1.s3"}
OWN = "subnet: : its route table has no gateway endpoint for S3"
MAIN = "subnet: : uses the VPC's main route table, which has no gateway endpoint for S3"


def network(**resources):
    """A subnet in which Batch starts machines, and its route table."""
    return {
        "vpc": (VPC, {}),
        "subnet": (SUBNET, {"vpcId": UNKNOWN}, {"vpcId": ["vpc"]}),
        "pool": (
            COMPUTE_ENVIRONMENT,
            {"computeResources": {"subnets": [UNKNOWN]}},
            {"computeResources": ["subnet"]},
        ),
        **resources,
    }


def routed(**resources):
    return network(
        table=(ROUTE_TABLE, {}),
        association=(
            ROUTE_TABLE_ASSOCIATION,
            {"subnetId": UNKNOWN, "routeTableId": UNKNOWN},
            {"subnetId": ["subnet"], "routeTableId": ["table"]},
        ),
        **resources,
    )


def endpoint(*tables, **properties):
    return (
        VPC_ENDPOINT,
        {**S3, "routeTableIds": [UNKNOWN for _ in tables], **properties},
        {"routeTableIds": list(tables)},
    )


CASES = {
    "bad": {
        "no endpoint": (routed(), OWN),
        "an endpoint of another table": (
            routed(other=(ROUTE_TABLE, {}), endpoint=endpoint("other")),
            OWN,
        ),
        "an interface endpoint": (routed(endpoint=endpoint("table", vpcEndpointType="Interface")), OWN),
        "an endpoint for DynamoDB": (
            routed(endpoint=endpoint("table", serviceName="com.amazonaws.eu-west-1.dynamodb")),
            OWN,
        ),
        "the main table, without one": (network(), MAIN),
        "an instance's subnet": (
            {
                "vpc": (VPC, {"id": "vpc-1"}),
                "subnet": (SUBNET, {"id": "subnet-1", "vpcId": "vpc-1"}),
                "machine": (INSTANCE, {"subnetId": "subnet-1"}),
            },
            MAIN,
        ),
    },
    "good": {
        "an endpoint of the table": (routed(endpoint=endpoint("table", vpcEndpointType="Gateway")),),
        "an association": (
            routed(
                endpoint=endpoint(),
                link=(
                    VPC_ENDPOINT_ROUTE_TABLE_ASSOCIATION,
                    {"routeTableId": UNKNOWN, "vpcEndpointId": UNKNOWN},
                    {"routeTableId": ["table"], "vpcEndpointId": ["endpoint"]},
                ),
            ),
        ),
        "the main table by the VPC": (network(endpoint=endpoint("vpc")),),
        "the main table, taken over": (
            network(
                main=(
                    DEFAULT_ROUTE_TABLE,
                    {"defaultRouteTableId": UNKNOWN},
                    {"defaultRouteTableId": ["vpc"]},
                ),
                endpoint=endpoint("main"),
            ),
        ),
        "a main table of one's own": (
            network(
                table=(ROUTE_TABLE, {}),
                main=(
                    MAIN_ROUTE_TABLE_ASSOCIATION,
                    {"vpcId": UNKNOWN, "routeTableId": UNKNOWN},
                    {"vpcId": ["vpc"], "routeTableId": ["table"]},
                ),
                endpoint=endpoint("table"),
            ),
        ),
    },
    "unknown": {
        "a table from elsewhere": (
            network(
                association=(
                    ROUTE_TABLE_ASSOCIATION,
                    {"subnetId": UNKNOWN, "routeTableId": "rtb-1"},
                    {"subnetId": ["subnet"]},
                )
            ),
            "association: routeTableId: can't be judged: names a resource that isn't in the graph",
        ),
        "a service that isn't known": (
            routed(endpoint=endpoint("table", serviceName=UNKNOWN)),
            "endpoint: serviceName: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "no machines": ({"vpc": (VPC, {}), "subnet": (SUBNET, {"vpcId": UNKNOWN}, {"vpcId": ["vpc"]})},),
    },
}


def test_verdict(case, check):
    check("NW8", case)
