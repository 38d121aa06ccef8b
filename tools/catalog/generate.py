"""Writes the catalog's instance, fabric, offering and zone tables from what the installed moto ships.

    python tools/catalog/generate.py

moto carries answers of EC2's DescribeInstanceTypes and DescribeInstanceTypeOfferings. The catalog itself
never imports moto. Prices, regions and carbon are kept by hand beside these tables.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

from interface_layouts import COLUMNS as FABRIC_COLUMNS
from interface_layouts import Card, fabric_rows

Json = Mapping[str, Any]

HERE = Path(__file__).parent
DATA = HERE.parent.parent / "components" / "modelyard" / "catalog" / "data" / "aws"
SOURCE = "moto"
"""Id of these tables' source in sources.csv."""

CPU_FAMILIES = frozenset(
    (
        *("c5", "c5n", "c6i", "c6in", "c7a", "c7g", "c7gn", "c7i", "c8g", "c8i"),
        *("m5", "m6i", "m7g", "m7i", "m8g", "m8i"),
        *("r5", "r6i", "r7g", "r7i"),
        *("hpc6a", "hpc6id", "hpc7a", "hpc7g", "hpc8a"),
        *("t3", "t4g"),
    )
)
"""Families for preprocessing, for training without accelerators and for tests."""

INSTANCE_COLUMNS = (
    "instance_type",
    "kind",
    "accelerator_vendor",
    "accelerator",
    "accelerator_count",
    "accelerator_memory_mib",
    "accelerator_share",
    "vcpus",
    "memory_mib",
    "architecture",
    "network_cards",
    "efa_interfaces",
    "network_gbps",
    "local_storage_gb",
    "usage_classes",
    "ipv4_per_interface",
    "source",
    "note",
)


def source_row() -> dict[str, str]:
    """The row of sources.csv that stands for the installed moto."""
    return {
        "id": SOURCE,
        "source": "EC2 DescribeInstanceTypes and DescribeInstanceTypeOfferings, "
        f"as shipped in moto {version('moto')}",
        "as_of": f"undated, shipped in moto {version('moto')}",
        "licence": "Apache-2.0",
    }


def generate(into: Path) -> None:
    """Write instances.csv, fabric.csv, offerings.csv and zones.csv into a folder."""
    resources = _moto_resources()
    types: dict[str, Json] = json.loads(gzip.decompress((resources / "instance_types.json.gz").read_bytes()))
    kept = {name: facts for name, facts in sorted(types.items()) if _belongs(name, facts)}
    with (HERE / "notes.csv").open(encoding="utf-8", newline="") as file:
        notes = {row["instance_type"]: row["note"] for row in csv.DictReader(file)}

    _write(
        into / "instances.csv",
        INSTANCE_COLUMNS,
        ({**_instance(facts), "source": SOURCE, "note": notes.get(name, "")} for name, facts in kept.items()),
    )
    _write(into / "fabric.csv", FABRIC_COLUMNS, (row for facts in kept.values() for row in _fabric(facts)))

    zones, offered = _offerings(resources / "instance_type_offerings" / "availability-zone-id")
    _write(
        into / "zones.csv",
        ("region", "zone_ids", "source"),
        (
            {"region": region, "zone_ids": " ".join(ids), "source": SOURCE}
            for region, ids in sorted(zones.items())
        ),
    )
    _write(
        into / "offerings.csv",
        ("instance_type", "source", *sorted(zones)),
        ({"instance_type": name, "source": SOURCE, **offered.get(name, {})} for name in kept),
    )


def _moto_resources() -> Path:
    spec = find_spec("moto")
    if spec is None or spec.origin is None:
        raise SystemExit("moto isn't installed; it comes with the extra [sandbox]")
    return Path(spec.origin).parent / "ec2" / "resources"


def _belongs(name: str, facts: Json) -> bool:
    return "GpuInfo" in facts or "NeuronInfo" in facts or name.partition(".")[0] in CPU_FAMILIES


def _instance(facts: Json) -> dict[str, object]:
    network = facts["NetworkInfo"]
    (architecture,) = (a for a in facts["ProcessorInfo"]["SupportedArchitectures"] if a != "i386")
    return {
        "instance_type": facts["InstanceType"],
        **_accelerator(facts),
        "vcpus": facts["VCpuInfo"]["DefaultVCpus"],
        "memory_mib": facts["MemoryInfo"]["SizeInMiB"],
        "architecture": architecture,
        "network_cards": _cards(network["NetworkCards"]),
        "efa_interfaces": network.get("EfaInfo", {}).get("MaximumEfaInterfaces", 0),
        "network_gbps": _gbps(network),
        "local_storage_gb": facts.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0),
        "usage_classes": "|".join(sorted(facts["SupportedUsageClasses"])),
        "ipv4_per_interface": network["Ipv4AddressesPerInterface"],
    }


