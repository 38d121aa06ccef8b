import json

from modelyard_policies.aws.types import ACCESS_POINTS, BUCKET, BUCKET_ACL, BUCKET_POLICY
from modelyard_policies.graph import UNKNOWN

OURS, THEIRS = "111122223333", "444455556666"
GROUPS = "http://acs.amazonaws.com/groups/global"
HERE = {"aws": ("pulumi:providers:aws", {"allowedAccountIds": json.dumps([OURS])})}
BY_ROLE = {
    "aws": (
        "pulumi:providers:aws",
        {"assumeRoles": json.dumps([{"roleArn": f"arn:aws:iam::{OURS}:role/x"}])},
    ),
}
DISTRIBUTION = f"arn:aws:cloudfront::{THEIRS}:distribution/E1"
CONDITION = "policy.Statement[0].Condition.StringEquals"
ANY_DISTRIBUTION = "policy: policy.Statement[0].Principal: lets in the distributions of every account"
OPEN = "policy: policy.Statement[0].Principal: lets in everyone"


def statement(principal, condition=None, **more):
    found = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": principal, **more}
    return {key: value for key, value in {**found, "Condition": condition}.items() if value is not None}


def policy(*statements):
    document = {"Statement": list(statements)}
    return {"policy": (BUCKET_POLICY, {"bucket": "data", "policy": document}, {}, {"provider": "aws"})}


def here(*statements):
    return HERE | policy(*statements)


def nowhere(*statements):
    return {"policy": (BUCKET_POLICY, {"policy": json.dumps({"Statement": list(statements)})})}


def of_theirs(who):
    return f"policy: policy.Statement[0].Principal: lets in {who}, which isn't of your accounts"


def not_known(what):
    return (
        f"policy: policy.Statement[0].Principal: can't be judged: whether {what} is yours isn't known: "
        "name your accounts in the option accounts"
    )


