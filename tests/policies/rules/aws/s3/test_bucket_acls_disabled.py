from modelyard_policies.aws.types import BUCKET, BUCKET_ACL, BUCKET_OWNERSHIP
from modelyard_policies.graph import UNKNOWN

ACL_V2 = "aws:s3/bucketAclV2:BucketAclV2"


def ownership(value):
    return {"ownership": (BUCKET_OWNERSHIP, {"bucket": "data", "rule": {"objectOwnership": value}})}


def acl(token=BUCKET_ACL, **properties):
    return {"acl": (token, {"bucket": "data", **properties})}


def granting(*grantees):
    """An ACL that names its owner, as it has to, and grants something to some."""
    grants = [{"grantee": grantee, "permission": "READ"} for grantee in grantees]
    return acl(accessControlPolicy={"owner": {"id": "79a5"}, "grants": grants})


CASES = {
    "bad": {
        "grants to the owner and another": (
            granting({"id": "79a5"}, {"id": "c00f"}),
            "acl: accessControlPolicy.grants: lets somebody in by an ACL",
        ),
        "a grant to everyone beside one that isn't known": (
            granting({"id": UNKNOWN}, {"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}),
            "acl: accessControlPolicy.grants: lets somebody in by an ACL",
        ),
        "ownership by preference": (
            ownership("BucketOwnerPreferred"),
            "ownership: rule.objectOwnership: is BucketOwnerPreferred, not BucketOwnerEnforced",
        ),
        "ownership of whoever writes": (
            ownership("ObjectWriter"),
            "ownership: rule.objectOwnership: is ObjectWriter, not BucketOwnerEnforced",
        ),
        "no ownership": (
            {"ownership": (BUCKET_OWNERSHIP, {"bucket": "data"})},
            "ownership: rule.objectOwnership: is unset, not BucketOwnerEnforced",
        ),
        "an ACL": (
            acl(acl="log-delivery-write"),
            "acl: acl: is log-delivery-write: lets somebody in by an ACL",
        ),
        "an ACL of an older type": (
            acl(ACL_V2, acl="public-read"),
            "acl: acl: is public-read: lets somebody in by an ACL",
        ),
        "an ACL of grants": (
            acl(accessControlPolicy={"grants": [{"permission": "READ"}]}, acl=UNKNOWN),
            "acl: accessControlPolicy.grants: lets somebody in by an ACL",
        ),
        "an ACL in the bucket": (
            {"data": (BUCKET, {"acl": "authenticated-read"})},
            "data: acl: is authenticated-read: lets somebody in by an ACL",
        ),
        "grants in the bucket": (
            {"data": (BUCKET, {"grants": [{"id": "79a5"}]})},
            "data: grants: lets somebody in by an ACL",
        ),
    },
    "good": {
        "ownership of the bucket's owner": (ownership("BucketOwnerEnforced"),),
        "an ACL that names its owner alone": (granting({"id": "79a5", "type": "CanonicalUser"}),),
        "an ACL for the owner alone": (acl(acl="private"),),
        "an ACL for the owner alone, in the bucket": ({"data": (BUCKET, {"acl": "private"})},),
    },
    "unknown": {
        "a grant to nobody knows whom": (
            granting({"id": UNKNOWN, "type": "CanonicalUser"}),
            "acl: accessControlPolicy.grants[0].grantee.id: can't be judged: not known before the deployment",
        ),
        "ownership that isn't known": (
            ownership(UNKNOWN),
            "ownership: rule.objectOwnership: can't be judged: not known before the deployment",
        ),
        "an ACL that isn't known": (
            acl(acl=UNKNOWN),
            "acl: acl: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a bucket that says nothing of it": ({"data": (BUCKET, {"bucket": "data"})},)},
}


def test_verdict(case, check):
    check("ST9", case)
