"""Requests to S3: where a bucket is, and the signature."""

from __future__ import annotations

from collections.abc import Mapping

from modelyard_node.clock import Clock
from modelyard_node.store import StoreError
from modelyard_node.store.credentials import CredentialSource
from modelyard_node.store.service import Request, Service
from modelyard_node.store.sigv4 import encoded_path, encoded_query, signed_headers


class Bucket(Service):
    """A bucket's requests."""

    passing = frozenset(
        {
            "ConditionalRequestConflict",
            "InternalError",
            "OperationAborted",
            "RequestTimeTooSkewed",
            "RequestTimeout",
            "ServiceUnavailable",
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "XAmzContentSHA256Mismatch",
        }
    )
    """Amazon S3 API reference, "Error responses", 2026-11; the last if a file was written to while it was
    sent."""

    bundle = "AWS_CA_BUNDLE"

    stale = frozenset({"ExpiredToken", "TokenRefreshRequired", "InvalidToken"})

    def __init__(self, name: str, environ: Mapping[str, str], clock: Clock) -> None:
        region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
        if not region:
            raise StoreError(f"s3://{name}: AWS_REGION isn't set")
        self._region = region
        endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or ""
        if not endpoint:
            # A name with dots has no certificate of its own.
            host = f"s3.{region}.amazonaws.com"
            endpoint = f"https://{host}/{name}" if "." in name else f"https://{name}.{host}"
        else:
            endpoint = f"{endpoint.rstrip('/')}/{name}"
        super().__init__(endpoint, f"s3://{name}", clock, environ.get("AWS_CA_BUNDLE") or None)
        self._credentials = CredentialSource(environ)

    def forget(self) -> None:
        """Ask for credentials anew."""
        self._credentials.forget()

    def signed(self, request: Request) -> tuple[str, dict[str, str]]:
        """Path and headers, signed."""
        path = f"{self.base}/{request.key}"
        headers = signed_headers(
            request.method,
            path,
            request.query,
            {"host": self.host, **request.headers},
            request.payload_sha256,
            self._credentials.get(),
            self._region,
            self.clock.now(),
        )
        query = encoded_query(request.query)
        return encoded_path(path) + (f"?{query}" if query else ""), headers
