from __future__ import annotations

import ast
import base64
import json
import re
import shutil
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nodes import parts, plan

import modelyard.planning.host
from modelyard.catalog.instances import instance_type_names
from modelyard.outputs.target import Host
from modelyard.planning.host import (
    ENTRYPOINT_PATH,
    NOTICES_PATH,
    SCRATCH_PATH,
    user_data,
    user_data_text,
)
from modelyard.planning.host.agent import agent_config, efa_config
from modelyard.planning.host.user_data import BATCH_BYTES, MAX_BYTES
from modelyard.planning.metrics import GPU_MEMORY_USED, GPU_POWER_DRAW, GPU_UTILIZATION, NAMESPACE

FILES = Path(modelyard.planning.host.__file__).parent / "files"
SLUGS = st.from_regex(r"[a-z][a-z0-9-]{0,18}[a-z0-9]", fullmatch=True)
BLOCK = {"block_ends_at": "2026-12-01T11:30:00Z", "block_drain_at": "2026-12-01T11:00:00Z"}


@example("p6-b300.48xlarge", "e" * 20, "p" * 20, BLOCK)
@given(st.sampled_from(instance_type_names()), SLUGS, SLUGS, st.sampled_from([{}, BLOCK]))
def test_user_data_leaves_batch_room_for_its_own_within_ec2s_limit(name, environment, pool, block):
    host = plan(
        name,
        region="ap-southeast-1",  # none is longer
        environment=environment,
        pool=pool,
        log_group=f"/modelyard/{environment}/nodes",
        **block,
    )
    raw = base64.b64decode(user_data(host), validate=True)
    assert raw.decode("ascii") == user_data_text(host)
    assert len(raw) <= MAX_BYTES - BATCH_BYTES


@given(st.sampled_from(instance_type_names()))
def test_user_data_is_a_mime_multipart_of_parts_that_cloud_init_knows(name):
    message = message_from_bytes(base64.b64decode(user_data(plan(name))))
    assert message.get_content_type() == "multipart/mixed"
    assert not message.defects
    assert [part.get_content_type() for part in message.walk()][1:] == [
        "text/cloud-boothook",
        "text/x-shellscript",
    ]
    for part in message.get_payload():
        assert not part.defects
        assert part.get_content_charset() == "us-ascii"
        assert str(part.get_payload()).startswith("#!/bin/sh\n")


def test_the_same_plan_gives_the_same_user_data():
    assert user_data(plan()) == user_data(plan())


def test_the_published_paths_are_the_hosts():
    host = Host(entrypoint_path=ENTRYPOINT_PATH, notices_path=NOTICES_PATH, scratch_path=SCRATCH_PATH)
    script = parts(plan())["text/x-shellscript"]
    assert f"put 0555 {host.entrypoint_path}/run " in script
    assert f'"notices_path":"{host.notices_path}"' in script
    assert f'"$root{host.scratch_path}"' in parts(plan())["text/cloud-boothook"]
    assert f'"$root{host.notices_path}"' in parts(plan())["text/cloud-boothook"]


def without_docstrings(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node):
            node.body = node.body[1:]
    return ast.dump(tree)


def installed(script: str) -> dict[str, str]:
    """The files that a script installs, by their paths."""
    found = re.findall(r"^put \d+ (\S+) <<'(\w+)'\n(.*?)^\2$", script, re.DOTALL | re.MULTILINE)
    return {path: content for path, _, content in found}


def test_what_is_shipped_does_what_the_package_s_files_do():
    files = installed(parts(plan())["text/x-shellscript"])
    for path, name in {
        "/opt/modelyard/lib/notices": "notices.py",
        "/opt/modelyard/entrypoint/fetch": "entrypoint_fetch.py",
    }.items():
        shipped, written = files[path], (FILES / name).read_text()
        assert without_docstrings(shipped) == without_docstrings(written)
        assert len(shipped) < len(written)
    for path in ("/opt/modelyard/lib/agent", "/opt/modelyard/entrypoint/run"):
        lines = files[path].splitlines()
        assert lines[0] == "#!/bin/sh"
        assert not [line for line in lines[1:] if not line.strip() or line.lstrip().startswith("#")]


