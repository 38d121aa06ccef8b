"""The errors of AWS Budgets, in the shapes of its service model."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class InvalidParameterError(ServiceException):
    """A value that the parameter doesn't take."""

    code = "InvalidParameterException"


class NotFoundError(ServiceException):
    """There is no such budget, notification or subscriber."""

    code = "NotFoundException"


class DuplicateRecordError(ServiceException):
    """There is one already."""

    code = "DuplicateRecordException"


class CreationLimitExceededError(ServiceException):
    """There are as many as there may be."""

    code = "CreationLimitExceededException"


class AccessDeniedError(ServiceException):
    """The budget is another account's."""

    code = "AccessDeniedException"
