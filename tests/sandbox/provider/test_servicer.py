"""The provider's answers, asked directly: what needs no engine to be seen."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Context, Refused, set_surroundings
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto.status_pb2 import Status
from trust import TRUST

from modelyard_sandbox.aws.package import PACKAGE
from modelyard_sandbox.provider.servicer import SandboxProvider
from modelyard_sandbox.provider.values import UNKNOWN, Secret, decode, encode
from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"
KEY = "aws:kms/key:Key"
BUCKET = "aws:s3/bucket:Bucket"


def urn(type_: str, name: str = "it") -> str:
    return f"urn:pulumi:try::toy::my:Component${type_}::{name}"


class Asked:
    """A provider that is asked with plain values."""

    def __init__(self) -> None:
        self.warnings: list[tuple[str, str]] = []
        self.context: Any = Context()
        self.provider = SandboxProvider(PACKAGE, self._warn)

    def _warn(self, message: str, urn: str) -> None:
        self.warnings.append((message, urn))

    def configure(self, **settings: Any) -> Asked:
        self.provider.Configure(pb.ConfigureRequest(args=encode(settings)), self.context)
        return self

    def create(self, type_: str, *, preview: bool = False, **inputs: Any) -> tuple[str, dict[str, Any]]:
        request = pb.CreateRequest(urn=urn(type_), properties=encode(inputs), preview=preview)
        answer = self.provider.Create(request, self.context)
        return answer.id, decode(answer.properties)

    def read(self, type_: str, id_: str) -> pb.ReadResponse:
        return self.provider.Read(pb.ReadRequest(urn=urn(type_), id=id_), self.context)

    def delete(self, type_: str, id_: str, **inputs: Any) -> None:
        outputs = encode({"region": REGION})
        request = pb.DeleteRequest(urn=urn(type_), id=id_, properties=outputs, old_inputs=encode(inputs))
        self.provider.Delete(request, self.context)


@pytest.fixture
def surroundings(sandbox: Sandbox, account_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `modelyard sandbox env` sets, for this process."""
    set_surroundings(sandbox, account_id, REGION, monkeypatch)


