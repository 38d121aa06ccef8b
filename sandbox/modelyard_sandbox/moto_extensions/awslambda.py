"""AWS Lambda: what of a function's settings moto forgets, what it doesn't know, and permissions given twice.

Sources: AWS Lambda API reference, CreateFunction, UpdateFunctionConfiguration, AddPermission and
PutFunctionConcurrency; AWS Lambda developer guide, "Lambda quotas" and "Lambda runtimes"; 2026-11.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from moto.awslambda.exceptions import ConflictException, InvalidParameterValueException
from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.core.utils import get_service_model

from modelyard_sandbox.moto_extensions.constraints import constrain
from modelyard_sandbox.moto_extensions.operations import before

KEPT = ("LoggingConfig",)
"""What a function is configured with and moto has no place for."""

UPDATED = {"KMSKeyArn": "kms_key_arn", "TracingConfig": "tracing_config"}
"""What moto keeps at creation and doesn't update."""

CONCURRENCY = 1_000
UNRESERVED = 100
CREATE_ONLY_RUNTIMES = frozenset(
    {
        *("nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x"),
        *("nodejs14.x", "nodejs16.x", "java8", "python2.7", "python3.6", "python3.7", "python3.8"),
        *("dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet6", "go1.x"),
        *("ruby2.5", "ruby2.7", "provided"),
    }
)
"""Runtimes that AWS has taken away: no function can be created with them any more."""


class ResourceConflictError(ConflictException):
    """There is one already."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.error_type = "ResourceConflictException"


def install() -> None:
    """Put the checks before moto's operations, and what is forgotten into its functions."""
    before(LambdaResponse, "create_function", _check_runtime)
    before(LambdaResponse, "update_function_configuration", _check_runtime)
    before(LambdaResponse, "add_permission", _check_statement)
    before(LambdaResponse, "put_function_concurrency", _check_concurrency)
    constrain(LambdaResponse, "lambda", InvalidParameterValueException)
    LambdaFunction.__init__ = _remembering(LambdaFunction.__init__)
    LambdaFunction.update_configuration = _updating(LambdaFunction.update_configuration)
    LambdaFunction.get_configuration = _telling(LambdaFunction.get_configuration)


def _check_runtime(self: Any) -> None:
    body = self.json_body
    runtime = body.get("Runtime")
    known: Any = get_service_model("lambda").shape_for("Runtime")
    if runtime is not None and (runtime not in known.enum or runtime in CREATE_ONLY_RUNTIMES):
        raise InvalidParameterValueException(
            f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda "
            "functions."
        )


def _check_statement(self: Any) -> None:
    function = self.backend.get_function(self.path.split("/")[-2], None)
    wanted = json.loads(self.body).get("StatementId")
    if any(statement.get("Sid") == wanted for statement in function.policy.statements):
        raise ResourceConflictError(
            f"The statement id ({wanted}) provided already exists. Please provide a new statement id, or "
            "remove the existing statement."
        )


def _check_concurrency(self: Any) -> None:
    name = self.path.split("/")[-2]
    reserved = sum(
        int(function.reserved_concurrency or 0)
        for function in self.backend.list_functions()
        if function.function_name != name
    )
    wanted = int(self._get_param("ReservedConcurrentExecutions") or 0)
    if CONCURRENCY - reserved - wanted < UNRESERVED:
        raise InvalidParameterValueException(
            "Specified ReservedConcurrentExecutions for function decreases account's "
            f"UnreservedConcurrentExecution below its minimum value of [{UNRESERVED}]."
        )


def _remembering(initialize: Any) -> Any:
    @functools.wraps(initialize)
    def initialized(self: Any, account_id: str, spec: dict[str, Any], *rest: Any, **named: Any) -> None:
        initialize(self, account_id, spec, *rest, **named)
        self.modelyard_kept = {name: spec[name] for name in KEPT if spec.get(name)}

    return initialized


def _updating(update_configuration: Any) -> Any:
    @functools.wraps(update_configuration)
    def updated(self: Any, config_updates: dict[str, Any]) -> dict[str, Any]:
        self.modelyard_kept |= {name: config_updates[name] for name in KEPT if config_updates.get(name)}
        for name, attribute in UPDATED.items():
            if name in config_updates:
                setattr(self, attribute, config_updates[name] or None)
        return update_configuration(self, config_updates)

    return updated


def _telling(get_configuration: Any) -> Any:
    @functools.wraps(get_configuration)
    def told(self: Any, *args: Any, **named: Any) -> dict[str, Any]:
        default = {"LogFormat": "Text", "LogGroup": self.logs_group_name}
        logging = {**default, **self.modelyard_kept.get("LoggingConfig", {})}
        return {**get_configuration(self, *args, **named), "LoggingConfig": logging}

    return told
