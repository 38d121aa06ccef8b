from modelyard_policies.aws.types import (
    COMPUTE_ENVIRONMENT,
    EGRESS_ONLY_GATEWAY,
    INSTANCE,
    INTERNET_GATEWAY,
    INTERNET_GATEWAY_ATTACHMENT,
    SUBNET,
    VPC,
    VPC_ENDPOINT,
)
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.vpc.interface_endpoints import PrivateServices

ALL = ("ec2", "ecr.api", "ecr.dkr", "ssm")
TO_VPC = {"vpcId": ["vpc"]}
GATEWAY = {"gateway": (INTERNET_GATEWAY, {"vpcId": UNKNOWN}, TO_VPC)}


def network(*services, stage=None, **resources):
    """A VPC in which Batch starts machines, with an interface endpoint for each service."""
    tags = {"tags": {"stage": stage}} if stage else {}
    return {
        "vpc": (VPC, tags),
        "subnet": (SUBNET, {"vpcId": UNKNOWN}, TO_VPC),
        "pool": (
            COMPUTE_ENVIRONMENT,
            {"computeResources": {"subnets": [UNKNOWN]}},
            {"computeResources": ["subnet"]},
        ),
        **{service: endpoint(service) for service in services},
        **resources,
    }


def endpoint(service, kind="Interface", **properties):
    name = f"com.amazonaws.eu-west-1.{service}"
    return (
        VPC_ENDPOINT,
        {"vpcId": UNKNOWN, "serviceName": name, "vpcEndpointType": kind, **properties},
        TO_VPC,
    )


CASES = {
    "bad": {
        "none at all": (
            network(**GATEWAY),
            "vpc: : no interface endpoint for ec2, ecr.api, ecr.dkr, ssm",
        ),
        "one missing": (
            network("ec2", "ecr.api", "ssm", **GATEWAY),
            "vpc: : no interface endpoint for ecr.dkr",
        ),
        "one of another kind, and one of another service": (
            network("ecr.api", "ecr.dkr", "ec2messages", "ssmmessages", ec2=endpoint("ec2", None), **GATEWAY),
            "vpc: : no interface endpoint for ec2, ssm",
        ),
        "a gateway by an attachment": (
            network(
                "ecr.api", "ecr.dkr", "ssm", gateway=(INTERNET_GATEWAY_ATTACHMENT, *GATEWAY["gateway"][1:])
            ),
            "vpc: : no interface endpoint for ec2",
        ),
        "no way out, and no image": (
            network("ssm", stage="development"),
            "vpc: : no interface endpoint for ecr.api, ecr.dkr",
        ),
        "an instance's subnet": (
            {
                "vpc": (VPC, {"id": "vpc-1"}),
                "subnet": (SUBNET, {"id": "subnet-1", "vpcId": "vpc-1"}),
                "machine": (INSTANCE, {"subnetId": "subnet-1"}),
            },
            "vpc: : no interface endpoint for ecr.api, ecr.dkr, ssm",
        ),
    },
    "good": {
        "all of them": (network(*ALL, **GATEWAY),),
        "by names of FIPS": (network("ec2-fips", "ecr.api-fips", "ecr.dkr-fips", "ssm-fips", **GATEWAY),),
        "no way out, where nothing leaks to EC2": (network("ecr.api", "ecr.dkr", "ssm"),),
    },
    "unknown": {
        "a service that isn't known": (
            network("ec2", "ecr.api", "ssm", other=endpoint("ssm", serviceName=UNKNOWN), **GATEWAY),
            "other: serviceName: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a way out, in development": (network(stage="development", **GATEWAY),),
        "a way out for IPv6, in development": (
            network(stage="dev", gateway=(EGRESS_ONLY_GATEWAY, *GATEWAY["gateway"][1:])),
        ),
        "no machines": ({"vpc": (VPC, {}), "subnet": (SUBNET, {"vpcId": UNKNOWN}, TO_VPC)} | GATEWAY,),
    },
}


def test_verdict(case, check):
    check("NW9", case)


def test_options_say_which_services(build):
    options = [PrivateServices.from_json({"services": ["kms"], "services_without_internet": ["sts"]})]
    messages = [
        finding.message
        for resources in ({}, GATEWAY)
        for finding in evaluate(
            build(network(**resources)), all_rules(), select=["NW9"], options=options
        ).findings
    ]
    assert messages == ["no interface endpoint for sts", "no interface endpoint for kms"]
