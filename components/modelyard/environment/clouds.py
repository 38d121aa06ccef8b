"""An environment on any of the clouds that modelyard builds on, told apart by `cloud`.

The models of a cloud are imported when an environment on it is read, and no sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from modelyard.environment.common import CommonEnvironment
from modelyard.errors import InputError, Problem
from modelyard.validation.values import given_text, nearest

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment
    from modelyard.environment.azure.spec import AzureEnvironment

    Environment: TypeAlias = AwsEnvironment | AzureEnvironment
else:
    Environment = CommonEnvironment

CLOUDS = ("aws", "azure")
"""Clouds that an environment can be on."""

_MODELS = {
    "aws": ("modelyard.environment.aws.spec", "AwsEnvironment"),
    "azure": ("modelyard.environment.azure.spec", "AzureEnvironment"),
}

Words = tuple[str, str, str]
"""What a message says of a field: what is wrong, what is allowed, how to mend it."""


def environment_model(cloud: str) -> type[Environment]:
    """The model of an environment on one cloud. Raises KeyError."""
    module, name = _MODELS[cloud]
    return getattr(import_module(module), name)


def model_of(
    data: object,
    *,
    file: str | None = None,
    locate: Callable[[tuple[str | int, ...]], int | None] | None = None,
) -> type[Environment]:
    """The model that plain data is to be read by.

    What names no cloud is read as Azure's if it names a subscription or a tenant, and otherwise as AWS's:
    there `cloud` is missing like any other field. Raises InputError for a cloud that there is none of.
    """
    fields: Mapping[Any, object] = data if isinstance(data, Mapping) else {}
    cloud = fields.get("cloud")
    if cloud is None:
        return environment_model("azure" if {"subscription_id", "tenant_id"} & fields.keys() else "aws")
    if cloud in CLOUDS:
        return environment_model(str(cloud))
    like = nearest(cloud, CLOUDS, most=1)
    raise InputError(
        [
            Problem(
                field="cloud",
                given=given_text(cloud),
                message=f"{given_text(cloud)} is none of the choices",
                allowed=", ".join(CLOUDS),
                mend=f"did you mean {like[0]}?" if like else "choose one of these",
                file=file,
                line=locate(("cloud",)) if locate else None,
            )
        ]
    )


def foreign_words(model: type[Any]) -> Callable[[tuple[str | int, ...], object], Words | None] | None:
    """What to say of a field or a value that only the other cloud has; None for what is no environment."""
    if not issubclass(model, CommonEnvironment):
        return None

    def words(path: tuple[str | int, ...], value: object) -> Words | None:
        from modelyard.environment.counterparts import counterpart

        return counterpart(_cloud(model), path, value)

    return words


def _cloud(model: type[CommonEnvironment]) -> str:
    return next(cloud for cloud, (_, name) in _MODELS.items() if name == model.__name__)
