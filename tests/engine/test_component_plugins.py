"""The component plugins under the real engine, used by programs that have neither modelyard nor an SDK."""

from __future__ import annotations

import importlib.metadata
import json
import re
import sysconfig
import venv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rehearsing import ACCOUNT, REGION, Rehearsal, rehearse_toy

if TYPE_CHECKING:
    from conftest import Engine

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "components" / "plugins"
COMPONENTS = {
    "Backup",
    "Budget",
    "ElasticFileSystem",
    "Encryption",
    "GpuCluster",
    "LustreFileSystem",
    "Monitoring",
    "Network",
    "RegistryReplication",
    "ReplicaKeys",
    "Replication",
    "Storage",
    "Watcher",
    "WorkingHours",
}
AZURE_COMPONENTS = {
    "Backup",
    "Budget",
    "Defender",
    "Encryption",
    "FlowLogs",
    "GpuCluster",
    "LogWorkspace",
    "Monitoring",
    "Network",
    "PrivateEndpoint",
    "Replication",
    "Storage",
    "StorageAccess",
}
# How a state marks a secret.
SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"

HEAD = f'''
import importlib.util
import pulumi

for absent in ("modelyard", "pulumi_aws", "boto3"):
    assert importlib.util.find_spec(absent) is None, absent

PLACE = {{"accountId": "{ACCOUNT}", "region": "{REGION}"}}


class Hosted(pulumi.ComponentResource):
    def __init__(self, kind, name, args, outputs=(), opts=None):
        given = {{**PLACE, **args, **dict.fromkeys(outputs)}}
        super().__init__(f"modelyard-aws:index:{{kind}}", name, given, opts, remote=True)
'''

WHOLE = """
keys = Hosted(
    "Encryption",
    "keys",
    {
        "purposes": ["datasets", "checkpoints", "volumes", "logs", "registry"],
        "rotationDays": pulumi.Output.from_input(90),
        "tags": {"owner": pulumi.Output.secret("ml-research")},
    },
    ["keyArns"],
)
network = Hosted(
    "Network",
    "net",
    {
        "environment": "toy",
        "cidr": "10.0.0.0/20",
        "zoneIds": ["euc1-az1", "euc1-az2"],
        "egress": "endpoints",
        "logsKeyArn": keys.keyArns["logs"],
    },
    ["vpcId", "privateSubnetIds", "fabricSecurityGroupId"],
)
storage = Hosted(
    "Storage",
    "store",
    {
        "environment": "toy",
        "buckets": {
            "datasets": {"keyArn": keys.keyArns["datasets"], "noncurrentRetentionDays": 14},
            # A whole object that becomes known later.
            "checkpoints": keys.keyArns.apply(
                lambda arns: {"keyArn": arns["checkpoints"], "expireAfterDays": 90}
            ),
        },
    },
    ["bucketNames", "bucketArns"],
)
cluster = Hosted(
    "GpuCluster",
    "gpu",
    {
        "environment": "toy",
        "pools": [
            {
                "name": "cpu",
                "instanceType": "c7i.4xlarge",
                "maxNodes": network.vpcId.apply(lambda _: 4),
                "capacityMode": "on_demand",
                "zoneIds": ["euc1-az1"],
            }
        ],
        "subnetIds": network.privateSubnetIds,
        "securityGroupId": network.fabricSecurityGroupId,
        "volumeKeyArn": keys.keyArns["volumes"],
        "logsKeyArn": keys.keyArns["logs"],
        "registryKeyArn": keys.keyArns["registry"],
        "datasetsBucket": storage.bucketNames["datasets"],
        "checkpointsBucket": storage.bucketNames["checkpoints"],
        "checkpointsKeyArn": keys.keyArns["checkpoints"],
    },
    ["queueArns", "submitterPolicyArns"],
)
pulumi.export("queues", cluster.queueArns)
pulumi.export("buckets", storage.bucketNames)
pulumi.export("subnets", network.privateSubnetIds)
"""


@pytest.fixture(scope="session")
def consumer_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that has Pulumi, and neither modelyard nor any cloud's SDK."""
    home = tmp_path_factory.mktemp("consumer") / "venv"
    venv.create(home, symlinks=True)
    (packages,) = home.glob("lib/python*/site-packages")
    absent = ("modelyard", "pulumi_aws", "pulumi_azure_native", "boto", "moto")
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(absent) and entry.suffix != ".pth":
            (packages / entry.name).symlink_to(entry)
    return home


def settings(virtualenv: Path, plugin: str = "aws") -> str:
    """The Pulumi.yaml of a consumer."""
    return json.dumps(
        {
            "name": "toy",
            "runtime": {"name": "python", "options": {"virtualenv": str(virtualenv)}},
            "plugins": {"providers": [{"name": f"modelyard-{plugin}", "path": str(PLUGINS / plugin)}]},
        }
    )


