import json

from modelyard_policies.aws.types import VPC, VPC_ENDPOINT, VPC_ENDPOINT_POLICY
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.vpc.endpoint_policy import GuardedServices

OWN = {"StringEquals": {"aws:ResourceAccount": "111122223333"}}
STRANGERS = {"StringNotEqualsIfExists": {"aws:ResourceOrgID": ["o-0123456789"]}}


def endpoint(document=None, service="s3", **resources):
    properties = {"serviceName": f"com.amazonaws.eu-west-1.{service}", "vpcEndpointType": "Gateway"}
    return {"endpoint": (VPC_ENDPOINT, {**properties, "policy": document}), **resources}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(action="*", resource="*", effect="Allow", principal="*", **elements):
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": resource, **elements}


def policy_of(text):
    return (
        VPC_ENDPOINT_POLICY,
        {"vpcEndpointId": UNKNOWN, "policy": text},
        {"vpcEndpointId": ["endpoint"]},
    )


NOT_KNOWN = "can't be judged: not known before the deployment"
UNSET = "policy: is unset, so everyone may send anything to any account"
WIDE = "policy: allows s3:PutObject to everyone in any account"

CASES = {
    "bad": {
        "no policy": (endpoint(), f"endpoint: {UNSET}"),
        "no policy of an interface endpoint": (endpoint(service="ecr.dkr"), f"endpoint: {UNSET}"),
        "the default policy": (endpoint(document(statement())), f"endpoint: {WIDE}"),
        "everything of the service": (
            endpoint({"Statement": statement("s3:*", "arn:aws:s3:::*", principal={"AWS": "*"})}),
            f"endpoint: {WIDE}",
        ),
        "writing, to wherever": (
            endpoint(document(statement(["s3:GetObject", "s3:Put*"], ["*"]))),
            f"endpoint: {WIDE}",
        ),
        "everything but one action": (
            endpoint(document({**statement(), "Action": None, "NotAction": "s3:DeleteBucket"})),
            f"endpoint: {WIDE}",
        ),
        "everything but one bucket": (
            endpoint(document({**statement(), "Resource": None, "NotResource": "arn:aws:s3:::acme"})),
            f"endpoint: {WIDE}",
        ),
        "a condition that keeps nobody out": (
            endpoint(document(statement(Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}))),
            f"endpoint: {WIDE}",
        ),
        "a condition that says whose the endpoint is": (
            endpoint(document(statement(Condition={"StringEquals": {"aws:VpceAccount": "111122223333"}}))),
            f"endpoint: {WIDE}",
        ),
        "a condition on something else": (
            endpoint(document(statement(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}))),
            f"endpoint: {WIDE}",
        ),
        "a denial of something else": (
            endpoint(
                document(
                    statement(),
                    statement(
                        effect="Deny",
                        Condition={"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
                    ),
                )
            ),
            f"endpoint: {WIDE}",
        ),
        "objects of every bucket": (
            endpoint(document(statement("s3:*Object", "arn:aws:s3:::*/*"))),
            f"endpoint: {WIDE}",
        ),
        "repositories of every account": (
            endpoint(document(statement("ecr:*", "arn:aws:ecr:*:*:repository/*")), service="ecr.api"),
            "endpoint: policy: allows ecr:PutImage to everyone in any account",
        ),
        "a queue of that name in any account": (
            endpoint(document(statement("sqs:*", "arn:aws:sqs:eu-west-1:*:jobs")), service="sqs"),
            "endpoint: policy: allows sqs:SendMessage to everyone in any account",
        ),
        "images": (
            endpoint(document(statement("ecr:*", "arn:aws:ecr:*:*:*")), service="ecr.api"),
            "endpoint: policy: allows ecr:PutImage to everyone in any account",
        ),
        "a resource of its own": (endpoint(policy=policy_of(document(statement()))), f"policy: {WIDE}"),
        "a resource of its own that says nothing": (endpoint(policy=policy_of(None)), f"policy: {UNSET}"),
        "a wide statement beside one that doesn't deny for certain": (
            endpoint({"Statement": [{"Effect": UNKNOWN, "Action": "s3:GetObject"}, statement()]}),
            f"endpoint: {WIDE}",
        ),
    },
    "good": {
        "own buckets": (endpoint(document(statement("s3:*", Condition=OWN))),),
        "own access points": (
            endpoint(
                document(
                    statement(Condition={"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:*:111122223333:*"}})
                )
            ),
        ),
        "named buckets": (
            endpoint(
                document(statement("*", ["arn:aws:s3:::acme-datasets", "arn:aws:s3:::acme-datasets/*"]))
            ),
        ),
        "reading, from wherever": (endpoint(document(statement(["s3:Get*", "s3:List*"]))),),
        "own principals": (endpoint(document(statement(principal={"AWS": "111122223333"}))),),
        "everything, but not for strangers": (
            endpoint(document(statement(), statement(effect="Deny", Condition=STRANGERS))),
        ),
        "images of the own account": (
            endpoint(document(statement("*", "arn:aws:ecr:*:111122223333:*")), service="ecr.dkr"),
        ),
        "a resource of its own": (endpoint(policy=policy_of(document(statement(Condition=OWN)))),),
    },
    "unknown": {
        "a policy that isn't known": (
            endpoint(UNKNOWN),
            "endpoint: policy: can't be judged: not known before the deployment",
        ),
        "a condition that isn't known": (
            endpoint({"Statement": statement(Condition={"StringEquals": {"aws:ResourceAccount": UNKNOWN}})}),
            f"endpoint: policy.Statement.Condition.StringEquals.aws:ResourceAccount: {NOT_KNOWN}",
        ),
        "a service that isn't known": (
            {"endpoint": (VPC_ENDPOINT, {"serviceName": UNKNOWN})},
            "endpoint: serviceName: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a service that keeps nothing": (endpoint(service="sts"),),
        "somebody's own service": (
            {"endpoint": (VPC_ENDPOINT, {"serviceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-0123"})},
        ),
        "no endpoint": ({"vpc": (VPC, {})},),
    },
}


def test_verdict(case, check):
    check("NW10", case)


def test_options_say_which_services(build):
    options = [GuardedServices.from_json({"services": ["kms"]})]
    graph = build(
        endpoint() | {"kms": endpoint(document(statement("kms:*")), "kms")["endpoint"]} | {"vpc": (VPC, {})}
    )
    report = evaluate(graph, all_rules(), select=["NW10"], options=options)
    assert [finding.message for finding in report.findings] == ["allows kms:* to everyone in any account"]
