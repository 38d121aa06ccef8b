"""AWS Lambda: functions and who may start them.

Source of what replaces and what updates: pulumi-aws 7.51's registry pages and the provider that it bridges,
aws_lambda_function and aws_lambda_permission; 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.archives import zipped
from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag

CONFIGURATION = (
    "description",
    "environment",
    "handler",
    "kmsKeyArn",
    "loggingConfig",
    "memorySize",
    "role",
    "runtime",
    "timeout",
    "tracingConfig",
)
RENAMES = {"kmsKeyArn": "KMSKeyArn", "mode": "Mode"}


class Function(ResourceHandler):
    """A function of code in an archive; its id is its name."""

    type = "aws:lambda/function:Function"
    service = "lambda"
    inputs = frozenset({"architectures", "code", "name", "reservedConcurrentExecutions", *CONFIGURATION})
    required = frozenset({"code", "handler", "role", "runtime"})
    replace_on = frozenset({"name"})
    made_with = (inputs - {"reservedConcurrentExecutions"}) | {"tags", "tagsAll"}
    changing_outputs = frozenset({"codeSha256", "lastModified", "sourceCodeSize"})
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        request = self.request(
            cloud, "CreateFunction", inputs, "architectures", *CONFIGURATION, renames=RENAMES
        )
        self.call(
            cloud,
            "CreateFunction",
            FunctionName=name,
            Code={"ZipFile": zipped(inputs["code"], f"{self.type}'s code")},
            Tags=tags_of(inputs),
            **request,
        )
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *CONFIGURATION):
            # What was left out keeps its value: what the program took back is put back to its default.
            emptied: Inputs = {
                name: empty
                for name, empty in (("description", ""), ("environment", {"variables": {}}))
                if old.get(name) and not new.get(name)
            }
            whole = {**new, **emptied}
            request = self.request(
                cloud, "UpdateFunctionConfiguration", whole, *CONFIGURATION, renames=RENAMES
            )
            self.call(cloud, "UpdateFunctionConfiguration", FunctionName=id_, **request)
        if changed(old, new, "architectures", "code"):
            request = self.request(cloud, "UpdateFunctionCode", new, "architectures")
            code = zipped(new["code"], f"{self.type}'s code")
            self.call(cloud, "UpdateFunctionCode", FunctionName=id_, ZipFile=code, **request)
        if changed(old, new, "reservedConcurrentExecutions"):
            self._reserve(cloud, id_, new.get("reservedConcurrentExecutions"))
        retag(cloud, "lambda", self._arn(cloud, id_), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "GetFunction", FunctionName=id_)["Configuration"]
        arn = self._arn(cloud, id_)
        path = f"2015-03-31/functions/{arn}/invocations"
        return {
            "arn": arn,
            "codeSha256": found["CodeSha256"],
            "invokeArn": f"arn:{cloud.partition}:apigateway:{cloud.region}:lambda:path/{path}",
            "lastModified": found["LastModified"],
            "name": id_,
            "qualifiedArn": f"{arn}:$LATEST",
            "sourceCodeSize": found["CodeSize"],
            "version": "$LATEST",
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteFunction", FunctionName=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("lambda").get_paginator("list_functions").paginate():
            yield from (function["FunctionName"] for function in page["Functions"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")

    def _reserve(self, cloud: Cloud, name: str, count: Any) -> None:
        # -1 is Terraform's word for "none reserved".
        if count is None or int(count) < 0:
            self.call(cloud, "DeleteFunctionConcurrency", FunctionName=name)
            return
        self.call(cloud, "PutFunctionConcurrency", FunctionName=name, ReservedConcurrentExecutions=int(count))

    def _arn(self, cloud: Cloud, name: str) -> str:
        return cloud.arn("lambda", f"function:{name}")


class Permission(ResourceHandler):
    """One statement of a function's policy; its id is the statement's."""

    type = "aws:lambda/permission:Permission"
    service = "lambda"
    names = ("action", "eventSourceToken", "principal", "sourceAccount", "sourceArn", "statementId")
    inputs = frozenset({"function", *names})
    required = frozenset({"action", "function", "principal"})
    replace_on = inputs
    made_with = inputs
    name_input = "statementId"
    identity = ("function", "statementId")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "AddPermission", inputs, *self.names)
        self.call(cloud, "AddPermission", FunctionName=inputs["function"], **request)
        return inputs["statementId"]

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        return {} if self.one(cloud, id_, inputs) else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "RemovePermission", FunctionName=inputs["function"], StatementId=id_)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        wanted = inputs.get("statementId")
        return wanted if wanted and self.one(cloud, wanted, inputs) else None

    def one(self, cloud: Cloud, id_: str, inputs: Inputs) -> dict[str, Any] | None:
        """The statement as it stands."""
        policy = json.loads(self.call(cloud, "GetPolicy", FunctionName=inputs["function"])["Policy"])
        return next((item for item in policy["Statement"] if item["Sid"] == id_), None)