def own_host(engine: Engine) -> None:
    """Pulumi's own host installs the plugin's requirements, for which tests have no network."""
    if not (engine.command.parents[1] / "language_host").is_dir():
        pytest.skip("this machine's engine comes with Pulumi's own language host")


@pytest.fixture
def consumer(engine: Engine, tmp_path: Path, consumer_python: Path) -> Iterator[Rehearsal]:
    own_host(engine)
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        (rehearsal.project / "Pulumi.yaml").write_text(settings(consumer_python))
        yield rehearsal


def write(rehearsal: Rehearsal, program: str) -> None:
    (rehearsal.project / "__main__.py").write_text(HEAD + program)


def schema(engine: Engine, plugin: str, directory: Path) -> dict[str, Any]:
    done = engine.run(["package", "get-schema", str(PLUGINS / plugin)], directory)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def without_description(described: Mapping[str, Any]) -> list[str]:
    """The components, types, inputs and outputs that a schema says nothing about."""
    parts = [*described["resources"].items(), *described.get("types", {}).items()]
    missing = [name for name, part in parts if not part.get("description")]
    for name, part in parts:
        for kind in ("properties", "inputProperties"):
            missing += [
                f"{name}.{field}"
                for field, value in part.get(kind, {}).items()
                if not value.get("description")
            ]
    return missing


@pytest.mark.parametrize(
    ("plugin", "components"),
    [("aws", COMPONENTS), ("azure", AZURE_COMPONENTS)],
)
def test_a_schema_describes_every_component_input_and_output(
    engine: Engine, tmp_path: Path, plugin: str, components: set[str]
) -> None:
    own_host(engine)
    described = schema(engine, plugin, tmp_path)
    package = f"modelyard-{plugin}"
    assert described["name"] == package
    assert described["version"] == importlib.metadata.version("modelyard")
    # DataCenter takes an environment, which is for Python, and parts of a component are nobody's to make.
    assert set(described["resources"]) == {f"{package}:index:{name}" for name in components}
    assert without_description(described) == []
    for part in described["resources"].values():
        assert part["isComponent"] is True
        assert part["requiredInputs"]
        assert part["properties"]


def test_a_schema_says_what_is_required_and_what_may_become_known_later(
    engine: Engine, tmp_path: Path
) -> None:
    own_host(engine)
    described = schema(engine, "aws", tmp_path)
    network = described["resources"]["modelyard-aws:index:Network"]
    assert network["requiredInputs"] == [
        "accountId", "cidr", "egress", "environment", "logsKeyArn", "region", "zoneIds"
    ]  # fmt: skip
    assert network["required"] == ["fabricSecurityGroupId", "privateSubnetIds", "vpcId"]
    assert network["inputProperties"]["cidr"]["plain"] is True
    assert "plain" not in network["inputProperties"]["logsKeyArn"]
    assert network["inputProperties"]["flowLogRetentionDays"]["type"] == "integer"
    pool = described["types"]["modelyard-aws:index:PoolArgs"]
    assert pool["required"] == ["capacityMode", "instanceType", "maxNodes", "name", "zoneIds"]


