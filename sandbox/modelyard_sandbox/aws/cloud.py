"""The cloud as handlers see it: calls to the services of one region, and errors in the cloud's own words."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from modelyard.errors import SurroundingsError
from modelyard_sandbox.accounts import DEFAULT_ACCOUNT_ID, SECRET_ACCESS_KEY, access_key_of
from modelyard_sandbox.errors import CloudError

CONNECT_TIMEOUT_SECONDS = 2
READ_TIMEOUT_SECONDS = 20
GLOBAL_REGION = "us-east-1"


@cache
def _session() -> Any:
    """One session for all accounts, so that the services' models are read once.

    The variables of the outer world (profile, files, endpoints of one service) are none of the sandbox's.
    """
    import boto3
    from botocore.session import Session

    bare = Session(session_vars={"profile": (None, None, None, None)})
    bare.set_config_variable("config_file", os.devnull)
    bare.set_config_variable("credentials_file", os.devnull)
    bare.set_config_variable("ignore_configured_endpoint_urls", True)
    return boto3.Session(botocore_session=bare)


@dataclass
class Clients:
    """boto3 clients for one account of one endpoint, each made once."""

    endpoint: str
    account_id: str = DEFAULT_ACCOUNT_ID
    _made: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])

    def client(self, service: str, region: str) -> Any:
        """The client of a service in a region: without proxies, retries, profiles or configuration files."""
        key = (service, region)
        if key not in self._made:
            self._made[key] = self._make(service, region)
        return self._made[key]

    def _make(self, service: str, region: str) -> Any:
        from botocore.config import Config

        return _session().client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=access_key_of(self.account_id),
            aws_secret_access_key=SECRET_ACCESS_KEY,
            config=Config(
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                read_timeout=READ_TIMEOUT_SECONDS,
                retries={"total_max_attempts": 1},
                proxies={},
                s3={"addressing_style": "path"},
                use_dualstack_endpoint=False,
                use_fips_endpoint=False,
            ),
        )


@dataclass
class Cloud:
    """One region of one account. Whatever a service refuses is raised as CloudError."""

    clients: Clients
    region: str

    @property
    def account_id(self) -> str:
        """The account's twelve digits."""
        return self.clients.account_id

    @property
    def partition(self) -> str:
        """The partition of the region, as arns name it."""
        prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        return next((name for start, name in prefixes.items() if self.region.startswith(start)), "aws")

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        """An arn of the account; give `region=""` for what has none."""
        place = self.region if region is None else region
        return f"arn:{self.partition}:{service}:{place}:{self.account_id}:{resource}"

    def in_region(self, region: str) -> Cloud:
        """The same account in another region."""
        return self if region == self.region else Cloud(self.clients, region)

    def client(self, service: str, region: str | None = None) -> Any:
        """The boto3 client itself, for what `call` doesn't fit: paginators, bodies."""
        return self.clients.client(service, region or self.region)

    def shape(self, service: str, operation: str) -> Any:
        """The shape of an operation's request, from botocore's model of the service (`CreateVpc`)."""
        return self.client(service).meta.service_model.operation_model(operation).input_shape

    def call(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        """Call an operation by its API name (`CreateVpc`) with a request in the API's terms.

        Raises:
            CloudError: the service refused, or the request isn't one that the service's model allows.
            SurroundingsError: the sandbox doesn't answer.
        """
        from botocore.exceptions import (
            ClientError,
            HTTPClientError,
            ParamValidationError,
        )
        from botocore.exceptions import (
            ConnectionError as NoConnection,
        )

        client = self.client(service)
        method = getattr(client, _snake(operation))
        try:
            return cast("dict[str, Any]", method(**request))
        except ClientError as error:
            said = cast("dict[str, Any]", error.response).get("Error", {})
            raise CloudError(service, operation, str(said.get("Code")), str(said.get("Message"))) from error
        except ParamValidationError as error:
            raise CloudError(service, operation, "ParamValidation", str(error)) from error
        except (NoConnection, HTTPClientError) as error:
            raise SurroundingsError(
                f"the sandbox at {self.clients.endpoint} does not answer: {error}",
                "see `modelyard sandbox status`; `modelyard sandbox up ENV` starts it again",
            ) from error


def _snake(operation: str) -> str:
    from botocore import xform_name

    return xform_name(operation)
