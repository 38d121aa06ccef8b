"""KMS's errors, in the shapes of its service model."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class InvalidStateError(ServiceException):
    """The key's state doesn't allow the operation."""

    code = "KMSInvalidStateException"


class DisabledError(ServiceException):
    """The key is disabled."""

    code = "DisabledException"


class UnsupportedError(ServiceException):
    """The operation isn't one for this kind of key."""

    code = "UnsupportedOperationException"


class MalformedPolicyError(ServiceException):
    """A policy that is none, or that locks everybody out."""

    code = "MalformedPolicyDocumentException"


class AccessDeniedError(ServiceException):
    """The key's policy denies it."""

    code = "AccessDeniedException"


class AlreadyExistsError(ServiceException):
    """There is one of that name."""

    code = "AlreadyExistsException"


class InvalidAliasNameError(ServiceException):
    """No name for an alias."""

    code = "InvalidAliasNameException"


class NotFoundError(ServiceException):
    """There is none of that name."""

    code = "NotFoundException"


class ValidationError(ServiceException):
    """A value outside what the parameter takes."""

    code = "ValidationException"
