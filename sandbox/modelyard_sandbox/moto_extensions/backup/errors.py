"""AWS Backup's errors, in the shapes of its service model."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class BackupError(ServiceException):
    """What all have in common: whose fault it is."""

    type = "Client"


class AlreadyExistsError(BackupError):
    """There is one of that name."""

    code = "AlreadyExistsException"

    def __init__(self, message: str, arn: str | None = None, creator_request_id: str | None = None) -> None:
        super().__init__(message)
        self.arn = arn
        self.creator_request_id = creator_request_id


class NotFoundError(BackupError):
    """There is none of that name."""

    code = "ResourceNotFoundException"


class InvalidParameterError(BackupError):
    """A value that the parameter doesn't take."""

    code = "InvalidParameterValueException"


class InvalidRequestError(BackupError):
    """What stands doesn't allow the request: a lock, contents."""

    code = "InvalidRequestException"


class MissingParameterError(BackupError):
    """A parameter is missing."""

    code = "MissingParameterValueException"


class LimitExceededError(BackupError):
    """There are as many as there may be."""

    code = "LimitExceededException"


class AccessDeniedError(BackupError):
    """The vault's access policy denies it."""

    code = "AccessDeniedException"
