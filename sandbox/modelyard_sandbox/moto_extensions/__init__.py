"""What the sandbox adds to moto, which is missing there or accepts what the cloud refuses.

Each module adds operations to the service's Response class, validated as the service's API reference
documents them, and keeps what they make in the service's own backend, so that it is apart for each account
and region.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

EXTENSIONS: dict[str, tuple[str, ...]] = {
    "accessanalyzer": ("accessanalyzer",),
    "account": ("account",),
    "awslambda": ("awslambda",),
    "backup": ("backup",),
    "batch": ("batch",),
    "budgets": ("budgets",),
    "cloudwatch": ("cloudwatch",),
    "ce": ("ce",),
    "cloudtrail": ("cloudtrail",),
    "config": ("config_recorders",),
    "ec2": ("ec2",),
    "ecr": ("ecr", "ecr_replication"),
    "efs": ("efs",),
    "events": ("events",),
    "fsx": ("fsx",),
    "guardduty": ("guardduty",),
    "iam": ("iam", "iam_providers"),
    "inspector2": ("inspector2",),
    "kms": ("kms",),
    "logs": ("logs",),
    "resourcegroups": ("resourcegroups",),
    "s3": (
        "s3_logging",
        "s3_policies",
        "s3_locks",
        "s3_replication",
        "s3_names",
        "s3_uploads",
        "s3_configurations",
    ),
    "securityhub": ("securityhub",),
    "scheduler": ("scheduler",),
    "servicequotas": ("servicequotas",),
    "sns": ("sns",),
    "ssm": ("ssm",),
    "sts": ("sts",),
}
"""The modules that extend each of moto's services."""

OF_EVERY_SERVICE = ("iam_aws_policies",)
"""The modules that extend what moto asks for whatever service a request is for."""

OWN_SERVICES = {"accessanalyzer": r"https?://access-analyzer\.(.+)\.amazonaws\.com"}
"""Services of `moto_services`, and the addresses that they answer at."""


def configure() -> None:
    """Set moto up as the sandbox needs it; before the server answers its first request."""
    import botocore.loaders
    import botocore.session
    import moto
    import moto.core.utils
    from moto import backends
    from moto.backend_index import backend_url_patterns
    from moto.core.config import default_user_config

    moto.__path__.append(str(Path(__file__).parents[1] / "moto_services"))
    backend_url_patterns.extend((name, re.compile(pattern)) for name, pattern in OWN_SERVICES.items())
    # moto has botocore read models of services over and over, EC2's five times.
    read_once = cache(botocore.loaders.create_loader)
    for reader in (botocore.session, moto.core.utils):
        setattr(reader, "create_loader", read_once)  # noqa: B010 (a type checker refuses the plain one)
    # For each request moto looks through its directory, which stays as it is.
    services = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: services
    default_user_config["batch"] = {"use_docker": False}
    default_user_config["iam"] = {"load_aws_managed_policies": True}


def create_app(service: Any) -> Any:
    """The application of a service, extended: moto makes it on the service's first request."""
    from moto.moto_server.werkzeug_app import create_backend_app

    for name in (*OF_EVERY_SERVICE, *EXTENSIONS.get(service, ())):
        import_module(f"{__name__}.{name}").install()
    return create_backend_app(service)
