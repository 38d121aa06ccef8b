"""VPC endpoints and the services that they lead to."""

from __future__ import annotations

from collections.abc import Iterable

from modelyard_policies.reading import Resource


def service_of(endpoint: Resource, services: Iterable[str]) -> str | None:
    """Which of some services of AWS, named as `ecr.api`, an endpoint leads to; None if to none of them."""
    name = endpoint.text("serviceName").removesuffix("-fips")
    return next((service for service in services if name.endswith(f".{service}")), None)
