"""A new backend is one folder and one line in the registry: this test writes both, and uses it."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

import pytest

from modelyard_cli.main import run
from modelyard_launcher.backends import BACKENDS

BACKEND = '''\
"""A backend that runs nothing: it writes down what it was asked for."""

from modelyard_launcher.backends import LogChunk, Standing
from modelyard_launcher.outlook import look_ahead
from modelyard_launcher.plan import Call, Plan
from modelyard_launcher.records import Submission, now
from modelyard_launcher.record_changes import change_record
from modelyard_launcher.spec import Place
from modelyard_launcher.submission import Order, Submitter
from modelyard_launcher.uploads import pack_runtime


class PaperBackend:
    def __init__(self, context):
        self.runs = context.runs

    def plan(self, loaded, resolved):
        outlook = look_ahead(loaded, resolved.target)
        calls = [Call("paper", "Write", {"run": "<run id>"})]
        return Plan(loaded, resolved, "paper", outlook.choice, outlook.cost, {}, [], [], outlook.risks, calls=calls)

    def submit(self, plan, *, detach, on_line, on_event):
        place = Place(plan.target, plan.choice.pool, None, 0)
        return Submitter(self.runs, self, on_event).submit(Order(plan, place, pack_runtime()))

    def prepare(self):
        pass

    def draft(self, run_id, number):
        return Submission(number=number, backend="paper", pool="cpu", job_name=f"{run_id}-{number}", submitted=now())

    def call(self, record):
        return record.submissions[-1].model_copy(update={"job_id": "on paper"})

    def look_up(self, submission):
        return None

    def describe(self, record):
        return Standing("running" if record.state == "submitted" else record.state, record.reason)

    def refresh(self, record):
        return self.runs.read(record.run_id)

    def read_log(self, record, rank, cursor=None):
        return LogChunk(b"" if cursor else b"written down\\n", "end")

    def cancel(self, record):
        ended = {"state": "cancelled", "reason": "crossed out", "ended": now()}
        return change_record(self.runs.store, record, lambda newest: newest.model_copy(update=ended))
'''

POOL = {
    "name": "cpu",
    "queue_arn": "q",
    "instance_type": "c7i.4xlarge",
    "accelerator": None,
    "accelerators_per_node": 0,
    "vcpus": 16,
    "memory_mib": 32_768,
    "max_nodes": 4,
    "max_nodes_per_job": 4,
    "capacity": "on_demand",
    "fabric": {"efa_interfaces": 0, "environment": {}},
}


def test_one_folder_and_one_line_are_a_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "paper_backend"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Paper."""\n')
    (folder / "backend.py").write_text(BACKEND)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(BACKENDS, "paper", "paper_backend.backend:PaperBackend")
    store = {"uri": f"file://{tmp_path}/store", "region": "eu-central-1"}
    target = {
        "schema": "modelyard.target/1",
        "environment": "dev",
        "cloud": "aws",
        "account_id": "123456789012",
        "region": "eu-central-1",
        "stores": {"datasets": store, "checkpoints": store},
        "registry": {"repository_url": "registry/dev"},
        "roles": {"job_role_arn": "j", "execution_role_arn": "e"},
        "log_group": "l",
        "pools": [POOL],
    }
    (tmp_path / "target.json").write_text(json.dumps(target))
    (tmp_path / "job.yaml").write_text("name: a\nrun: x\n")
    where = ["--target", str(tmp_path / "target.json")]

    def job(*arguments: str) -> str:
        out = io.StringIO()
        with contextlib.chdir(tmp_path), contextlib.redirect_stdout(out):
            assert run(["job", *arguments, *where]) == 0, arguments
        return out.getvalue().strip()

    assert "paper Write run=<run id>" in job("plan", "job.yaml", "--backend", "paper")
    run_id = job("submit", "job.yaml", "--backend", "paper", "--detach")
    assert "running" in job("status", run_id)
    assert run_id in job("list")
    assert job("logs", run_id, "--rank", "0") == "written down"
    assert "cancelled" in job("cancel", run_id)
    assert json.loads(job("status", run_id, "--format", "json"))["reason"] == "crossed out"
    sys.modules.pop("paper_backend.backend", None)