@pytest.mark.slow
def test_a_program_elsewhere_is_brought_up_stays_as_it_is_and_leaves_nothing(consumer: Rehearsal) -> None:
    write(consumer, WHOLE)
    foreseen = consumer.must("preview")
    # The outputs that wire one to the next are unknown yet.
    for component in ("Encryption keys", "Network net", "Storage store", "GpuCluster gpu"):
        assert f"modelyard-aws:index:{component} create" in foreseen

    consumer.up()
    state = consumer.state()
    assert state["kms/key:Key keys-datasets"]["inputs"]["rotationPeriodInDays"] == 90
    owner = state["kms/key:Key keys-datasets"]["inputs"]["tags"]["owner"]
    assert owner[SIGNATURE] == SECRET, "a secret stays one on its way through the plugin"
    (resources,) = [
        environment["computeResources"]
        for environment in consumer.client("batch").describe_compute_environments()["computeEnvironments"]
    ]
    outputs = consumer.outputs()
    assert (resources["minvCpus"], resources["maxvCpus"]) == (0, 4 * 16)
    assert resources["subnets"] == [outputs["subnets"]["euc1-az1"]]
    rules = {
        rule["ID"]: rule
        for rule in consumer.client("s3").get_bucket_lifecycle_configuration(
            Bucket=outputs["buckets"]["checkpoints"]
        )["Rules"]
    }
    assert rules["expiry"]["Expiration"]["Days"] == 90
    assert rules["old-versions"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 30
    encryption = consumer.client("s3").get_bucket_encryption(Bucket=outputs["buckets"]["checkpoints"])
    (rule,) = encryption["ServerSideEncryptionConfiguration"]["Rules"]
    key = state["kms/key:Key keys-checkpoints"]["outputs"]["arn"]
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key
    (queue,) = consumer.client("batch").describe_job_queues()["jobQueues"]
    assert outputs["queues"] == {"cpu": queue["jobQueueArn"]}

    consumer.up("--expect-no-changes")
    consumer.must("destroy", "--yes", "--skip-preview")
    assert consumer.listed() == set()


def test_what_is_wrong_is_told_where_it_stands_and_nothing_secret_is_shown(consumer: Rehearsal) -> None:
    write(
        consumer,
        """
store = {"environment": "toy", "buckets": {"scans": {"keyArn": "arn", "expireAftrDays": 30}}}
Hosted("Storage", "store", store)
""",
    )
    assert told(consumer, "Storage", "store") == [
        "store.buckets.scans.expireAftrDays",
        "BucketArgs has no such argument",
        "given: expireAftrDays",
        "allowed here: backedUp, expireAfterDays, expirePrefixes, keyArn, lockBypassRoleArns, lockDays, lockMode, noncurrentRetentionDays, objectLock, restoringRoleArns",
        "mend: did you mean 'expireAfterDays'?",
    ]
    write(consumer, 'Hosted("Encryption", "keys", {"purposes": pulumi.Output.secret(["hush-hush"])})')
    assert told(consumer, "Encryption", "keys") == [
        "keys.purposes",
        "this decides what is made, so it must be known before anything is",
        "given: an output, whose value becomes known later",
        "allowed here: list",
        "mend: give the value itself",
    ]
    # An output is looked at once it is known.
    write(
        consumer,
        """
bucket = pulumi.Output.secret({"keyArn": "arn", "expireAfterDays": "hush-hush"})
Hosted("Storage", "store", {"environment": "toy", "buckets": {"scans": bucket}})
""",
    )
    assert told(consumer, "Storage", "store") == [
        "store.buckets.scans.expireAfterDays",
        "a str can't stand here",
        "given: a value that isn't shown",
        "allowed here: int",
        "mend: give int",
    ]


def test_what_a_component_itself_refuses_is_told_as_well(consumer: Rehearsal) -> None:
    write(
        consumer,
        """
network = {"environment": "toy", "cidr": "10.0.0.0/30", "zoneIds": ["euc1-az1"], "egress": "endpoints"}
Hosted("Network", "net", {**network, "logsKeyArn": "arn"})
""",
    )
    said = told(consumer, "Network", "net")
    assert said[0] == "net.cidr"
    assert said[2] == "given: 10.0.0.0/30"


def told(consumer: Rehearsal, component: str, name: str) -> list[str]:
    """What a failing preview says is wrong with a component: one problem, its lines without indentation."""
    said = consumer.fails("preview")
    assert "hush-hush" not in said
    # The program's own SDK may add its traceback when the engine leaves; the plugin adds none.
    assert "plugin_host.py" not in said
    _, _, diagnostics = said.partition("Diagnostics:")
    lines = [line.strip() for line in diagnostics.splitlines()]
    head = (
        f"error: modelyard-aws:index:{component} resource '{name}' has a problem: "
        "it can't be made of these arguments"
    )
    start = lines.index(head) + 1
    return lines[start : start + 5]


LOCAL = f"""
import pulumi
from modelyard.aws.network import Network

network = Network(
    "net",
    {{
        "account_id": "{ACCOUNT}",
        "region": "{REGION}",
        "environment": "toy",
        "cidr": "10.0.0.0/20",
        "zone_ids": ["euc1-az1", "euc1-az2"],
        "egress": "nat",
        "logs_key_arn": pulumi.Output.secret("arn:aws:kms:{REGION}:{ACCOUNT}:key/1"),
        "flow_log_retention_days": 90,
        "shared_buckets": ["shared"],
        "tags": {{"owner": "ml"}},
    }},
)
pulumi.export("vpc", network.vpc_id)
pulumi.export("subnets", network.private_subnet_ids)
"""

REMOTE = f"""
network = Hosted(
    "Network",
    "net",
    {{
        "environment": "toy",
        "cidr": "10.0.0.0/20",
        "zoneIds": ["euc1-az1", "euc1-az2"],
        "egress": "nat",
        "logsKeyArn": pulumi.Output.secret("arn:aws:kms:{REGION}:{ACCOUNT}:key/1"),
        "flowLogRetentionDays": 90,
        "sharedBuckets": ["shared"],
        "tags": {{"owner": "ml"}},
    }},
    ["vpcId", "privateSubnetIds"],
)
pulumi.export("vpc", network.vpcId)
pulumi.export("subnets", network.privateSubnetIds)
"""


def test_local_and_remote_use_give_the_same_resources(
    engine: Engine, tmp_path: Path, consumer_python: Path
) -> None:
    own_host(engine)
    toy = tmp_path / "toy"
    toy.mkdir()
    (toy / "Pulumi.yaml").write_text("name: toy\nruntime: python\n")
    (toy / "__main__.py").write_text(LOCAL)
    local = resources(engine.preview(toy, "dev"))
    (toy / "Pulumi.yaml").write_text(settings(consumer_python))
    (toy / "__main__.py").write_text(HEAD + REMOTE)
    done = engine.run(["preview", "--json", "--stack", "dev"], toy)
    assert done.returncode == 0, done.stdout
    remote = resources(json.loads(done.stdout))
    assert f"{ROOT_URN}modelyard-aws:index:Network::net" in local
    assert len(local) > 20
    assert remote == local


ROOT_URN = "urn:pulumi:dev::toy::"


def resources(preview: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a preview would make, but for where in a program it was written and the order of dependencies."""
    return {step["urn"]: in_order(step["newState"]) for step in preview["steps"]}


def in_order(state: Mapping[str, Any]) -> dict[str, Any]:
    passing = {"sourcePosition", "stackTrace", "created", "modified"}
    by_property = state.get("propertyDependencies", {})
    return {
        **{key: value for key, value in state.items() if key not in passing},
        "dependencies": sorted(state.get("dependencies", ())),
        "propertyDependencies": {key: sorted(urns) for key, urns in by_property.items()},
    }


def test_the_references_example_works(engine: Engine, tmp_path: Path, consumer_python: Path) -> None:
    own_host(engine)
    page = (ROOT / "docs" / "reference" / "components.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (plugins,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    toy = tmp_path / "toy"
    toy.mkdir()
    runtime = f"{{name: python, options: {{virtualenv: {consumer_python}}}}}"
    plugins = plugins.replace("PATH/TO/modelyard", str(ROOT))
    (toy / "Pulumi.yaml").write_text(f"name: toy\nruntime: {runtime}\n{plugins}")
    args = {
        "accountId": ACCOUNT,
        "region": REGION,
        "environment": "toy",
        "buckets": {"scans": {"keyArn": "arn"}},
    }
    use = f"""
import json, pathlib
store = Storage("store", {args})
store.bucketNames.apply(lambda names: pathlib.Path("names.json").write_text(json.dumps(names)))
"""
    (toy / "__main__.py").write_text(f"{example}\n{use}")
    made = resources(engine.preview(toy, "dev"))
    assert f"{ROOT_URN}modelyard-aws:index:Storage$aws:s3/bucket:Bucket::store-scans" in made
    names = json.loads((toy / "names.json").read_text())
    assert names == {purpose: f"toy-{purpose}-{ACCOUNT}-{REGION}" for purpose in ("scans", "logs")}


AZURE = """
import pulumi

class Encryption(pulumi.ComponentResource):
    def __init__(self, name, args):
        super().__init__("modelyard-azure:index:Encryption", name, {**args, "keyUris": None}, remote=True)

first = Encryption("first", {
    "resourceGroupName": "training",
    "vaultName": "kv-training-01",
    "tenantId": "tenant",
    "purposes": ["datasets"],
})
Encryption("second", {
    "resourceGroupName": "training",
    "vaultName": "kv-training-02",
    "tenantId": first.keyUris["datasets"],
    "purposes": ["logs"],
    "rotationDays": pulumi.Output.from_input(30),
})
"""


def test_azures_component_is_made_by_its_own_plugin(
    engine: Engine, tmp_path: Path, consumer_python: Path
) -> None:
    own_host(engine)
    engine.add_echo_provider("azure-native")
    toy = tmp_path / "toy"
    toy.mkdir()
    (toy / "Pulumi.yaml").write_text(settings(consumer_python, "azure"))
    (toy / "__main__.py").write_text(AZURE)
    made = resources(engine.preview(toy, "dev"))
    inside = f"{ROOT_URN}modelyard-azure:index:Encryption$azure-native:keyvault:"
    policy = made[f"{inside}Key::second-logs"]["inputs"]["properties"]["rotationPolicy"]
    assert policy["lifetimeActions"][0]["trigger"] == {"timeAfterCreate": "P30D"}
    # What the first made is not known before it is made, and the second waits for it.
    assert f"{inside}Key::first-datasets" in made[f"{inside}Vault::second"]["dependencies"]
