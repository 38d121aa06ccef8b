"""The cloud as handlers see it: calls to the services of one region, and errors in the cloud's own words."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any, cast

from modelyard_sandbox.accounts import DEFAULT_ACCOUNT_ID, SECRET_ACCESS_KEY, access_key_of
from modelyard_sandbox.errors import CloudError
from modelyard_sandbox.once import HEADER
from modelyard_sandbox.retrying import answered, is_read, timeout_seconds, without_answer

CONNECT_TIMEOUT_SECONDS = 2
GLOBAL_REGION = "us-east-1"

_token: ContextVar[str | None] = ContextVar("token", default=None)
"""What marks the call under way: the server answers a call that it has carried out without doing it again."""


@cache
def bare_session() -> Any:
    """One session for all accounts, so that the services' models are read once.

    The variables of the outer world (profile, files, endpoints of one service) are none of the sandbox's.
    """
    from botocore.session import Session

    bare = Session(session_vars={"profile": (None, None, None, None)})
    bare.set_config_variable("config_file", os.devnull)
    bare.set_config_variable("credentials_file", os.devnull)
    bare.set_config_variable("ignore_configured_endpoint_urls", True)
    return bare


@cache
def _session() -> Any:
    import boto3

    return boto3.Session(botocore_session=bare_session())


def prepare() -> None:
    """Make what the first call would make: botocore's parts are no good to several threads at a first use."""
    _session()
    bare_session().get_component("data_loader")


@cache
def service_model(service: str) -> Any:
    """The model that botocore has of a service, without a client for it."""
    return bare_session().get_service_model(service)


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

        made = _session().client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=access_key_of(self.account_id),
            aws_secret_access_key=SECRET_ACCESS_KEY,
            config=Config(
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                read_timeout=timeout_seconds(),
                retries={"total_max_attempts": 1},
                proxies={},
                s3={"addressing_style": "path"},
                use_dualstack_endpoint=False,
                use_fips_endpoint=False,
            ),
        )
        made.meta.events.register("before-call", _mark)
        made.meta.events.register("before-call.s3-control", _without_account)
        return made


def _without_account(params: dict[str, Any], **_: Any) -> None:
    """S3 Control puts the account before the host's name, and no address can have anything there."""
    params["url"] = re.sub(r"(?<=//)\d{12}\.", "", params["url"])


def _mark(params: dict[str, Any], **_: Any) -> None:
    if token := _token.get():
        params["headers"][HEADER] = token


@dataclass
class Cloud:
    """One region of one account. Whatever a service refuses is raised as CloudError."""

    clients: Clients
    region: str
    tokens: Iterator[str] | None = None
    """Marks for calls that are carried out once only, however often they are made."""

    def once(self, token: str) -> Cloud:
        """The same place, where the same calls in the same order under the same token are carried out once:
        repeated, each gets the answer of the first time.
        """
        return Cloud(self.clients, self.region, (f"{token}-{number}" for number in count()))

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
        return self if region == self.region else Cloud(self.clients, region, self.tokens)

    def client(self, service: str, region: str | None = None) -> Any:
        """The boto3 client itself, for what `call` doesn't fit: paginators, bodies."""
        return self.clients.client(service, region or self.region)

    def shape(self, service: str, operation: str) -> Any:
        """The shape of an operation's request, from botocore's model of the service (`CreateVpc`)."""
        return self.client(service).meta.service_model.operation_model(operation).input_shape

    def call(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        """Call an operation by its API name (`CreateVpc`) with a request in the API's terms.

        A call that was throttled is made again, and so is one without an answer.

        Raises:
            CloudError: the service refused, or the request isn't one that the service's model allows.
            SurroundingsError: the sandbox doesn't answer; what the call did, if anything, isn't known.
        """
        # A mark makes it safe to ask again: what was carried out is answered, and not done twice.
        token = None if is_read(operation) else secrets.token_hex(16)
        if self.tokens:
            token = next(self.tokens)
        return answered(lambda: self._call(service, operation, request, token), safe=True)

    def _call(
        self, service: str, operation: str, request: dict[str, Any], token: str | None
    ) -> dict[str, Any]:
        from botocore.exceptions import (
            ClientError,
            EndpointConnectionError,
            HTTPClientError,
            ParamValidationError,
        )
        from botocore.exceptions import (
            ConnectionError as NoConnection,
        )

        client = self.client(service)
        method = getattr(client, _snake(operation))
        marked = _token.set(token)
        try:
            return cast("dict[str, Any]", method(**request))
        except ClientError as error:
            said = cast("dict[str, Any]", error.response).get("Error", {})
            raise CloudError(service, operation, str(said.get("Code")), str(said.get("Message"))) from error
        except ParamValidationError as error:
            raise CloudError(service, operation, "ParamValidation", str(error)) from error
        except (NoConnection, HTTPClientError) as error:
            reached = not isinstance(error, EndpointConnectionError)
            call = f"{service}:{operation}"
            raise without_answer(self.clients.endpoint, call, error, reached=reached) from error
        finally:
            _token.reset(marked)


def _snake(operation: str) -> str:
    from botocore import xform_name

    return xform_name(operation)
