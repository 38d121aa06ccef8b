"""What the launcher's calls are let through with: of who submits, of a supervisor, of whoever looks on, of what
starts jobs. Each call is allowed on its own resource, and refused on a neighbour's.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pulumi
import pytest
from cluster_args import CLUSTER, KEY, POOL
from iam import is_allowed
from previewing import dev_fields, every, one, preview, preview_environment

from modelyard.aws.gpu_cluster import GpuCluster
from modelyard.errors import InputError
from modelyard.planning.arns import Place
from modelyard_cli.bootstrap.naming import Naming
from modelyard_cli.bootstrap.rights.boundaries import workload_boundary
from modelyard_policies.graph import Graph

HERE = "eu-central-1:123456789012"
ELSEWHERE = "eu-west-1:123456789012"
IMAGES = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/dev/training"
DIGEST = f"sha256:{'0' * 64}"
BOUNDARY = workload_boundary(Naming("dev", Place("123456789012", "eu-central-1")))
OURS = {"aws:ResourceTag/environment": "dev"}
THEIRS = {"aws:ResourceTag/environment": "prod"}
NODE = {**OURS, "aws:ResourceTag/pool": "cpu"}
TO_TASKS = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
THROUGH_S3 = {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}
GPU = {**POOL, "name": "gpu", "instance_type": "g5.xlarge"}
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:dev/hub-??????"
PARAMETER = f"arn:aws:ssm:{HERE}:parameter/dev/tracking"


def cluster(*pools: dict[str, Any], **changes: Any) -> Graph:
    return preview(
        lambda: GpuCluster("c", {**CLUSTER, "pools": list(pools or (POOL, GPU)), **changes}) and None
    )


def managed(graph: Graph) -> dict[str, str]:
    """Every managed policy, by its name."""
    return {node.properties["name"]: node.properties["policy"] for node in every(graph, "iam/policy:Policy")}


def rights(graph: Graph, role: str) -> dict[str, str]:
    """All that a role may do: the policies in it and those that it is given, by their names."""
    attached = {
        node.properties["policyArn"].rpartition("/")[2]
        for node in every(graph, "iam/rolePolicyAttachment:RolePolicyAttachment")
        if node.properties["role"] == role
    }
    inline = {
        node.name: node.properties["policy"]
        for node in every(graph, "iam/rolePolicy:RolePolicy")
        if node.properties["role"] == role
    }
    return inline | {name: policy for name, policy in managed(graph).items() if name in attached}


@pytest.fixture(scope="module")
def plain() -> Graph:
    return cluster()


class Call(NamedTuple):
    """A call of the launcher, and one that looks like it and isn't its to make."""

    action: str
    resource: str
    context: dict[str, str]
    neighbour: str
    neighbours_context: dict[str, str]


def call(
    action: str,
    resource: str,
    neighbour: str | None = None,
    context: dict[str, str] | None = None,
    neighbours_context: dict[str, str] | None = None,
) -> Call:
    context = context or {}
    return Call(
        action,
        resource,
        context,
        neighbour or resource,
        context if neighbours_context is None else neighbours_context,
    )


def job(place: str = HERE) -> str:
    return f"arn:aws:batch:{place}:job/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


def batch(kind: str, name: str, place: str = HERE) -> str:
    return f"arn:aws:batch:{place}:{kind}/{name}"


