"""What of a cluster hangs on the size of its machines: whether there is such a size, and how many nodes.

Facts of modelyard's catalog, which knows the sizes that people train on: a size of Azure's that it doesn't
know is refused here. A cluster counts as one whose nodes talk to one another, as training does.
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ml.compute_shapes import SCALE
from modelyard_sandbox.azure.manager.store import Body

WHERE = "properties.properties"


def name_of(given: str) -> str | None:
    """A size's name as Azure writes it, from one in any case; None if the catalog doesn't know it."""
    from modelyard.catalog.azure import size_names

    return next((name for name in size_names() if name.lower() == given.lower()), None)


def check(cluster: Body, location: str) -> None:
    """Refuse a size that there isn't, or not there, or not so; and more nodes than a cluster has.

    Raises:
        ArmError: so it is.
    """
    from modelyard.catalog.azure import cluster_node_limit, offered_regions, size, size_names

    given: str = cluster["vmSize"]
    name = name_of(given)
    if name is None:
        raise _not_supported(given, "", size_names())
    regions = offered_regions(name)
    if regions is not None and location not in regions:
        offered = tuple(other for other in size_names() if location in (offered_regions(other) or ()))
        raise _not_supported(given, f" in {location}", offered)
    if cluster["vmPriority"] == "LowPriority" and size(name).low_priority is False:
        raise bad_request(
            "InvalidPropertyValue",
            "The specified value LowPriority for property Cluster.Properties.VMPriority is not supported for "
            f"VM size {name}.",
            f"{WHERE}.vmPriority",
        )
    most = cluster_node_limit(name, communicating=True).default
    asked: int = cluster["scaleSettings"]["maxNodeCount"]
    if asked > most:
        raise bad_request(
            "InvalidPropertyValue",
            f"The specified value {asked} for property {SCALE}.maxNodeCount is more than the {most} nodes "
            f"that a cluster of {name} can have.",
            f"{SCALE}.maxNodeCount",
        )


def _not_supported(given: str, where: str, names: tuple[str, ...]) -> ArmError:
    return bad_request(
        "InvalidPropertyValue",
        f"The specified value {given} for property Cluster.Properties.VMSize is not a supported VM "
        f"size{where}. Supported VM sizes: {','.join(name.upper() for name in names)}",
        f"{WHERE}.vmSize",
    )
