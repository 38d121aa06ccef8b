"""Machine images are found in the sandbox's account and written into the environment's file, and nowhere else."""

from __future__ import annotations

import itertools
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from accounts import PRIMARY, RECOVERY, Lab, pool
from previewing import ROOT

from modelyard.environment.load import load_environment
from modelyard_cli.main import run
from modelyard_sandbox.faults import Fault
from modelyard_sandbox.sandbox import Sandbox

_accounts = itertools.count(400_000_000_000)
ID = r"ami-[0-9a-f]{17}"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path_factory.mktemp("sandbox"))
    made.start(lifeline=True)
    yield made
    made.stop()


@pytest.fixture
def lab(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """An account that no other test has, signed in to."""
    monkeypatch.chdir(ROOT)
    made = Lab(sandbox, str(next(_accounts)), tmp_path / "lab.yaml", monkeypatch)
    made.sign_in()
    return made


Pin = Callable[..., dict[str, Any]]


@pytest.fixture
def pin(lab: Lab, answer: Callable[[], Any]) -> Pin:
    """Pins what is in the lab's file; with which exit code, and what was said."""

    def pin_images(*options: str, code: int = 0) -> dict[str, Any]:
        assert run(["pin-images", str(lab.file), *options, "--format", "json"]) == code
        document = answer()
        assert document["schema"] == ("modelyard.error/1" if code > 1 else "modelyard.images/1")
        return document

    return pin_images


def write_yaml(lab: Lab, pools: str, top: str = "") -> str:
    """An environment's file as somebody writes it, with comments; its text."""
    text = (
        f"# The lab.\ncloud: aws\nname: lab\nstage: staging   # like production\nowner: ml-platform\n"
        f"cost_center: cc-1\ndata_classification: internal\nresidency: eu\naccount_id: '{lab.account_id}'\n"
        f"{top or f'regions: {{primary: {PRIMARY}}}'}\n"
        "network: {cidr: 10.32.0.0/20, zone_count: 2, egress: endpoints}\n"
        "storage:\n  datasets: {kind: s3}\n  checkpoints:\n      kind: s3\n\n"
        f"compute:\n{pools}"
        "\n# After the pools.\nmonitoring:\n    alarm_emails: [ops@example.com]\n"
    )
    lab.file.write_text(text)
    return text


CPU = """\
  # Preprocessing.
  - name: cpu
    instance_type: c7i.4xlarge   # no GPU
    max_nodes: 2
    capacity:
      mode: on_demand            # as needed

"""
GPU = """\
  - name:   gpu
    instance_type: g5.xlarge
    max_nodes: 1
    image_ids:
        # pinned by hand
        eu-central-1: 'ami-0123456789abcdef0'   # keep an eye on it
    capacity: {mode: spot}
"""


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went and the lines that came."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


# Writing ----------------------------------------------------------------------------------------------------


def test_the_images_of_all_pools_are_written_and_no_other_line_is_changed(lab: Lab, pin: Pin) -> None:
    before = write_yaml(lab, CPU + GPU)
    document = pin()
    assert document["written"] is True
    assert [(it["pool"], it["status"], it["before"]) for it in document["images"]] == [
        ("cpu", "new", None),
        ("gpu", "newer", "ami-0123456789abcdef0"),
    ]
    after = lab.file.read_text()
    cpu, gpu = document["images"]
    assert changed_lines(before, after) == (
        ["        eu-central-1: 'ami-0123456789abcdef0'   # keep an eye on it"],
        [
            f"      eu-central-1: {cpu['imageId']}  # {cpu['imageName']}",
            f"        eu-central-1: {gpu['imageId']}  # {gpu['imageName']}; keep an eye on it",
        ],
    )
    place = after.index("      mode: on_demand            # as needed\n")
    assert after[place:].splitlines()[1:4] == [
        "    image_ids:",
        f"      eu-central-1: {cpu['imageId']}  # {cpu['imageName']}",
        "",
    ]
    environment = load_environment(lab.file)  # as staging wants it
    assert [each.image_ids[PRIMARY] for each in environment.compute] == [cpu["imageId"], gpu["imageId"]]


def test_what_is_written_is_the_images_that_aws_publishes(lab: Lab, pin: Pin) -> None:
    lab.write(
        pool("cpu", "c7i.4xlarge"),
        pool("arm", "c7g.4xlarge"),
        pool("gpu", "g5.xlarge"),
        pool("neuron", "inf2.xlarge"),
    )
    variants = {"cpu": "", "arm": "arm64/", "gpu": "gpu/", "neuron": "neuron/"}
    ssm, ec2 = lab.client("ssm"), lab.client("ec2")
    for image in pin()["images"]:
        root = f"/aws/service/ecs/optimized-ami/amazon-linux-2023/{variants[image['pool']]}"
        assert image["parameter"] == f"{root}{image['imageName']}"
        versioned = ssm.get_parameter(Name=image["parameter"])["Parameter"]["Value"]
        assert f'"image_id":"{image["imageId"]}"' in versioned
        recommended = ssm.get_parameter(Name=f"{root}recommended/image_id")["Parameter"]["Value"]
        assert image["imageId"] == recommended
        assert image["imageVersion"] in image["imageName"]
        [described] = ec2.describe_images(ImageIds=[image["imageId"]])["Images"]
        assert described["Name"] == image["imageName"]
        assert described["Architecture"] == ("arm64" if image["pool"] == "arm" else "x86_64")


def test_a_second_run_changes_nothing(lab: Lab, pin: Pin, capsys: pytest.CaptureFixture[str]) -> None:
    write_yaml(lab, CPU + GPU)
    pin()
    before, written_at = lab.file.read_bytes(), lab.file.stat().st_mtime_ns
    second = pin()
    assert second["written"] is False
    assert {image["status"] for image in second["images"]} == {"current"}
    assert (lab.file.read_bytes(), lab.file.stat().st_mtime_ns) == (before, written_at)
    assert pin("--check")["written"] is False
    assert run(["pin-images", str(lab.file)]) == 0
    assert capsys.readouterr().out.endswith(f"{lab.file} is up to date\n")


def test_check_tells_of_newer_ones_and_writes_nothing(
    lab: Lab, pin: Pin, capsys: pytest.CaptureFixture[str]
) -> None:
    old = lab.client("ec2").describe_images(
        Owners=["amazon"], Filters=[{"Name": "name", "Values": ["al2023-ami-ecs-hvm-*-x86_64"]}]
    )["Images"]
    oldest = min(old, key=lambda image: image["CreationDate"])["ImageId"]
    lab.write(pool(image_ids={PRIMARY: oldest}))
    before = lab.file.read_bytes()
    [image] = pin("--check", code=1)["images"]
    assert (image["status"], image["before"]) == ("newer", oldest)
    for _ in range(2):
        assert run(["pin-images", str(lab.file), "--check"]) == 1
        out = capsys.readouterr().out
        assert re.fullmatch(
            rf"   newer  cpu in {PRIMARY}: {image['imageId']} \(al2023-ami-ecs-hvm-\S+\), was {oldest}\n"
            rf"{lab.file}: 1 to write: `modelyard pin-images {lab.file}`\n",
            out,
        )
    assert lab.file.read_bytes() == before


def test_an_image_of_ones_own_is_left_alone(lab: Lab, pin: Pin, capsys: pytest.CaptureFixture[str]) -> None:
    ec2 = lab.client("ec2")
    source = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    own = ec2.copy_image(SourceImageId=source, SourceRegion=PRIMARY, Name="ours")["ImageId"]
    lab.write(pool(image_ids={PRIMARY: own}))
    before = lab.file.read_bytes()
    [image] = pin()["images"]
    assert (image["status"], image["imageId"], image["imageName"]) == ("own", own, None)
    pin("--check")
    assert run(["pin-images", str(lab.file)]) == 0
    assert f"     own  cpu in {PRIMARY}: {own} (your own)\n" in capsys.readouterr().out
    assert lab.file.read_bytes() == before


def test_line_ends_marks_rights_and_links_stay(lab: Lab, pin: Pin) -> None:
    text = write_yaml(lab, CPU)
    target = lab.file.with_name("elsewhere.yaml")
    target.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    target.chmod(0o640)
    lab.file.unlink()
    lab.file.symlink_to(target)
    pin()
    assert lab.file.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf# The lab.\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") == text.count("\n") + 2
    assert {path.name for path in lab.file.parent.iterdir()} == {"elsewhere.yaml", "lab.yaml"}


def test_a_file_without_an_end_of_line_gets_its_images_too(lab: Lab, pin: Pin) -> None:
    lab.file.write_text(write_yaml(lab, "").replace("compute:\n", "") + ("compute:\n" + CPU).rstrip())
    assert not lab.file.read_text().endswith("\n")
    pin()
    assert re.search(rf"    image_ids:\n      eu-central-1: {ID}  # al2023-\S+$", lab.file.read_text())


@pytest.mark.parametrize("written", ["{}", "{eu-central-1: ami-0123456789abcdef0}", "{\n  }"])
def test_ids_in_braces_become_a_line_each(lab: Lab, pin: Pin, written: str) -> None:
    write_yaml(lab, CPU.replace("    max_nodes", f"    image_ids: {written}  # by hand\n    max_nodes"))
    pin()
    assert re.search(
        rf"    image_ids:  # by hand\n      eu-central-1: {ID}  # al2023-\S+\n    max_nodes: 2\n",
        lab.file.read_text(),
    )


@pytest.mark.parametrize("pool_ids", ["", ", image_ids: {}"])
def test_a_pool_in_braces_is_written_within_them(lab: Lab, pin: Pin, pool_ids: str) -> None:
    line = f"  - {{name: cpu, instance_type: c7i.4xlarge, max_nodes: 1, capacity: {{mode: on_demand}}{pool_ids}}}"
    before = write_yaml(lab, f"{line}  # small\n")
    [image] = pin()["images"]
    ids = f'{{"{PRIMARY}": "{image["imageId"]}"}}'
    written = (
        line.replace(pool_ids, f", image_ids: {ids}") if pool_ids else f'{line[:-1]}, "image_ids": {ids}}}'
    )
    assert changed_lines(before, lab.file.read_text()) == ([f"{line}  # small"], [f"{written}  # small"])
    pin("--check")


# Regions ----------------------------------------------------------------------------------------------------

TWO_REGIONS = f"""\
regions: {{primary: {PRIMARY}, recovery: {RECOVERY}}}
recovery:
  network: {{cidr: 10.48.0.0/20}}
"""


def test_the_recovery_region_has_images_of_its_own(lab: Lab, pin: Pin) -> None:
    lab.client("account").enable_region(RegionName=RECOVERY)
    write_yaml(lab, CPU, TWO_REGIONS)
    images = pin()["images"]
    assert [(it["pool"], it["region"], it["field"]) for it in images] == [
        ("cpu", PRIMARY, "compute[0].image_ids"),
        ("cpu", RECOVERY, "compute[0].image_ids"),
    ]
    assert images[0]["imageId"] != images[1]["imageId"]
    assert re.search(
        rf"    image_ids:\n      {PRIMARY}: {ID}  # al2023-\S+\n      {RECOVERY}: {ID}  # al2023-\S+\n",
        lab.file.read_text(),
    )
    pin("--check")


def test_a_region_is_added_below_the_others(lab: Lab, pin: Pin) -> None:
    lab.client("account").enable_region(RegionName=RECOVERY)
    write_yaml(lab, CPU)
    pin()
    text = lab.file.read_text()
    lab.file.write_text(text.replace(f"regions: {{primary: {PRIMARY}}}\n", TWO_REGIONS))
    assert [it["status"] for it in pin()["images"]] == ["current", "new"]
    assert re.search(
        rf"      {PRIMARY}: {ID}  # \S+\n      {RECOVERY}: {ID}  # \S+\n\n", lab.file.read_text()
    )


def test_pools_of_the_recovery_region_itself_are_written_where_they_stand(lab: Lab, pin: Pin) -> None:
    lab.client("account").enable_region(RegionName=RECOVERY)
    own = f"{TWO_REGIONS}  compute:\n  - name: spare\n    instance_type: c7g.4xlarge\n    max_nodes: 1\n    capacity: {{mode: on_demand}}\n"
    write_yaml(lab, CPU, own)
    images = pin()["images"]
    assert [(it["region"], it["field"]) for it in images] == [
        (PRIMARY, "compute[0].image_ids"),
        (RECOVERY, "recovery.compute[0].image_ids"),
    ]
    assert re.search(
        rf"    capacity: {{mode: on_demand}}\n    image_ids:\n      {RECOVERY}: {ID}  # al2023-\S+-arm64\n",
        lab.file.read_text(),
    )


def test_a_stacks_file_is_written_under_its_key(lab: Lab, pin: Pin, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "stacks" / "Pulumi.dev.yaml").read_text()
    lab.file = lab.file.with_name("Pulumi.dev.yaml")
    lab.file.write_text(text.replace("123456789012", lab.account_id))
    pin()
    gone, come = changed_lines(text.replace("123456789012", lab.account_id), lab.file.read_text())
    assert gone == []
    assert {re.sub(r"ami-\w+  # \S+", "ID", line) for line in come} == {
        "        image_ids:",
        f"          {PRIMARY}: ID",
    }
    assert len(lab.file.read_text().splitlines()) == len(text.splitlines()) + 4


# What can't be written --------------------------------------------------------------------------------------


TWINS = """\
  - &cpu
    name: cpu
    instance_type: c7i.4xlarge
    max_nodes: 1
    capacity: {mode: on_demand}
    image_ids: &ids {}
  - <<: *cpu
    name: twin
    image_ids: *ids
"""


def test_a_layout_that_would_change_more_is_refused_and_the_file_is_left(lab: Lab, pin: Pin) -> None:
    before = write_yaml(lab, TWINS)
    for _ in range(2):
        [problem] = pin(code=2)["problems"]
        assert problem["given"] == "an alias (*name), or a merge (<<)"
        assert problem["field"] == "compute[0].image_ids"
        assert problem["line"] == before[: before.index("- &cpu")].count("\n") + 1
        assert "without changing other lines" in problem["message"]
        assert problem["mend"].startswith("write the pool that way")
    assert lab.file.read_text() == before


def test_pools_that_an_alias_stands_for_are_refused(lab: Lab, pin: Pin) -> None:
    before = write_yaml(lab, TWINS).replace("compute:\n", "compute: &pools\n")
    lab.client("account").enable_region(RegionName=RECOVERY)
    text = before.replace(f"regions: {{primary: {PRIMARY}}}\n", "") + f"{TWO_REGIONS}  compute: *pools\n"
    lab.file.write_text(text)
    [problem] = pin(code=2)["problems"]
    assert problem["field"] in ("compute[0].image_ids", "recovery.compute[0].image_ids")
    assert lab.file.read_text() == text


def test_a_type_without_a_published_image_is_refused_unless_the_pool_has_its_own(lab: Lab, pin: Pin) -> None:
    lab.write(pool("cpu"), pool("graviton", "g5g.xlarge", zone_id="euc1-az1"))
    before = lab.file.read_bytes()
    [problem] = pin(code=2)["problems"]
    assert problem["message"] == (
        "AWS publishes no ECS-optimised image with drivers for g5g.xlarge (T4g, arm64)"
    )
    assert problem["field"] == "compute[1].image_ids"
    assert problem["mend"].startswith("build one and name its id there")
    assert lab.file.read_bytes() == before
    own = {"image_ids": {PRIMARY: "ami-0123456789abcdef0"}}
    lab.write(pool("graviton", "g5g.xlarge", zone_id="euc1-az1", **own))
    assert [image["status"] for image in pin("--check")["images"]] == ["own"]


def test_an_environment_that_isnt_in_order_is_refused_before_anything_is_asked(lab: Lab, pin: Pin) -> None:
    lab.write(pool(type_="c7i.4xlarg"))
    [problem] = pin(code=2)["problems"]
    assert problem["field"] == "compute[0].instance_type"


# The surroundings -------------------------------------------------------------------------------------------


def without_credentials(lab: Lab) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        lab.monkeypatch.delenv(name)


def offline(lab: Lab) -> None:
    lab.monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    lab.monkeypatch.setattr("modelyard_cli.account.session.ATTEMPTS", 1)


@pytest.mark.parametrize(
    ("surroundings", "message"),
    [
        (without_credentials, "there are no AWS credentials here"),
        (offline, "AWS can't be reached"),
        (lambda lab: lab.sign_in("999999999999"), "these credentials are of account 999999999999"),
    ],
    ids=["no credentials", "offline", "wrong account"],
)
def test_what_cant_be_asked_isnt_invented_and_the_file_is_left(
    lab: Lab, pin: Pin, surroundings: Callable[[Lab], None], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = write_yaml(lab, CPU + GPU)
    surroundings(lab)
    for options in ((), ("--check",)):
        document = pin(*options, code=3)
        assert document["message"].startswith(message)
        assert "mend: " in document["message"]
    assert run(["pin-images", str(lab.file)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(message)
    assert lab.file.read_text() == before


def test_a_region_that_isnt_enabled_is_told(lab: Lab, pin: Pin) -> None:
    before = write_yaml(lab, CPU, TWO_REGIONS)
    for _ in range(2):
        message = pin(code=3)["message"]
        assert message.startswith(f"the region {RECOVERY} (regions.recovery) isn't enabled in account")
        assert f"aws account enable-region --region-name {RECOVERY}" in message
    assert lab.file.read_text() == before


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            Fault("ssm:GetParameter", "refuse", 1, "AccessDeniedException"),
            f"ssm:GetParameter in {PRIMARY} is refused: ",
        ),
        (
            Fault("ssm:GetParameter", "refuse", 1, "ParameterNotFound"),
            "AWS publishes no /aws/service/ecs/optimized-ami/amazon-linux-2023/recommended in eu-central-1",
        ),
    ],
    ids=["refused", "not published"],
)
def test_what_aws_refuses_is_told_and_the_file_is_left(
    lab: Lab, sandbox: Sandbox, pin: Pin, fault: Fault, message: str
) -> None:
    before = write_yaml(lab, CPU)
    for _ in range(2):
        sandbox.set_faults(Fault(**vars(fault)))
        try:
            assert pin(code=3)["message"].startswith(message)
        finally:
            sandbox.set_faults()
    assert lab.file.read_text() == before
    pin()


# What is documented -----------------------------------------------------------------------------------------


def test_what_is_written_as_json_has_the_fields_that_are_documented(lab: Lab, pin: Pin) -> None:
    page = (ROOT / "docs" / "json.md").read_text()
    row = next(line for line in page.splitlines() if line.startswith("| `pin-images ENV`"))
    write_yaml(lab, CPU)
    document = pin()
    assert set(document) == {"schema", *re.findall(r"`(\w+)`", row.split("|")[3])}
    section = page.split("## A machine image")[1].split("##")[0]
    assert set(document["images"][0]) <= set(re.findall(r"`(\w+)`", section))


def test_on_azure_there_is_nothing_to_pin(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pin-images", "azure-dev"]) == 2
    told = capsys.readouterr().err
    assert (
        'nodes of environment "azure-dev" run Azure Machine Learning\'s own images, which nobody pins' in told
    )
    assert "mend: nothing is to be done: `modelyard pin-images` is for AWS" in told
