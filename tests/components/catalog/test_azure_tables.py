from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TABLES = (
    "sizes",
    "features",
    "on_demand",
    "spot",
    "unpriced",
    "regions",
    "carbon",
    "pue",
    "service_prices",
    "quotas",
    "limits",
)

Table = Callable[[str], list[dict[str, str]]]

WATCH = """
import sys

opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)

def tables():
    return sorted({"/".join(path.split("/")[-2:]) for path in opened if path.endswith(".csv")})
"""

IMPORT_AZURE = (
    WATCH
    + """
import modelyard.catalog.azure as azure

heavy = {"pydantic", "pulumi", "pulumi_azure_native", "azure.identity", "csv", "difflib"} & set(sys.modules)
print(sorted(heavy), tables())
azure.size("Standard_NC4as_T4_v3")
print(tables())
azure.region("westeurope"), azure.azure_pue("westeurope"), azure.limit("cluster_nodes")
azure.on_demand_usd_per_hour("Standard_NC4as_T4_v3", "eastus"), azure.spot_usd_per_hour("x", "eastus")
azure.why_unpriced("x", "eastus", "spot"), azure.service_price("nat_gateway_hour", "eastus")
azure.vcpu_quota("Standard_NC4as_T4_v3", "dedicated")
print(sorted({path.split("/")[0] for path in tables()}))
print("pulumi" in sys.modules)
"""
)

IMPORT_THE_CATALOG = (
    WATCH
    + """
import modelyard.catalog as catalog

catalog.instance_type("g5.xlarge"), catalog.region("eu-central-1"), catalog.vcpu_quotas()
catalog.on_demand_usd_per_hour("g5.xlarge", "eu-central-1")
print(sorted(name for name in sys.modules if name.startswith("modelyard.catalog.azure")))
print(sorted({path.split("/")[0] for path in tables()}))
"""
)


def _lines(program: str) -> list[str]:
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return answer.stdout.splitlines()


def test_importing_the_azure_part_reads_no_table_and_loads_nothing_heavy():
    assert _lines(IMPORT_AZURE) == [
        "[] []",
        "['azure/features.csv', 'azure/sizes.csv', 'azure/sources.csv']",
        "['azure']",
        "False",
    ]


def test_whoever_asks_about_aws_neither_imports_the_azure_part_nor_reads_its_tables():
    assert _lines(IMPORT_THE_CATALOG) == ["[]", "['aws']"]


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source_with_a_date_and_a_licence(name: str, azure_table: Table):
    sources = {row["id"]: row for row in azure_table("sources")}
    for row in azure_table(name):
        source = sources[row["source"]]
        assert source["source"]
        assert source["as_of"]
        assert source["licence"]


def test_every_source_is_used(azure_table: Table):
    used = {row["source"] for name in TABLES for row in azure_table(name)}
    used |= {row["name_source"] for row in azure_table("quotas")}
    assert {row["id"] for row in azure_table("sources")} == used


def test_features_and_quotas_speak_of_the_families_of_the_sizes(azure_table: Table):
    families = {row["family"] for row in azure_table("sizes")}
    features = azure_table("features")
    assert {row["family"] for row in features} <= families
    assert {row["feature"] for row in features} == {"low_priority", "premium_disks", "encryption_at_host"}
    assert {row["supported"] for row in features} <= {"yes", "no"}
    assert len({(row["family"], row["feature"]) for row in features}) == len(features)
    assert {row["family"] for row in azure_table("quotas")} == families | {"TotalLowPriorityCores"}


def test_carbon_names_regions_of_the_table(azure_table: Table):
    assert {row["region"] for row in azure_table("carbon")} <= {
        row["region"] for row in azure_table("regions")
    }


def test_the_tables_stay_small_enough_to_read_in_a_diff(azure_folder: Path):
    assert all(path.stat().st_size < 300_000 for path in azure_folder.glob("*.csv"))


def test_every_file_of_data_is_a_table_that_is_checked_here(azure_folder: Path):
    assert {path.stem for path in azure_folder.iterdir()} == {*TABLES, "sources"}