ROLE = f"arn:aws:iam::{THEIRS}:role/reader"
CASES = {
    "bad": {
        "a star": (nowhere(statement("*")), OPEN),
        "a star for AWS": (here(statement({"AWS": ["*"]})), OPEN),
        "a star for services": (here(statement({"Service": "*"})), OPEN),
        "whoever Google knows": (here(statement({"Federated": "accounts.google.com"})), OPEN),
        "an access point for a star": (
            {"policy": (ACCESS_POINTS[0], {"policy": json.dumps({"Statement": statement("*")})})},
            "policy: policy.Statement.Principal: lets in everyone",
        ),
        "an access point's policy of its own for a star": (
            {"policy": (ACCESS_POINTS[1], {"policy": {"Statement": [statement({"AWS": "*"})]}})},
            OPEN,
        ),
        "any distribution of CloudFront": (
            here(statement({"Service": "cloudfront.amazonaws.com"})),
            ANY_DISTRIBUTION,
        ),
        "distributions of CloudFront in any account": (
            here(statement({"Service": "cloudfront.amazonaws.com"}, {"ArnLike": {"AWS:SourceArn": "*"}})),
            ANY_DISTRIBUTION,
        ),
        "everyone but one": (
            here(statement(None, NotPrincipal={"AWS": ROLE})),
            "policy: policy.Statement[0].NotPrincipal: lets in everyone but those that it names",
        ),
        "a condition on the referer": (
            here(statement("*", {"StringLike": {"aws:Referer": "https://example.com/*"}})),
            OPEN,
        ),
        "a condition on TLS": (here(statement("*", {"Bool": {"aws:SecureTransport": "true"}})), OPEN),
        "half of the internet": (here(statement("*", {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}})), OPEN),
        "the whole internet beside an address": (
            here(statement("*", {"IpAddress": {"aws:SourceIp": ["203.0.113.7/32", "::/0"]}})),
            OPEN,
        ),
        "any organization": (here(statement("*", {"StringLike": {"aws:PrincipalOrgID": "*"}})), OPEN),
        "an organization, if it is said": (
            here(statement("*", {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}})),
            OPEN,
        ),
        "a variable of the request": (
            here(statement("*", {"StringEquals": {"aws:SourceVpc": "${aws:PrincipalTag/vpc}"}})),
            OPEN,
        ),
        "roles of that name in any account": (
            here(statement("*", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}})),
            OPEN,
        ),
        "another account": (
            here(statement({"AWS": f"arn:aws:iam::{THEIRS}:root"})),
            of_theirs(f"arn:aws:iam::{THEIRS}:root"),
        ),
        "another account's id, with ours": (here(statement({"AWS": [OURS, THEIRS]})), of_theirs(THEIRS)),
        "another account's role, with one that isn't known": (
            here(statement({"AWS": [UNKNOWN, ROLE]})),
            of_theirs(ROLE),
        ),
        "everyone of another account": (
            here(statement("*", {"StringEquals": {"aws:PrincipalAccount": THEIRS}})),
            of_theirs(f"everyone of {THEIRS}"),
        ),
        "another account, with the account known by the provider's role": (
            BY_ROLE | policy(statement({"AWS": THEIRS})),
            of_theirs(THEIRS),
        ),
        "written into the bucket": (
            {"data": (BUCKET, {"policy": {"Statement": statement("*")}})},
            "data: policy.Statement.Principal: lets in everyone",
        ),
        "an ACL for everyone": (
            {"acl": (BUCKET_ACL, {"bucket": "data", "acl": "public-read"})},
            "acl: acl: is public-read, which lets in everyone",
        ),
        "an ACL for everyone, of an older type": (
            {"acl": ("aws:s3/bucketAclV2:BucketAclV2", {"acl": "authenticated-read"})},
            "acl: acl: is authenticated-read, which lets in everyone",
        ),
        "an object for everyone": (
            {"page": ("aws:s3/bucketObjectv2:BucketObjectv2", {"key": "index.html", "acl": "public-read"})},
            "page: acl: is public-read, which lets in everyone",
        ),
        "a copy of an object for everyone": (
            {"page": ("aws:s3/objectCopy:ObjectCopy", {"grants": [{"uri": f"{GROUPS}/AllUsers"}]})},
            "page: grants[0].uri: grants access to everyone",
        ),
        "a grant to everyone": (
            {
                "acl": (
                    BUCKET_ACL,
                    {"accessControlPolicy": {"grants": [{"grantee": {"uri": f"{GROUPS}/AllUsers"}}]}},
                ),
            },
            "acl: accessControlPolicy.grants[0].grantee.uri: grants access to everyone",
        ),
        "a grant written into the bucket": (
            {"data": (BUCKET, {"grants": [{"type": "Group", "uri": f"{GROUPS}/AuthenticatedUsers"}]})},
            "data: grants[0].uri: grants access to everyone",
        ),
    },
    "good": {
        "a distribution of CloudFront": (
            here(
                statement(
                    {"Service": "cloudfront.amazonaws.com"},
                    {"StringEquals": {"AWS:SourceArn": DISTRIBUTION}},
                )
            ),
        ),
        "distributions of CloudFront in an account": (
            here(
                statement(
                    {"Service": ["cloudfront.amazonaws.com"]},
                    {"StringEquals": {"aws:SourceAccount": OURS}},
                )
            ),
        ),
        "a service that delivers logs": (here(statement({"Service": "delivery.logs.amazonaws.com"})),),
        "a denial": (here(statement("*", Effect="Deny")),),
        "a role of the account": (here(statement({"AWS": f"arn:aws:iam::{OURS}:role/trainer"})),),
        "a service": (nowhere(statement({"Service": ["cloudtrail.amazonaws.com"]})),),
        "CloudFront's identity": (
            nowhere(statement({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"})),
        ),
        "everyone of an organization": (
            nowhere(statement("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
        ),
        "everyone of a part of an organization": (
            nowhere(statement("*", {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-1/r-1/*"]}})),
        ),
        "whoever comes by an endpoint": (
            nowhere(statement({"AWS": "*"}, {"StringEquals": {"aws:sourceVpce": ["vpce-1", "vpce-2"]}})),
        ),
        "whoever comes from some addresses": (
            nowhere(statement("*", {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}})),
        ),
        "a session of a role by its id": (
            nowhere(statement("*", {"StringLike": {"aws:userid": "AROAEXAMPLE:*"}})),
        ),
        "distributions of the account": (
            here(
                statement("*", {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{OURS}:distribution/*"}}),
            ),
        ),
        "another account, within the organization": (
            here(
                statement(
                    "*",
                    {"StringEquals": {"aws:PrincipalAccount": THEIRS, "aws:PrincipalOrgID": "o-1"}},
                ),
            ),
        ),
        "notifications of a bucket": (
            nowhere(statement("*", {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::source"}})),
        ),
        "a private ACL": ({"acl": (BUCKET_ACL, {"acl": "private"})},),
        "S3's log delivery by an ACL": (
            {
                "acl": (
                    BUCKET_ACL,
                    {
                        "accessControlPolicy": {
                            "grants": [
                                {"grantee": {"uri": "http://acs.amazonaws.com/groups/s3/LogDelivery"}}
                            ],
                        },
                    },
                ),
            },
        ),
    },
    "unknown": {
        "a distribution of CloudFront that isn't made yet": (
            here(
                statement(
                    {"Service": "cloudfront.amazonaws.com"}, {"StringEquals": {"AWS:SourceArn": UNKNOWN}}
                )
            ),
            f"policy: {CONDITION}.AWS:SourceArn: can't be judged: not known before the deployment",
        ),
        "a policy that isn't known": (
            {"policy": (BUCKET_POLICY, {"policy": UNKNOWN})},
            "policy: policy: can't be judged: not known before the deployment",
        ),
        "an account, with none known to be ours": (
            nowhere(statement({"AWS": f"arn:aws:iam::{THEIRS}:root"})),
            not_known(THEIRS),
        ),
        "everyone of an account, with none known to be ours": (
            nowhere(statement("*", {"StringEquals": {"aws:SourceAccount": THEIRS}})),
            not_known(THEIRS),
        ),
        "a canonical id": (here(statement({"CanonicalUser": "79a5"})), not_known("79a5")),
        "a user that is gone": (here(statement({"AWS": "AIDAEXAMPLE"})), not_known("AIDAEXAMPLE")),
        "an account, with the provider's not known": (
            {"aws": ("pulumi:providers:aws", {"allowedAccountIds": UNKNOWN})} | policy(statement(THEIRS)),
            not_known(THEIRS),
        ),
        "a principal that isn't known": (
            here(statement({"AWS": UNKNOWN})),
            "policy: policy.Statement[0].Principal.AWS: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "an access point without a policy": ({"point": (ACCESS_POINTS[0], {"bucket": "data"})},),
        "a bucket that leaves it to others": ({"data": (BUCKET, {"bucket": "data"})},),
        "an object without an ACL": ({"page": ("aws:s3/bucketObject:BucketObject", {"key": "index.html"})},),
    },
}


def test_verdict(case, check):
    check("ST6", case)