@pytest.fixture
def asked(surroundings: None) -> Asked:
    return Asked().configure()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("MODELYARD_SANDBOX_DIR", "", "does not say which sandbox"),
        ("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL", "is not a key of a sandbox's account"),
    ],
)
def test_a_provider_outside_a_sandbox_says_what_to_set(
    surroundings: None, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(Refused, match=said) as refused:
        Asked().configure()
    assert 'eval "$(modelyard sandbox env)"' in str(refused.value)


def test_a_provider_without_a_region_is_refused(surroundings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    with pytest.raises(Refused, match="the provider has no region"):
        Asked().configure()


@pytest.mark.parametrize("setting", ["allowedAccountIds", "forbiddenAccountIds"])
def test_accounts_are_held_against_the_sandboxs(surroundings: None, account_id: str, setting: str) -> None:
    mine = account_id if setting == "forbiddenAccountIds" else "210987654321"
    with pytest.raises(Refused, match="account"):
        Asked().configure(**{setting: f'["{mine}"]'})


def test_settings_and_types_that_the_sandbox_does_not_know_are_refused_by_name(asked: Asked) -> None:
    settings = pb.CheckRequest(news=encode({"assumeRoles": "[]", "region": REGION}))
    (failure,) = asked.provider.CheckConfig(settings, asked.context).failures
    assert failure.property == "assumeRoles"
    assert "it knows allowedAccountIds, defaultTags" in failure.reason
    topic = pb.CheckRequest(urn=urn("aws:sqs/queue:Queue"))
    (failure,) = asked.provider.Check(topic, asked.context).failures
    assert "the sandbox has no aws:sqs/queue:Queue" in failure.reason
    with pytest.raises(Refused, match="the sandbox has no data source aws:ec2/getAmi:getAmi"):
        asked.provider.Invoke(pb.InvokeRequest(tok="aws:ec2/getAmi:getAmi"), asked.context)


def test_data_sources_answer_for_the_provider(asked: Asked, account_id: str) -> None:
    def answer(name: str) -> dict[str, Any]:
        token = f"aws:index/{name}:{name}"
        return decode(getattr(asked.provider.Invoke(pb.InvokeRequest(tok=token), asked.context), "return"))

    assert answer("getCallerIdentity")["accountId"] == account_id
    assert answer("getRegion")["region"] == REGION
    assert answer("getPartition")["partition"] == "aws"


def test_a_preview_makes_nothing_and_tells_what_is_known(asked: Asked) -> None:
    asked.context = None  # nothing is refused
    id_, outputs = asked.create(KEY, preview=True, description=Secret("x"), policy=UNKNOWN, tags={"a": "b"})
    assert id_ == ""
    assert outputs == {
        "description": Secret("x"),
        "policy": UNKNOWN,
        "region": REGION,
        "tags": {"a": "b"},
        "tagsAll": {"a": "b"},
    }


def test_what_is_half_made_comes_with_its_id_its_inputs_and_the_reason(asked: Asked) -> None:
    with pytest.raises(Refused, match="nodes was made, but not finished"):
        asked.create("aws:iam/instanceProfile:InstanceProfile", name="nodes", role="absent")
    status = Status.FromString(asked.context.trailing["grpc-status-details-bin"])
    detail = pb.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert detail.id == "nodes"
    assert decode(detail.inputs) == {"name": "nodes", "role": "absent"}
    assert decode(detail.properties)["__unfinished"] is True
    assert "NoSuchEntity" in detail.reasons[0]


def test_an_unfinished_resource_differs_even_from_the_same_inputs(asked: Asked) -> None:
    def changes(**marker: bool) -> int:
        request = pb.DiffRequest(urn=urn(KEY), olds=encode({"region": REGION, **marker}))
        return asked.provider.Diff(request, asked.context).changes

    assert changes() == pb.DiffResponse.DIFF_NONE
    assert changes(__unfinished=True) == pb.DiffResponse.DIFF_SOME


def test_a_bucket_with_objects_is_emptied_and_the_user_is_told(asked: Asked, sandbox: Sandbox) -> None:
    account = asked.provider._place.cloud.account_id
    name = f"full-{account}"
    asked.create(BUCKET, bucket=name)
    s3 = sandbox.client("s3", REGION, account)
    s3.put_object(Bucket=name, Key="a", Body=b"x")
    asked.delete(BUCKET, name, bucket=name)
    assert s3.list_buckets()["Buckets"] == []
    ((message, where),) = asked.warnings
    assert "AWS would refuse: s3:DeleteBucket answered BucketNotEmpty" in message
    assert where == urn(BUCKET)


def test_what_the_cloud_refuses_to_delete_stays(asked: Asked) -> None:
    asked.create("aws:iam/role:Role", name="worn", assumeRolePolicy=TRUST)
    attachment = {"role": "worn", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    asked.create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", **attachment)
    with pytest.raises(Refused, match="DeleteConflict"):
        asked.delete("aws:iam/role:Role", "worn", name="worn")
    assert asked.read("aws:iam/role:Role", "worn").id == "worn"


def test_what_is_gone_reads_as_nothing(asked: Asked) -> None:
    assert asked.read(BUCKET, "never-there") == pb.ReadResponse()


def test_what_cannot_be_imported_by_its_id_says_so(asked: Asked) -> None:
    with pytest.raises(Refused, match=r"s-1 is no id of aws:backup/selection:Selection: one looks like PLAN"):
        asked.read("aws:backup/selection:Selection", "s-1")
    with pytest.raises(Refused, match="no-slash is no id of aws:s3/bucketObjectv2:BucketObjectv2"):
        asked.read("aws:s3/bucketObjectv2:BucketObjectv2", "no-slash")


def test_a_cancelled_run_leaves_the_server_and_the_provider_at_work(asked: Asked, sandbox: Sandbox) -> None:
    asked.provider.Cancel(Empty(), asked.context)
    assert sandbox.status().running
    assert asked.create(KEY)[0]
