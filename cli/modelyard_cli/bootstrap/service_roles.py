"""Service-linked roles: those of Batch, ECS, Auto Scaling and EC2 Spot."""

from __future__ import annotations

from modelyard_cli.account.failures import error_code
from modelyard_cli.account.session import HOME_REGION, CheckedSession
from modelyard_cli.bootstrap.parts import MISSING, Difference
from modelyard_cli.bootstrap.reading import absent
from modelyard_cli.bootstrap.roles import GLOBAL

SERVICE_ROLES = {
    "batch.amazonaws.com": ("AWSServiceRoleForBatch", "makes compute environments"),
    "ecs.amazonaws.com": ("AWSServiceRoleForECS", "gives tasks of multi-node jobs their interfaces"),
    "autoscaling.amazonaws.com": (
        "AWSServiceRoleForAutoScaling",
        "launches nodes; the volume key's policy names it, and KMS refuses a policy that names no role",
    ),
    "spot.amazonaws.com": (
        "AWSServiceRoleForEC2Spot",
        "launches spot nodes; the volume key of an environment with a spot pool names it",
    ),
}
"""Role of each service, and what for (each service's guide, "Using service-linked roles", 2026-11)."""


class ServiceRole:
    """A role that is a service's own: made once an account, and never changed."""

    region = GLOBAL

    def __init__(self, session: CheckedSession, service: str) -> None:
        self._service = service
        self._name, self.why = SERVICE_ROLES[service]
        self.subject = f"service-linked role {self._name}"
        self._iam = session.client("iam", HOME_REGION)

    def differences(self) -> list[Difference]:
        """What isn't as it should be."""
        if absent(lambda: self._iam.get_role(RoleName=self._name), "NoSuchEntity"):
            return []
        return [Difference("role", MISSING, f"{self._service}'s own", self._create)]

    def _create(self) -> None:
        from botocore.exceptions import ClientError

        try:
            self._iam.create_service_linked_role(AWSServiceName=self._service)
        except ClientError as error:
            # The service made it in the meantime: "has been taken in this account".
            if error_code(error) != "InvalidInput":
                raise
        self._iam.get_waiter("role_exists").wait(RoleName=self._name)