SUBMITTING = [
    call("batch:RegisterJobDefinition", batch("job-definition", "dev-try-0a1b"),
         batch("job-definition", "prod-try-0a1b"), {"batch:Image": f"{IMAGES}@{DIGEST}"}),
    call("batch:RegisterJobDefinition", batch("job-definition", "dev-try-0a1b"),
         context={"batch:Image": f"{IMAGES}:v1"}, neighbours_context={"batch:Image": "docker.io/library/python:3"}),
    call("batch:RegisterJobDefinition", batch("job-definition", "dev-try-0a1b"),
         context={"batch:Image": f"{IMAGES}:v1", "batch:Privileged": "false"},
         neighbours_context={"batch:Image": f"{IMAGES}:v1", "batch:Privileged": "true"}),
    call("batch:SubmitJob", batch("job-definition", "dev-try-0a1b:3"), batch("job-definition", "prod-try-0a1b:3")),
    call("batch:SubmitJob", batch("job-queue", "dev-cpu"), batch("job-queue", "dev-other")),
    call("batch:SubmitJob", job(), job(ELSEWHERE)),
    call("batch:TagResource", job(), batch("job-queue", "dev-cpu")),
    call("batch:TagResource", batch("job-definition", "dev-try-0a1b:3"), batch("job-definition", "prod-try-0a1b:3")),
    call("batch:DeregisterJobDefinition", batch("job-definition", "dev-try-0a1b:3"),
         batch("job-definition", "prod-try-0a1b:3")),
    call("batch:TerminateJob", job(), context=OURS, neighbours_context=THEIRS),
    call("batch:CancelJob", job(), context=OURS, neighbours_context={}),
    call("iam:PassRole", "arn:aws:iam::123456789012:role/dev-eu-central-1-job",
         "arn:aws:iam::123456789012:role/dev-eu-central-1-node", TO_TASKS),
    call("iam:PassRole", "arn:aws:iam::123456789012:role/dev-eu-central-1-execution",
         "arn:aws:iam::123456789012:role/modelyard-deploy-dev", TO_TASKS),
    call("iam:PassRole", "arn:aws:iam::123456789012:role/dev-eu-central-1-supervisor",
         context=TO_TASKS, neighbours_context={"iam:PassedToService": "lambda.amazonaws.com"}),
    call("s3:PutObject", "arn:aws:s3:::check/runs/try-1/run.json", "arn:aws:s3:::check/checkpoints/try-1/step-1"),
    call("s3:PutObject", "arn:aws:s3:::check/runs/intents/0a1b.json", "arn:aws:s3:::check/modelyard/target.json"),
    call("s3:PutObject", "arn:aws:s3:::check/runs/archives/0a1b.tar.gz", "arn:aws:s3:::data/runs/try-1/run.json"),
    call("s3:AbortMultipartUpload", "arn:aws:s3:::check/runs/archives/0a1b.tar.gz", "arn:aws:s3:::check/keep/a"),
    call("kms:GenerateDataKey", KEY, context=THROUGH_S3, neighbours_context={}),
    *(
        call(f"ecr:{action}", f"arn:aws:ecr:{HERE}:repository/dev/training", f"arn:aws:ecr:{HERE}:repository/dev-base")
        for action in (
            "BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload", "DescribeImages",
            "GetDownloadUrlForLayer", "InitiateLayerUpload", "PutImage", "UploadLayerPart",
        )
    ),
]  # fmt: skip
"""What only who submits does."""

VIEWING = [
    call("batch:GetJobQueueSnapshot", batch("job-queue", "dev-gpu"), batch("job-queue", "prod-gpu")),
    call("ecs:DescribeContainerInstances", f"arn:aws:ecs:{HERE}:container-instance/AWSBatch-dev-cpu-1/0a1b",
         f"arn:aws:ecs:{HERE}:container-instance/web/0a1b"),
    call("logs:GetLogEvents", f"arn:aws:logs:{HERE}:log-group:/modelyard/dev/jobs:log-stream:try/default/0a1b",
         f"arn:aws:logs:{HERE}:log-group:/modelyard/prod/jobs:log-stream:try/default/0a1b"),
    call("logs:FilterLogEvents", f"arn:aws:logs:{HERE}:log-group:/modelyard/dev/nodes:log-stream:i-1",
         f"arn:aws:logs:{HERE}:log-group:/modelyard/dev/flow-logs:log-stream:i-1"),
    call("logs:DescribeLogStreams", f"arn:aws:logs:{HERE}:log-group:/modelyard/dev/jobs:log-stream:",
         f"arn:aws:logs:{ELSEWHERE}:log-group:/modelyard/dev/jobs:log-stream:"),
    call("s3:ListBucket", "arn:aws:s3:::check", "arn:aws:s3:::data"),
    call("s3:GetObject", "arn:aws:s3:::check/runs/try-1/run.json", "arn:aws:s3:::data/corpus/part-1"),
    call("s3:GetObject", "arn:aws:s3:::check/modelyard/target.json", "arn:aws:s3:::checks/modelyard/target.json"),
    call("s3:GetObject", "arn:aws:s3:::check/modelyard/target.recovery.json", "arn:aws:s3:::check-logs/2026-11-26"),
    call("s3:GetObject", "arn:aws:s3:::check/checkpoints/try-1/step-1/manifest.json", "arn:aws:s3:::state/a"),
    call("kms:Decrypt", KEY, context=THROUGH_S3, neighbours_context={"kms:ViaService": "ebs.eu-central-1.amazonaws.com"}),
]  # fmt: skip
"""What whoever looks on does as well."""

OF_THE_ACCOUNT = [
    "batch:DescribeComputeEnvironments",
    "batch:DescribeJobDefinitions",
    "batch:DescribeJobQueues",
    "batch:DescribeJobs",
    "batch:ListJobs",
    "ec2:DescribeInstances",
]
"""Reads that IAM can't bound to what is ours."""


