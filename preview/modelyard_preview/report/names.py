"""Short names for the terminal."""

from __future__ import annotations

from modelyard_policies.graph import Node


def short_type(token: str) -> str:
    """`s3 Bucket` for `aws:s3/bucket:Bucket`, `Network` for a component of modelyard's."""
    package, _, rest = token.partition(":")
    module, _, name = rest.rpartition(":")
    if package == "modelyard":
        return name
    if token.startswith("pulumi:providers:"):
        return f"provider {name}"
    service = module.partition("/")[0]
    return f"{service} {name}" if service and service != "index" else name


def short_name(node: Node, parent: Node | None) -> str:
    """A resource's name without its parent's in front."""
    if parent is None or not node.name.startswith(f"{parent.name}-"):
        return node.name
    return node.name.removeprefix(f"{parent.name}-")


def in_cloud(node: Node) -> bool:
    """Whether the resource is one of a cloud's: components and providers are of the program alone."""
    return node.custom and not node.type.startswith("pulumi:")


def amount(usd: float) -> str:
    """US dollars with two decimals up to a thousand, without above."""
    return f"{usd:,.2f}" if abs(usd) < 1_000 else f"{usd:,.0f}"


def count(number: int, what: str) -> str:
    """`1 resource`, `2 resources`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
