"""Which cloud a target, a pool or an access is of: what both clouds have is read from either, the rest is
told apart here. The models of a cloud are imported when a target on it is read, and no sooner.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from typing_extensions import TypeIs

from modelyard.errors import InputError, Problem
from modelyard.outputs.base import CommonPool, CommonTarget
from modelyard_launcher.access import S3Access
from modelyard_launcher.stores import Access

if TYPE_CHECKING:
    from modelyard.outputs import LaunchTarget, PoolTarget
    from modelyard.outputs.azure import AzureLaunchTarget, AzurePool

    AnyTarget: TypeAlias = LaunchTarget | AzureLaunchTarget
    AnyPool: TypeAlias = PoolTarget | AzurePool
else:
    AnyTarget, AnyPool = CommonTarget, CommonPool

_SHOWN = {"aws": "AWS", "azure": "Azure"}


def shown_cloud(cloud: str) -> str:
    """A cloud's name for people."""
    return _SHOWN.get(cloud, cloud)


def cloud_of(access: Access) -> str:
    """The cloud that an access leads to."""
    return "aws" if isinstance(access, S3Access) else "azure"


def on_azure(target: AnyTarget) -> TypeIs[AzureLaunchTarget]:
    """Whether a target is on Azure."""
    return target.cloud == "azure"


def is_cluster(pool: AnyPool) -> TypeIs[AzurePool]:
    """Whether a pool is a compute cluster of a workspace on Azure; on AWS it is a queue."""
    return "compute_name" in type(pool).model_fields


def parsed_target(content: bytes | str) -> AnyTarget:
    """A target from its JSON text. Raises pydantic's ValidationError, as of AWS's where no cloud is named."""
    try:
        document: object = json.loads(content)
    except ValueError:
        document = None  # the model says what is wrong with the text
    return _model(document).model_validate_json(content)


def target_of(document: Mapping[str, Any]) -> AnyTarget:
    """A target from a record. Raises pydantic's ValidationError."""
    return _model(document).model_validate(document)


def _model(document: object) -> type[LaunchTarget] | type[AzureLaunchTarget]:
    if isinstance(document, dict) and cast("dict[str, object]", document).get("cloud") == "azure":
        from modelyard.outputs.azure import AzureLaunchTarget

        return AzureLaunchTarget
    from modelyard.outputs import LaunchTarget

    return LaunchTarget


def aws_target(target: AnyTarget, what: str, mend: str) -> LaunchTarget:
    """The target, if it is on AWS. `what` is for AWS alone, as "`modelyard job build`".

    Raises InputError for one on Azure, with `mend`.
    """
    if not on_azure(target):
        return target
    raise InputError(
        [
            Problem(
                field="cloud",
                given=target.cloud,
                message=f"{what} knows AWS alone, and environment {target.environment} is on Azure",
                allowed="an environment with cloud: aws",
                mend=mend,
            )
        ]
    )


def aws_pool(pool: AnyPool) -> PoolTarget:
    """The pool of a target that is on AWS. Raises TypeError for a cluster of Azure's."""
    if is_cluster(pool):
        raise TypeError(f"pool {pool.name} is a cluster of Azure Machine Learning, not a queue")
    return pool


def aws_access(access: Access, what: str) -> S3Access:
    """The access, if it is to AWS. Raises InputError for another: `what` is AWS's."""
    if isinstance(access, S3Access):
        return access
    raise InputError(
        [
            Problem(
                field="cloud",
                given=cloud_of(access),
                message=f"{what} is AWS's, and {access.place} is Azure's",
                allowed="an environment with cloud: aws",
                mend="name such an environment",
            )
        ]
    )