def of_submitters(graph: Graph) -> list[str]:
    return list(managed(graph).values())


@pytest.mark.parametrize("each", [*SUBMITTING, *VIEWING], ids=lambda each: f"{each.action} {each.resource}")
def test_who_submits_may_make_each_call_of_the_launcher_on_what_is_the_environments_own(
    plain: Graph, each: Call
) -> None:
    policies = of_submitters(plain)
    assert is_allowed(policies, each.action, each.resource, each.context)
    assert not is_allowed(policies, each.action, each.neighbour, each.neighbours_context)


@pytest.mark.parametrize("each", [*SUBMITTING, *VIEWING], ids=lambda each: f"{each.action} {each.resource}")
def test_a_supervisor_may_make_each_of_them_within_the_environments_boundary(
    plain: Graph, each: Call
) -> None:
    policies = list(rights(plain, "dev-eu-central-1-supervisor").values())
    assert is_allowed(policies, each.action, each.resource, each.context, boundary=BOUNDARY)
    assert not is_allowed(policies, each.action, each.neighbour, each.neighbours_context, boundary=BOUNDARY)


def test_who_looks_on_sees_jobs_and_acts_on_none(plain: Graph) -> None:
    viewer = [policy for name, policy in managed(plain).items() if name != "dev-eu-central-1-submitter"]
    for each in VIEWING:
        assert is_allowed(viewer, each.action, each.resource, each.context), each
        assert not is_allowed(viewer, each.action, each.neighbour, each.neighbours_context), each
    for each in SUBMITTING:
        if not each.action.startswith("kms:"):
            assert not is_allowed(viewer, each.action, each.resource, each.context), each


def test_what_iam_cannot_bound_is_read_only(plain: Graph) -> None:
    for action in [*OF_THE_ACCOUNT, "ecr:GetAuthorizationToken"]:
        assert is_allowed(of_submitters(plain), action), action
    for action in (
        "batch:UpdateJobQueue",
        "batch:DeleteComputeEnvironment",
        "ec2:RunInstances",
        "s3:ListAllMyBuckets",
    ):
        assert not is_allowed(of_submitters(plain), action), action


