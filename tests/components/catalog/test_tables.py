from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).parents[3]
GENERATED = ("instances", "fabric", "offerings", "zones")
TABLES = (*GENERATED, "regions", "carbon", "pue", "instance_prices", "service_prices", "quotas")

IMPORT_AND_LIST_WHAT_WAS_OPENED = """
import sys

opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import modelyard.catalog

heavy = {"pydantic", "pulumi", "pulumi_aws", "boto3", "botocore", "moto", "csv", "difflib"} & set(sys.modules)
print(sorted(heavy), [path for path in opened if path.endswith(".csv")])
modelyard.catalog.instance_type("g5.xlarge")
print(sorted({path.rpartition("/")[2] for path in opened if path.endswith(".csv")}))
"""


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "generate", REPOSITORY / "tools" / "catalog" / "generate.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(REPOSITORY / "tools" / "catalog")  # as for any script, its own folder
        spec.loader.exec_module(module)
    return module


def test_importing_the_catalog_reads_no_table_and_loads_nothing_heavy():
    answer = subprocess.run(
        [sys.executable, "-c", IMPORT_AND_LIST_WHAT_WAS_OPENED], capture_output=True, text=True, check=True
    )
    assert answer.stdout.splitlines() == ["[] []", "['instances.csv', 'sources.csv']"]


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source_with_a_date_and_a_licence(
    name: str, table: Callable[[str], list[dict[str, str]]]
):
    sources = {row["id"]: row for row in table("sources")}
    for row in table(name):
        source = sources[row["source"]]
        assert source["source"]
        assert source["as_of"]
        assert source["licence"]


def test_every_source_is_used(table: Callable[[str], list[dict[str, str]]]):
    used = {row["source"] for name in TABLES for row in table(name)}
    assert {row["id"] for row in table("sources")} == used


def test_the_tables_stay_small_enough_to_read_in_a_diff(data_folder: Path):
    assert all(path.stat().st_size < 300_000 for path in data_folder.glob("*.csv"))


def test_every_file_of_data_is_a_table_that_is_checked_here(data_folder: Path):
    assert {path.stem for path in data_folder.iterdir()} == {*TABLES, "sources"}


def test_the_generator_writes_the_committed_tables(generator: ModuleType, tmp_path: Path, data_folder: Path):
    generator.generate(tmp_path)
    for name in GENERATED:
        assert (tmp_path / f"{name}.csv").read_bytes() == (data_folder / f"{name}.csv").read_bytes(), name


def test_the_generators_source_is_the_committed_one(
    generator: ModuleType, table: Callable[[str], list[dict[str, str]]]
):
    assert generator.source_row() in table("sources")


def test_every_note_of_the_generator_is_about_a_type_that_is_kept(
    generator: ModuleType, table: Callable[[str], list[dict[str, str]]]
):
    noted = [
        line.partition(",")[0] for line in (generator.HERE / "notes.csv").read_text("utf-8").splitlines()[1:]
    ]
    assert {row["instance_type"] for row in table("instances") if row["note"]} == set(noted)
