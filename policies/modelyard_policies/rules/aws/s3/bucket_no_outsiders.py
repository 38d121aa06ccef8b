"""No bucket lets in everyone, or another account that isn't named as one of ours.

A statement for everyone passes if a condition keeps it to some (aws/narrowing.py). AWS's services may be
principals, and so may CloudFront's origin access identities, which are in an account of AWS's own. CloudFront
itself may be one for certain distributions only: anybody can point a distribution of theirs at the bucket.
The accounts by which load balancers write logs in older regions are for the option `accounts`.

Which account a stack is in is known from its provider (`allowedAccountIds`, or the roles that it takes on).
If neither that nor the option says anything, a principal of some account can't be judged. The policy of an
access point is judged alike: a bucket's policy often leaves it to its access points who comes in. An ACL, of
a bucket or of an object, is judged for the groups of everyone and of everyone with an AWS account.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.aws.accounts import account_of, own_accounts
from modelyard_policies.aws.narrowing import accounts_kept_to
from modelyard_policies.aws.types import ACCESS_POINTS, BUCKET, BUCKET_ACL, BUCKET_OBJECTS, BUCKET_POLICY
from modelyard_policies.errors import Unread
from modelyard_policies.graph import canonical
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Block, Failure, GraphView, Resource, Statement, each, some, statements
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class BucketAccounts(Options):
    """Whose principals may be let in."""

    rule: ClassVar[str] = "bucket-no-outsiders"
    accounts: tuple[str, ...] = option(
        words(),
        (),
        "Accounts that bucket policies may let in, by id, or by canonical id. With any given, and no account "
        "known from the provider, name the stack's own as well",
    )


RULE = Rule(
    id="bucket-no-outsiders",
    code="ST6",
    title="Buckets let in neither everyone nor other accounts",
    severity=Severity.CRITICAL,
    resources=(BUCKET_POLICY, BUCKET_ACL, BUCKET, *BUCKET_OBJECTS, *ACCESS_POINTS),
    options=BucketAccounts,
    why="Whoever a policy or an ACL lets in reads or writes datasets and weights, and asks no role of yours.",
    mend=(
        "Name roles of your own account as Principal, or keep Principal * to them by a condition such as "
        '{"StringEquals": {"aws:PrincipalOrgID": "ORGANIZATION"}}; put an account that you share with into '
        "the option accounts."
    ),
    maps_to={
        "checkov": ["CKV_AWS_70", "CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_375"],
        "security_hub": ["S3.2", "S3.3", "S3.6"],
    },
    snippet="""\
aws.s3.BucketPolicy(
    "datasets",
    bucket=bucket.bucket,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": role.arn},
                    "Action": ["s3:GetObject"],
                    "Resource": pulumi.Output.format("{0}/*", bucket.arn),
                }
            ],
        }
    ),
)
""",
)

OPEN_ACLS: Final = ("public-read", "public-read-write", "authenticated-read")
OPEN_GROUPS: Final = ("/AllUsers", "/AuthenticatedUsers")


@RULE.applies
def lets_somebody_in(resource: Resource, graph: GraphView) -> bool:
    """A bucket or an object does so by itself if it has an ACL, and a bucket as older programs write it; an
    access point if it has a policy.
    """
    if canonical(resource.type) in (BUCKET_POLICY, BUCKET_ACL):
        return True
    return any(map(resource.has, ("policy", "acl", "grants")))


@RULE.check
def nobody_from_outside(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each statement that allows something, and each grant of an ACL."""
    ours = own_accounts(resource, graph) | {*graph.options(BucketAccounts).accounts}
    checks = (
        lambda: each(statements(resource.document("policy")), lambda statement: _lets_in(statement, ours)),
        lambda: _acl_is_open(resource),
        lambda: each(resource.list("grants"), _grant_is_open),
        lambda: each(
            resource.block("accessControlPolicy").list("grants"),
            lambda grant: _grant_is_open(grant.block("grantee")),
        ),
    )
    yield from each(checks, lambda check: check())


def _lets_in(statement: Statement, ours: frozenset[str]) -> Iterator[Failure]:
    if not statement.allows:
        return
    block = statement.block
    if block.get("NotPrincipal") is not None:
        yield block.failure("NotPrincipal", "lets in everyone but those that it names")
        return
    principal = block.block("Principal")
    kinds = principal.keys() if isinstance(block.raw("Principal"), dict) else []
    yield from each(
        [(principal, kind) for kind in kinds] or [(block, "Principal")],
        lambda place: each(place[0].strings(place[1]), lambda who: _judge(statement, place[1], who, ours)),
    )


def _judge(statement: Statement, kind: str, who: str, ours: frozenset[str]) -> Iterator[Failure]:
    if who == "*" or (kind == "Federated" and not who.startswith("arn:")):
        yield from _is_kept_to_some(statement, ours)
    elif kind == "Service":
        yield from _is_for_some_distributions(statement, who)
    else:
        yield from _is_ours(statement, [account_of(who) or who], ours, who)


def _is_for_some_distributions(statement: Statement, service: str) -> Iterator[Failure]:
    if service.startswith("cloudfront.") and not some(accounts_kept_to(statement), lambda _: True):
        yield statement.block.failure("Principal", "lets in the distributions of every account")


def _is_kept_to_some(statement: Statement, ours: frozenset[str]) -> Iterator[Failure]:
    """One condition that keeps out outsiders is enough: all have to hold."""
    kept = list(accounts_kept_to(statement))
    if not kept:
        yield statement.block.failure("Principal", "lets in everyone")
    elif not any(ours.issuperset(accounts) for accounts in kept):
        yield from _is_ours(statement, kept[0], ours)


def _is_ours(
    statement: Statement,
    accounts: list[str],
    ours: frozenset[str],
    who: str = "",
) -> Iterator[Failure]:
    """Whether all accounts are ours. One that isn't known to be is another's, if any is known to be ours."""
    others = [account for account in accounts if account not in ours and account != "cloudfront"]
    if not others:
        return
    block = statement.block
    if not ours or not all(map(str.isdigit, others)):
        why = f"whether {others[0]} is yours isn't known: name your accounts in the option accounts"
        raise Unread(block.node.urn, block.path_of("Principal"), why)
    someone = who or f"everyone of {others[0]}"
    yield block.failure("Principal", f"lets in {someone}, which isn't of your accounts")


def _acl_is_open(resource: Resource) -> Iterator[Failure]:
    acl = resource.text("acl")
    if acl in OPEN_ACLS:
        yield resource.failure("acl", f"is {acl}, which lets in everyone")


def _grant_is_open(grant: Block) -> Iterator[Failure]:
    if grant.text("uri").endswith(OPEN_GROUPS):
        yield grant.failure("uri", "grants access to everyone")
