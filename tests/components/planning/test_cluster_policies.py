"""What nodes, jobs and submitters may do besides: metrics and logs of the node itself, locks of what is kept."""

import json

import pytest

from modelyard.planning.arns import Place
from modelyard.planning.metrics import NAMESPACE
from modelyard.planning.policies import roles, submitters

MANAGED_POLICY_MAX_CHARACTERS = 6_144
ROLE_INLINE_POLICIES_MAX_CHARACTERS = 10_240
"""IAM and STS quotas, 2026-11; white space doesn't count."""


def names(environment="dev", pools=("cpu", "gpu")):
    return roles.ClusterNames(
        place=Place("123456789012", "ap-southeast-2"),
        environment=environment,
        repository=f"{environment}/training",
        log_group=f"/modelyard/{environment}/jobs",
        queues=tuple(f"{environment}-{pool}" for pool in pools),
        job_role=f"{environment}-ap-southeast-2-job",
        execution_role=f"{environment}-ap-southeast-2-execution",
        node_log_group=f"/modelyard/{environment}/nodes",
        supervisor_role=f"{environment}-ap-southeast-2-supervisor",
    )


def statement(policy, sid):
    found = [item for item in json.loads(policy)["Statement"] if item["Sid"] == sid]
    return found[0] if found else None


def test_a_node_publishes_metrics_of_our_namespace_and_logs_of_its_own_group_only():
    policy = roles.instance_policy(names())
    assert statement(policy, "PublishMetrics")["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": NAMESPACE}
    }
    logs = statement(policy, "WriteOwnLogs")
    assert set(logs["Action"]) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert logs["Resource"] == ["arn:aws:logs:ap-southeast-2:123456789012:log-group:/modelyard/dev/nodes:*"]
    assert "logs:CreateLogGroup" not in policy


@pytest.mark.parametrize("mode", ["governance", "compliance"])
def test_a_job_locks_what_it_promotes_no_longer_and_no_harder_than_it_is_meant_to(mode):
    policy = roles.job_policy("data", "check", roles.PromotionLock(mode, 30))
    lock = statement(policy, "LockPromotedCheckpoints")
    assert (lock["Action"], lock["Resource"]) == (["s3:PutObjectRetention"], ["arn:aws:s3:::check/keep/*"])
    assert lock["Condition"] == {
        "StringEquals": {"s3:object-lock-mode": mode.upper()},
        "NumericLessThanEquals": {"s3:object-lock-remaining-retention-days": "30"},
    }
    assert "BypassGovernanceRetention" not in policy
    assert "LegalHold" not in policy


def test_a_submitter_writes_under_keep_where_promotion_is_on_and_nowhere_else_of_the_checkpoints():
    plain = submitters.submitter_policy(names(), "check")
    assert statement(plain, "PromoteCheckpoints") is None
    assert "s3:PutObjectRetention" not in plain
    policy = submitters.submitter_policy(names(), "check", roles.PromotionLock("compliance", 30))
    assert statement(policy, "PromoteCheckpoints")["Resource"] == ["arn:aws:s3:::check/keep/*"]
    assert statement(policy, "LockPromotedCheckpoints") is not None


def test_the_policies_of_who_submits_fit_iams_quota_for_the_longest_names_and_the_most_pools():
    longest = names("a" * 20, tuple("b" * 18 + f"{number:02}" for number in range(20)))
    lock = roles.PromotionLock("compliance", 36_500)
    submitter = submitters.submitter_policy(longest, "c" * 63, lock, end_bad_nodes=True)
    viewer = submitters.viewer_policy(longest, "c" * 63)
    for policy in (submitter, viewer):
        assert len("".join(policy.split())) <= MANAGED_POLICY_MAX_CHARACTERS
    # Together they would not, which is why they are two.
    assert len("".join((submitter + viewer).split())) > MANAGED_POLICY_MAX_CHARACTERS


def test_the_longest_secrets_an_environment_may_name_fit_into_their_roles_inline_policies():
    place = Place("123456789012", "ap-southeast-2")
    secrets = ["s" * 300] * 20
    secrets = [f"arn:aws:secretsmanager:{secret}"[:300] for secret in secrets]
    policy = roles.secrets_policy(place, secrets, ["k" * 200] * 10)
    inline = policy + roles.execution_policy(names("a" * 20))
    assert len("".join(inline.split())) <= ROLE_INLINE_POLICIES_MAX_CHARACTERS
