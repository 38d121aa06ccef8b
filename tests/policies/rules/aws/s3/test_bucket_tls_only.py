import json

from modelyard_policies.aws.types import BUCKET, BUCKET_POLICY, VPC
from modelyard_policies.graph import UNKNOWN

ARN = "arn:aws:s3:::data"
DENY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [ARN, f"{ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def design(*statements, policy=None):
    document = json.dumps({"Statement": list(statements)}) if policy is None else policy
    return {
        "data": (BUCKET, {}),
        "policy": (
            BUCKET_POLICY,
            {"bucket": UNKNOWN, "policy": document},
            {"bucket": ["data"]},
        ),
    }


BUCKET_OPEN = "policy: policy: doesn't deny requests without TLS for the bucket"
OBJECTS_OPEN = "policy: policy: doesn't deny requests without TLS for the bucket's objects"
BOTH = (BUCKET_OPEN, OBJECTS_OPEN)

CASES = {
    "bad": {
        "no policy": (
            {"data": (BUCKET, {})},
            "data: : has no bucket policy that denies requests without TLS",
        ),
        "no statement": (design(), *BOTH),
        "not JSON": (design(policy="{Deny"), *BOTH),
        "an allowance": (design({**DENY, "Effect": "Allow"}), *BOTH),
        "for the bucket only": (design({**DENY, "Resource": ARN}), OBJECTS_OPEN),
        "for the objects only": (design({**DENY, "Resource": f"{ARN}/*"}), BUCKET_OPEN),
        "for some objects": (design({**DENY, "Resource": [ARN, f"{ARN}/logs/*"]}), OBJECTS_OPEN),
        "for one role": (
            design({**DENY, "Principal": {"AWS": "arn:aws:iam::111122223333:role/trainer"}}),
            *BOTH,
        ),
        "for all but one role": (
            design({**{k: v for k, v in DENY.items() if k != "Principal"}, "NotPrincipal": {"AWS": "x"}}),
            *BOTH,
        ),
        "for one action": (design({**DENY, "Action": ["s3:PutObject"]}), *BOTH),
        "the other way round": (
            design({**DENY, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
            *BOTH,
        ),
        "narrowed by a second condition": (
            design({**DENY, "Condition": {**DENY["Condition"], "StringEquals": {"aws:PrincipalTag/x": "y"}}}),
            *BOTH,
        ),
        "without a condition": (
            design({key: value for key, value in DENY.items() if key != "Condition"}),
            *BOTH,
        ),
    },
    "good": {
        "one statement": (design(DENY),),
        "one statement for the bucket and one for its objects": (
            design({**DENY, "Resource": ARN}, {**DENY, "Resource": f"{ARN}/*"}),
        ),
        "other spellings": (
            design(
                {
                    "Effect": "Deny",
                    "Principal": {"AWS": ["*"]},
                    "Action": ["S3:*"],
                    "Resource": f"{ARN}*",
                    "Condition": {"bool": {"AWS:securetransport": [False]}},
                }
            ),
        ),
        "a statement that isn't in a list": (design(policy=json.dumps({"Statement": DENY})),),
        "a document that isn't text": (design(policy={"Statement": [DENY]}),),
        "written into the bucket": ({"data": (BUCKET, {"policy": json.dumps({"Statement": [DENY]})})},),
        "all resources": (design({**DENY, "Resource": "*"}),),
    },
    "unknown": {
        "a policy that isn't known": (
            design(policy=UNKNOWN),
            "policy: policy: can't be judged: not known before the deployment",
        ),
        "an ARN that isn't known": (
            design(policy={"Statement": [{**DENY, "Resource": [UNKNOWN]}]}),
            "policy: policy.Statement[0].Resource[0]: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no bucket": ({"net": (VPC, {})},)},
}


def test_verdict(case, check):
    check("ST5", case)
