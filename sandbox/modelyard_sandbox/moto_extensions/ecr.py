"""ECR: names, tags that don't move, and lifecycle rules' priorities.

Sources: ECR API reference, CreateRepository and PutImage; ECR user guide, lifecycle policy properties;
2026-11.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from typing import Any

from moto.core.exceptions import ServiceException
from moto.ecr.exceptions import ImageAlreadyExistsException, InvalidParameterException
from moto.ecr.models import ECRBackend
from moto.ecr.policy_validation import EcrLifecyclePolicyValidator
from moto.ecr.responses import ECRResponse

from modelyard_sandbox.moto_extensions.constraints import constrain


class ImageTagAlreadyExistsError(ServiceException):
    """A tag that the repository doesn't let move."""

    code = "ImageTagAlreadyExistsException"


def install() -> None:
    """Put the checks around moto's."""
    ECRBackend.put_image = _with_immutable_tags(ECRBackend.put_image)
    EcrLifecyclePolicyValidator.validate = _with_priorities(EcrLifecyclePolicyValidator.validate)
    constrain(ECRResponse, "ecr", InvalidParameterException)


def _with_immutable_tags(put_image: Any) -> Any:
    @functools.wraps(put_image)
    def put(self: Any, repository_name: str, image_manifest: str, image_tag: str, *rest: Any) -> Any:
        try:
            return put_image(self, repository_name, image_manifest, image_tag, *rest)
        except ImageAlreadyExistsException as error:
            repository = self.repositories[repository_name]
            tagged = [image for image in repository.images if image_tag in image.image_tags]
            if all(image.image_manifest == image_manifest for image in tagged):
                raise
            raise ImageTagAlreadyExistsError(
                f"The image tag '{image_tag}' already exists in the '{repository_name}' repository "
                "and cannot be overwritten because the repository is immutable."
            ) from error

    return put


def _with_priorities(validate: Any) -> Any:
    @functools.wraps(validate)
    def validated(self: Any) -> None:
        validate(self)
        rules = json.loads(self._policy_text)["rules"]
        counted = Counter(rule["rulePriority"] for rule in rules)
        if any(count > 1 for count in counted.values()):
            raise InvalidParameterException(
                f"{self.INVALID_PARAMETER_ERROR_MESSAGE}Rule priorities must be unique'"
            )

    return validated
