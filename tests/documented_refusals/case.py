"""One input that AWS documents as invalid, and an account to send it from."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.handlers import validate_bucket_name
from trust import TRUST

from modelyard_sandbox.accounts import DEFAULT_ACCOUNT_ID, SECRET_ACCESS_KEY, access_key_of

HOME = "eu-central-1"
AWAY = "eu-west-1"

READ_ON = "read 2026-11"

ALLOW_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
)

Request = dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """An operation's input that must be refused.

    Args:
        what: the case in a few words, unique; the test's id.
        call: service and operation, as `ec2.create_vpc`.
        code: the error code that AWS documents.
        source: the page and section that says so.
        request: sets the case up in an account and gives the operation's arguments.
    """

    what: str
    call: str
    code: str
    source: str
    request: Callable[[Account], Request]

    @property
    def service(self) -> str:
        """The service's name in boto3."""
        return self.call.split(".")[0]

    @property
    def operation(self) -> str:
        """The operation's name in boto3."""
        return self.call.split(".")[1]


@dataclass(frozen=True)
class Acceptance:
    """The request that cases change, unchanged: it must be taken, or they would prove nothing."""

    call: str
    request: Callable[[Account], Request]


@dataclass(frozen=True)
class Account:
    """An account of its own in the sandbox, and the resources that a case needs in it."""

    endpoint: str
    account_id: str
    region: str = HOME

    def client(self, service: str, region: str | None = None) -> Any:
        """A plain boto3 client that checks nothing itself, so that it is the server that refuses."""
        return unchecking_client(self.endpoint, self.account_id, service, region or self.region)

    def neighbour(self) -> Account:
        """Another account."""
        return Account(self.endpoint, f"9{self.account_id[1:]}", self.region)

    # Networks ------------------------------------------------------------------------------------------

    def vpc(self, cidr: str = "10.0.0.0/16") -> str:
        """Id of a new VPC."""
        return self.client("ec2").create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]

    def subnet(self, cidr: str = "10.0.0.0/24", vpc_id: str | None = None, zone: str = "a") -> str:
        """Id of a new subnet, in a VPC of its own unless one is given."""
        made = self.client("ec2").create_subnet(
            VpcId=vpc_id or self.vpc(), CidrBlock=cidr, AvailabilityZone=f"{self.region}{zone}"
        )
        return made["Subnet"]["SubnetId"]

    def security_group(self, vpc_id: str | None = None, name: str = "training") -> str:
        """Id of a new security group, in a VPC of its own unless one is given."""
        made = self.client("ec2").create_security_group(
            GroupName=name, Description="training", VpcId=vpc_id or self.vpc()
        )
        return made["GroupId"]

    def instance(self, **arguments: Any) -> str:
        """Id of a running instance."""
        launched = self.client("ec2").run_instances(
            ImageId=self.image(), MinCount=1, MaxCount=1, InstanceType="m5.large", **arguments
        )
        return launched["Instances"][0]["InstanceId"]

    def image(self) -> str:
        """Id of an image of Linux."""
        images = self.client("ec2").describe_images(Owners=["amazon"])["Images"]
        return next(image["ImageId"] for image in images if "Platform" not in image)

    # Identities and keys -------------------------------------------------------------------------------

    def role(self, name: str = "trainer") -> str:
        """ARN of a new role."""
        made = self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        return made["Role"]["Arn"]

    def instance_profile(self, name: str = "node") -> str:
        """ARN of a new instance profile with a role."""
        self.role(name)
        iam = self.client("iam")
        made = iam.create_instance_profile(InstanceProfileName=name)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
        return made["InstanceProfile"]["Arn"]

    def policy(self, name: str = "data") -> str:
        """ARN of a new managed policy."""
        return self.client("iam").create_policy(PolicyName=name, PolicyDocument=ALLOW_ALL)["Policy"]["Arn"]

    def key(self, **arguments: Any) -> str:
        """Id of a new key."""
        return self.client("kms").create_key(**arguments)["KeyMetadata"]["KeyId"]

    # Storage -------------------------------------------------------------------------------------------

    def bucket(self, name: str = "datasets", *, versioned: bool = False, **arguments: Any) -> str:
        """Name of a new bucket in the region."""
        bucket = f"{name}-{self.account_id}"
        s3 = self.client("s3")
        place = {"LocationConstraint": self.region}
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place, **arguments)
        if versioned:
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        return bucket

    def object(self, bucket: str | None = None, key: str = "shard-0", body: bytes = b"shard") -> Request:
        """Bucket and key of a new object, in a bucket of its own unless one is given."""
        place = {"Bucket": bucket or self.bucket(), "Key": key}
        self.client("s3").put_object(**place, Body=body)
        return place


def sequence(first: Callable[[], Any], request: Request) -> Request:
    """Do the set-up, then give the request."""
    first()
    return request


def repeated(account: Account, call: str, request: Request) -> Request:
    """A request that was already made once, and went well."""
    service, operation = call.split(".")
    getattr(account.client(service), operation)(**request)
    return request


def unchecking_client(endpoint: str, account_id: str, service: str, region: str) -> Any:
    """A boto3 client without botocore's own checks of parameters and bucket names."""
    client = _shared_client(endpoint, service, region)
    _callers[service, region] = account_id
    return client


_callers: dict[tuple[str, str], str] = {}
"""The account that a client speaks for now: making one for each case would take longer than the case."""


@functools.cache
def _shared_client(endpoint: str, service: str, region: str) -> Any:
    client = boto3.session.Session().client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=access_key_of(DEFAULT_ACCOUNT_ID),
        aws_secret_access_key=SECRET_ACCESS_KEY,
        config=Config(
            parameter_validation=False,
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
            proxies={},
        ),
    )
    if service == "s3":
        client.meta.events.unregister("before-parameter-build.s3", validate_bucket_name)

    def speak_for_the_account(request: Any, **_: Any) -> None:
        header = request.headers["Authorization"]
        written = header.decode() if isinstance(header, bytes) else header
        account_id = _callers[service, region]
        request.headers["Authorization"] = written.replace(
            access_key_of(DEFAULT_ACCOUNT_ID), access_key_of(account_id)
        )

    client.meta.events.register("before-send", speak_for_the_account)
    return client