def _accelerator(facts: Json) -> dict[str, object]:
    if "GpuInfo" in facts:
        (device,) = facts["GpuInfo"]["Gpus"]
        # A share of a GPU is counted as none; the logical GPU is what a program sees.
        kind, count, share = "gpu", device["LogicalGpuCount"], device["GpuPartitionSize"]
        vendor = device["Manufacturer"]
    elif "NeuronInfo" in facts:
        (device,) = facts["NeuronInfo"]["NeuronDevices"]
        kind = "trainium" if device["Name"].startswith("Trainium") else "inferentia"
        vendor, count, share = "AWS", device["Count"], 1
    else:
        device, kind, vendor, count, share = {}, "cpu", "", 0, 0
    return {
        "kind": kind,
        "accelerator_vendor": vendor,
        "accelerator": device.get("Name", ""),
        "accelerator_count": count,
        "accelerator_memory_mib": device.get("MemoryInfo", {}).get("SizeInMiB", 0),
        "accelerator_share": f"{share:g}",
    }


def _cards(cards: Sequence[Json]) -> str:
    """Runs of equal cards, as `0:4:interface 1-16:4:interface|efa|efa-only`."""
    runs: list[str] = []
    ordered = sorted(cards, key=lambda card: int(card["NetworkCardIndex"]))
    for shape, run in groupby(
        ordered, lambda card: f"{card['MaximumNetworkInterfaces']}:{'|'.join(card['InterfaceTypes'])}"
    ):
        indexes = [int(card["NetworkCardIndex"]) for card in run]
        span = f"{indexes[0]}-{indexes[-1]}" if len(indexes) > 1 else f"{indexes[0]}"
        runs.append(f"{span}:{shape}")
    return " ".join(runs)


def _fabric(facts: Json) -> Iterable[Mapping[str, object]]:
    network = facts["NetworkInfo"]
    cards = [
        Card(card["NetworkCardIndex"], card["MaximumNetworkInterfaces"], tuple(card["InterfaceTypes"]))
        for card in sorted(network["NetworkCards"], key=lambda card: int(card["NetworkCardIndex"]))
    ]
    efa = network.get("EfaInfo", {}).get("MaximumEfaInterfaces", 0)
    return fabric_rows(facts["InstanceType"], cards, efa)


def _gbps(network: Json) -> str:
    """The fixed rate that the instance is documented with; the cards' baselines where it is "up to".

    Not always the baselines: on some types with several cards they disagree with the documented total.
    """
    fixed = re.fullmatch(r"(?:(\d+)x )?([\d.]+) Gigabit", network["NetworkPerformance"])
    if fixed:
        return f"{int(fixed[1] or 1) * float(fixed[2]):g}"
    baselines = [card.get("BaselineBandwidthInGbps") for card in network["NetworkCards"]]
    return "" if None in baselines else f"{sum(baselines):g}"


def _offerings(folder: Path) -> tuple[dict[str, tuple[str, ...]], dict[str, dict[str, str]]]:
    """Zone ids of each region, and for each type and region the numbers of the zones that offer it."""
    zones: dict[str, tuple[str, ...]] = {}
    offered: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.json.gz")):
        region = path.name.removesuffix(".json.gz")
        pairs = [
            (row["InstanceType"], row["Location"]) for row in json.loads(gzip.decompress(path.read_bytes()))
        ]
        zones[region] = tuple(sorted({zone for _, zone in pairs}))
        if len({zone.rstrip("0123456789") for zone in zones[region]}) != 1:
            raise SystemExit(f"{path}: zone ids of {region} have more than one prefix: {zones[region]}")
        numbers: dict[str, list[str]] = {}
        for name, zone in sorted(pairs):
            numbers.setdefault(name, []).append(re.sub(r".*\D", "", zone))
        for name, found in numbers.items():
            offered.setdefault(name, {})[region] = " ".join(found)
    return zones, offered


def _write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _update_source(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        kept = [row for row in csv.DictReader(file) if row["id"] != SOURCE]
    _write(path, tuple(source_row()), sorted([source_row(), *kept], key=lambda row: row["id"]))


def main() -> None:
    """Write the tables where the catalog reads them."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter).parse_args()
    generate(DATA)
    _update_source(DATA / "sources.csv")


if __name__ == "__main__":
    main()