def test_nothing_of_the_files_ends_a_file_early():
    script = parts(plan())["text/x-shellscript"]
    assert script.count("<<'END_OF_FILE'") == len(installed(script)) == 9
    assert script.splitlines().count("END_OF_FILE") == len(installed(script))


@pytest.mark.parametrize("path", sorted(FILES.glob("*.sh")), ids=lambda path: path.name)
def test_the_package_s_shell_scripts_hold_before_shellcheck(path: Path):
    program = shutil.which("shellcheck", path=Path(sys.executable).parent) or shutil.which("shellcheck")
    assert program, "shellcheck comes with the extra [dev]"
    done = subprocess.run([program, "--shell=sh", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("kind", ["text/cloud-boothook", "text/x-shellscript"])
def test_every_part_is_a_script_that_the_shell_can_read(kind: str):
    script = parts(plan(**BLOCK))[kind]
    done = subprocess.run(["/bin/sh", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def sections(type_name: str) -> dict[str, Any]:
    return agent_config(plan(type_name))["metrics"]["metrics_collected"]


def test_the_agent_measures_gpus_where_there_are_some_that_it_can_see():
    assert set(sections("p5.48xlarge")) == {"cpu", "mem", "disk", "nvidia_gpu"}
    for other in ("c7i.48xlarge", "trn1.32xlarge"):
        assert set(sections(other)) == {"cpu", "mem", "disk"}


def test_alarms_find_the_gpus_metrics_under_the_pool():
    config = agent_config(plan())["metrics"]
    assert config["namespace"] == NAMESPACE
    assert config["aggregation_dimensions"][0] == ["environment", "pool"]
    sent = {f"nvidia_smi_{name}" for name in config["metrics_collected"]["nvidia_gpu"]["measurement"]}
    assert {GPU_UTILIZATION, GPU_MEMORY_USED, GPU_POWER_DRAW} < sent
    assert sent >= {"nvidia_smi_utilization_memory", "nvidia_smi_temperature_gpu"}


@pytest.mark.parametrize("name", ["p5.48xlarge", "c7i.48xlarge"])
def test_every_metric_is_sent_summed_up_and_in_no_other_way(name: str):
    config = agent_config(plan(name))["metrics"]
    dimensions = {*config["append_dimensions"], "environment", "pool"}
    assert {each for group in config["aggregation_dimensions"] for each in group} <= dimensions
    for section in [
        *config["metrics_collected"].values(),
        *efa_config()["metrics"]["metrics_collected"].values(),
    ]:
        assert section["drop_original_metrics"] == section["measurement"]
    for section in config["metrics_collected"].values():
        assert section["append_dimensions"] == {"environment": "prod", "pool": "h100"}


def test_the_host_s_logs_go_to_the_log_group_in_streams_of_their_own():
    logs = agent_config(plan())["logs"]["logs_collected"]["files"]["collect_list"]
    assert {log["log_group_name"] for log in logs} == {"/modelyard/prod/nodes"}
    assert [log["log_stream_name"] for log in logs] == [
        f"host/h100/{{instance_id}}/{name}" for name in ("notices", "cloud-init", "ecs-agent")
    ]
    unit = installed(parts(plan())["text/x-shellscript"])["/etc/systemd/system/modelyard-notices.service"]
    assert f"append:{logs[0]['file_path']}\n" in unit


def test_what_is_installed_as_json_is_what_was_planned():
    files = installed(parts(plan())["text/x-shellscript"])
    assert json.loads(files["/etc/modelyard/agent.json"]) == agent_config(plan())
    assert json.loads(files["/etc/modelyard/agent-efa.json"]) == efa_config()
    assert "/etc/modelyard/agent-efa.json" not in installed(parts(plan("g5.xlarge"))["text/x-shellscript"])


def test_user_data_holds_no_secret_and_no_address_but_those_of_the_machine_s_own_services():
    addresses = re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", user_data_text(plan()))
    assert set(addresses) == {"169.254.169.254", "169.254.170.2"}