@pytest.mark.parametrize("action", ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectRetention"])
def test_who_submits_deletes_and_locks_nothing(plain: Graph, action: str) -> None:
    for key in ("runs/try-1/run.json", "checkpoints/try-1/step-1", "keep/best"):
        assert not is_allowed(of_submitters(plain), action, f"arn:aws:s3:::check/{key}")


def test_a_node_is_ended_only_where_the_environment_says_so_and_only_a_node(plain: Graph) -> None:
    instance = f"arn:aws:ec2:{HERE}:instance/i-0123456789abcdef0"
    assert not is_allowed(of_submitters(plain), "ec2:TerminateInstances", instance, NODE)
    ending = of_submitters(cluster(end_bad_nodes=True))
    assert is_allowed(ending, "ec2:TerminateInstances", instance, NODE, boundary=BOUNDARY)
    for context in ({}, OURS, THEIRS, {**NODE, **THEIRS}, {"aws:ResourceTag/pool": "cpu"}):
        assert not is_allowed(ending, "ec2:TerminateInstances", instance, context), context
    assert not is_allowed(ending, "ec2:TerminateInstances", instance.replace("central", "west"), NODE)
    assert not is_allowed(ending, "ec2:StopInstances", instance, NODE)


def test_the_boundary_lets_no_role_end_what_is_another_environments(plain: Graph) -> None:
    everything = json.dumps({"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]})
    instance = f"arn:aws:ec2:{HERE}:instance/i-0123456789abcdef0"
    assert is_allowed([everything], "ec2:TerminateInstances", instance, OURS, boundary=BOUNDARY)
    for context in ({}, THEIRS):
        assert not is_allowed([everything], "ec2:TerminateInstances", instance, context, boundary=BOUNDARY)


def test_jobs_are_given_the_secrets_that_are_named_and_no_others() -> None:
    graph = cluster(secrets=[SECRET, PARAMETER], secret_key_arns=[KEY])
    policies = list(rights(graph, "dev-eu-central-1-execution").values())
    hub = SECRET.replace("??????", "AbCdEf")
    read = [("secretsmanager:GetSecretValue", hub), ("ssm:GetParameters", PARAMETER)]
    for action, arn in read:
        assert is_allowed(policies, action, arn, boundary=BOUNDARY)
    for action, arn in (
        ("secretsmanager:GetSecretValue", hub.replace("dev/hub", "prod/hub")),
        ("secretsmanager:GetSecretValue", hub.replace("dev/hub", "dev/hub-other")),
        ("secretsmanager:GetSecretValue", hub.replace("central", "west")),
        ("secretsmanager:PutSecretValue", hub),
        ("secretsmanager:DescribeSecret", hub),
        ("ssm:GetParameters", f"{PARAMETER}/token"),
        ("ssm:PutParameter", PARAMETER),
    ):
        assert not is_allowed(policies, action, arn), (action, arn)
    for service in ("secretsmanager", "ssm"):
        through = {"kms:ViaService": f"{service}.eu-central-1.amazonaws.com"}
        assert is_allowed(policies, "kms:Decrypt", KEY, through, boundary=BOUNDARY)
        assert not is_allowed(policies, "kms:Decrypt", KEY.replace("1111", "2222"), through)
    assert not is_allowed(policies, "kms:Decrypt", KEY, THROUGH_S3)
    # Only what starts jobs reads them: no program, no node, nobody who submits.
    for role in ("job", "node", "supervisor"):
        others = list(rights(graph, f"dev-eu-central-1-{role}").values())
        assert others
        assert not any(is_allowed(others, action, arn) for action, arn in read), role


def test_without_secrets_what_starts_jobs_reads_none(plain: Graph) -> None:
    policies = rights(plain, "dev-eu-central-1-execution")
    assert set(policies) == {"c-roles-execution"}
    assert not is_allowed(
        policies.values(), "secretsmanager:GetSecretValue", SECRET.replace("??????", "AbCdEf")
    )


def test_a_key_of_parameters_alone_is_used_through_systems_manager_alone() -> None:
    policies = list(
        rights(cluster(secrets=[PARAMETER], secret_key_arns=[KEY]), "dev-eu-central-1-execution").values()
    )
    assert is_allowed(policies, "kms:Decrypt", KEY, {"kms:ViaService": "ssm.eu-central-1.amazonaws.com"})
    through_the_other = {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"}
    assert not is_allowed(policies, "kms:Decrypt", KEY, through_the_other)


def test_a_supervisor_is_taken_on_by_tasks_of_this_account_and_holds_the_submitters_policies_alone(
    plain: Graph,
) -> None:
    trust = json.loads(one(plain, "iam/role:Role", "c-roles-supervisor").properties["assumeRolePolicy"])
    assert trust["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        }
    ]
    assert set(rights(plain, "dev-eu-central-1-supervisor")) == set(managed(plain))


def test_without_a_pool_for_it_there_is_no_supervisor_and_nobody_passes_one() -> None:
    graph = cluster(GPU)
    assert not [node for node in every(graph, "iam/role:Role") if "supervisor" in node.name]
    supervisor = "arn:aws:iam::123456789012:role/dev-eu-central-1-supervisor"
    assert not is_allowed(of_submitters(graph), "iam:PassRole", supervisor, TO_TASKS)


def two_regions() -> dict[str, Any]:
    fields = dev_fields()
    fields["permissions_boundary"] = True
    fields["regions"]["recovery"] = "eu-west-1"
    fields["recovery"] = {"network": {"cidr": "10.48.0.0/20", "zone_count": 2}}
    return fields


def test_a_supervisor_in_either_region_submits_in_both() -> None:
    graph = preview_environment(two_regions())
    boundary = workload_boundary(Naming("dev", Place("123456789012", "eu-central-1"), "eu-west-1"))
    for home in ("eu-central-1", "eu-west-1"):
        held = rights(graph, f"dev-{home}-supervisor")
        assert len(held) == 6
        # What names keys is known once they are there; IAM takes ten policies a role.
        policies = [policy for name, policy in held.items() if not name.endswith("-keys")]
        for region in ("eu-central-1", "eu-west-1"):
            store = f"dev-checkpoints-123456789012-{region}"
            for action, resource, context in (
                ("batch:SubmitJob", f"arn:aws:batch:{region}:123456789012:job-queue/dev-cpu", {}),
                ("batch:TerminateJob", f"arn:aws:batch:{region}:123456789012:job/0a1b", OURS),
                ("iam:PassRole", f"arn:aws:iam::123456789012:role/dev-{region}-job", TO_TASKS),
                ("iam:PassRole", f"arn:aws:iam::123456789012:role/dev-{region}-execution", TO_TASKS),
                ("s3:PutObject", f"arn:aws:s3:::{store}/runs/try-1/run.json", {}),
                ("s3:GetObject", f"arn:aws:s3:::{store}/modelyard/target.recovery.json", {}),
            ):
                assert is_allowed(policies, action, resource, context, boundary=boundary), (
                    home,
                    action,
                    resource,
                )
        assert not is_allowed(
            policies, "batch:SubmitJob", "arn:aws:batch:eu-west-3:123456789012:job-queue/dev-cpu"
        )


def test_each_regions_jobs_are_given_that_regions_secrets_through_an_endpoint_of_its_own() -> None:
    fields = two_regions()
    there = SECRET.replace("eu-central-1", "eu-west-1")
    fields["jobs"] = {"secrets": [SECRET, there, PARAMETER]}
    graph = preview_environment(fields)
    hub, replica = SECRET.replace("??????", "AbCdEf"), there.replace("??????", "AbCdEf")
    for region, own, other in (("eu-central-1", hub, replica), ("eu-west-1", replica, hub)):
        policies = list(rights(graph, f"dev-{region}-execution").values())
        assert is_allowed(policies, "secretsmanager:GetSecretValue", own), region
        assert not is_allowed(policies, "secretsmanager:GetSecretValue", other), region
    endpoints = [
        node for node in every(graph, "ec2/vpcEndpoint:VpcEndpoint") if node.name.endswith("secretsmanager")
    ]
    assert {node.region for node in endpoints} == {"eu-central-1", "eu-west-1"}
    for node in endpoints:
        assert json.loads(node.properties["policy"])["Statement"][0]["Condition"] == {
            "StringEquals": {"aws:PrincipalAccount": "123456789012"}
        }


def services(graph: Graph) -> set[str]:
    found = every(graph, "ec2/vpcEndpoint:VpcEndpoint")
    return {node.properties["serviceName"].removeprefix("com.amazonaws.eu-central-1.") for node in found}


def test_parameters_and_what_nobody_asks_for_take_no_endpoint_more() -> None:
    fields = dev_fields()
    usual = services(preview_environment(fields))
    assert "ssm" in usual
    assert not {"secretsmanager", "ec2"} & usual
    fields["jobs"] = {"secrets": [PARAMETER]}
    assert services(preview_environment(fields)) == usual
    fields["jobs"] = {"secrets": [SECRET], "end_bad_nodes": True}
    assert services(preview_environment(fields)) == usual | {"secretsmanager", "ec2"}
    fields["network"]["egress"] = "nat"
    assert services(preview_environment(fields)) == {"s3"}


@pytest.mark.parametrize(
    ("changes", "field", "message", "mend"),
    [
        (
            {"secrets": ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:dev/*"]},
            "secrets[0]",
            "this names no secret of Secrets Manager and no parameter of Systems Manager",
            "write the whole ARN, as `aws secretsmanager list-secrets` or `aws ssm describe-parameters` show it",
        ),
        (
            {"secrets": [PARAMETER, PARAMETER.replace("123456789012", "999999999999")]},
            "secrets[1]",
            "it belongs to account 999999999999, and jobs run in 123456789012",
            "keep a copy of it in 123456789012 and name that, or correct the account in the ARN",
        ),
        (
            {"secrets": [PARAMETER.replace("central", "west")]},
            "secrets[0]",
            "it is in eu-west-1, and jobs read what is in their own region",
            "replicate the secret into eu-central-1, or make the parameter there, and name that",
        ),
        (
            {"secrets": [PARAMETER], "secret_key_arns": ["arn:aws:kms:eu-central-1:123456789012:alias/hub"]},
            "secret_key_arns[0]",
            "this names no key of KMS",
            "write the key's own ARN, not its alias's: `aws kms describe-key` shows it",
        ),
        (
            {"secret_key_arns": [KEY]},
            "secret_key_arns",
            "there are keys, and nothing that is encrypted with them",
            "name the secrets as well, or leave this out",
        ),
    ],
)  # fmt: skip
def test_secrets_that_jobs_cannot_be_given_are_refused(
    changes: dict[str, Any], field: str, message: str, mend: str
) -> None:
    with pytest.raises(InputError) as refused:
        cluster(**changes)
    (problem,) = refused.value.problems
    assert (problem.field, problem.message, problem.mend) == (f"c.{field}", message, mend)


def test_a_secret_of_the_same_program_may_become_known_later() -> None:
    def program() -> None:
        secrets, keys = ([pulumi.Output.from_input(arn)] for arn in (SECRET, KEY))
        GpuCluster("c", {**CLUSTER, "pools": [POOL], "secrets": secrets, "secret_key_arns": keys})

    policies = list(rights(preview(program), "dev-eu-central-1-execution").values())
    assert is_allowed(policies, "secretsmanager:GetSecretValue", SECRET.replace("??????", "AbCdEf"))
