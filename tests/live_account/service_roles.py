"""Service-linked roles, which an account has once and which cost nothing: made where they are missing, and left."""

from __future__ import annotations

from botocore.exceptions import ClientError

from live_account.place import HOME_REGION, Place
from modelyard_cli.bootstrap.service_roles import SERVICE_ROLES


def make_service_roles(place: Place) -> None:
    """Make what is missing. A role that is there answers InvalidInput."""
    iam = place.client("iam", HOME_REGION)
    for service, (name, _) in SERVICE_ROLES.items():
        try:
            iam.create_service_linked_role(AWSServiceName=service)
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidInput":
                raise
        iam.get_waiter("role_exists").wait(RoleName=name)
