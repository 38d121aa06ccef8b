"""How the launcher, and a job on this machine, reach Azure: the sandbox if one runs, otherwise the real one.

In this order: MODELYARD_ARM_ENDPOINT in the environment, which a sandbox's variables name; the real Azure,
if the environment names an identity there (a service principal's or a managed one); the sandbox that runs in
this project; the real Azure, by azure-identity's own chain.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from modelyard_launcher.azure.credentials import (
    ARM_SCOPE,
    NAMED,
    Credential,
    OwnCredential,
    SandboxCredential,
    forget_tokens,
    identity_of,
    seems_somebody,
)
from modelyard_launcher.project import sandbox_record

if TYPE_CHECKING:
    from modelyard_launcher.azure.arm import Arm

ARM_ENDPOINT = "https://management.azure.com"
"""The resource manager of Azure's public cloud."""

BLOB_SUFFIX = "blob.core.windows.net"
"""What follows the account in the names of Azure's public cloud."""

ARM_VARIABLE, BLOB_VARIABLE = "MODELYARD_ARM_ENDPOINT", "MODELYARD_BLOB_ENDPOINT"
"""Where a sandbox's resource manager and its blobs are."""

ACCOUNT_KEY_PREFIX = "modelyard sandbox "
"""The sandbox derives the key of an account from this and the account's name."""


@dataclass(frozen=True, slots=True)
class AzureAccess:
    """Where Azure is, and who asks. Its text never shows a credential."""

    kind: Literal["sandbox", "azure"]
    region: str
    subscription_id: str
    arm_endpoint: str = ARM_ENDPOINT
    """Without a slash at its end."""
    blob_root: str | None = None
    """Where a sandbox's blobs are, each account's under its name; None for the real Azure, and in a sandbox
    that serves none."""
    identity: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Variables of the identity; empty in a sandbox."""
    from_record: str | None = None
    """The sandbox's record that named the endpoints."""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return f"the sandbox at {self.arm_endpoint}" if self.kind == "sandbox" else f"Azure in {self.region}"

    @property
    def sandbox_mend(self) -> str:
        """What to do about a sandbox that isn't as it should be."""
        no_sandbox = f"remove {self.from_record}" if self.from_record else f"unset {ARM_VARIABLE}"
        return (
            "bring the environment up in the sandbox: `modelyard sandbox up ENV`; "
            f"if no sandbox is meant, {no_sandbox}"
        )

    @property
    def seems_usable(self) -> bool:
        """Whether there is any sign of an identity, without asking anybody."""
        return self.kind == "sandbox" or seems_somebody(self.identity)

    @property
    def credential(self) -> Credential:
        """Who asks."""
        return SandboxCredential() if self.kind == "sandbox" else OwnCredential()

    def token(self, scope: str = ARM_SCOPE) -> str:
        """A token for a scope. Raises AnsweredError if nobody is signed in."""
        return self.credential.get_token(scope).token

    def forget_token(self) -> bool:
        """Ask for a token anew, since one isn't taken any more; whether another may come of it."""
        return self.kind == "azure" and forget_tokens()

    def arm(self, **settings: Any) -> Arm:
        """A client of the resource manager."""
        from modelyard_launcher.azure.arm import Arm

        return Arm(self, **settings)

    def in_region(self, region: str) -> AzureAccess:
        """The same identity in another region."""
        return self if region == self.region else replace(self, region=region)

    def blob_endpoint(self, account: str) -> str | None:
        """Where an account's blobs are; None in a sandbox that serves none."""
        if self.kind == "azure":
            return f"https://{account}.{BLOB_SUFFIX}"
        return f"{self.blob_root}/{account}" if self.blob_root else None

    def account_key(self, account: str) -> str | None:
        """The account's key in a sandbox, where it is no secret; None for the real Azure: there, identities
        open accounts.
        """
        if self.kind == "azure":
            return None
        digest = hashlib.sha512(f"{ACCOUNT_KEY_PREFIX}{account}".encode()).digest()
        return base64.b64encode(digest).decode()

    def job_environment(self) -> dict[str, str]:
        """The variables by which a job's processes here reach the same stores as the same identity."""
        if self.kind == "azure":
            return dict(self.identity)
        variables = {"ARM_SUBSCRIPTION_ID": self.subscription_id, ARM_VARIABLE: self.arm_endpoint}
        return variables | ({BLOB_VARIABLE: self.blob_root} if self.blob_root else {})


def find_azure_access(
    project: Path, region: str, subscription_id: str, environ: Mapping[str, str] = os.environ
) -> AzureAccess:
    """How Azure is reached for an environment of this region and subscription, from this project."""
    if environ.get(ARM_VARIABLE):
        blobs = (environ.get(BLOB_VARIABLE) or "").rstrip("/") or None
        return AzureAccess("sandbox", region, subscription_id, environ[ARM_VARIABLE].rstrip("/"), blobs)
    record = sandbox_record(project, environ)
    ports = _recorded_ports(record)
    if ports is not None and not any(environ.get(name) for name in NAMED):
        arm, blobs = (f"http://127.0.0.1:{port}" if port else None for port in ports)
        if arm:
            return AzureAccess("sandbox", region, subscription_id, arm, blobs, from_record=str(record))
    return AzureAccess("azure", region, subscription_id, identity=identity_of(environ))


def _recorded_ports(record: Path) -> tuple[int, int] | None:
    """The ports of the resource manager and, 0 while nobody serves them, of blobs."""
    try:
        document = json.loads(record.read_text())
        return int(document["azurePort"]), int(document.get("blobPort", 0))
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, AttributeError):
        return None
