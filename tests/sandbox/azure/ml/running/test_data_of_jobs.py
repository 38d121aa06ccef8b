"""Code and data of jobs: copied from Azurite, and written back to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from azure_ml import compute
from azure_ml_jobs import Yard, uri
from azurite_yard import answered
from patience import eventually

from modelyard_sandbox.azure.manager.ml.blob_places import BlobPlace
from modelyard_sandbox.azure.ml_running import blob_client
from modelyard_sandbox.azurite.accounts import signed
from modelyard_sandbox.job_faults import JobFault
from modelyard_sandbox.sandbox import Sandbox


@pytest.fixture(scope="module")
def furnished(serving: Sandbox) -> Yard:
    """A workspace with datastores."""
    made = Yard(serving)
    for name in ("datasets", "checkpoints"):
        made.container(name)
    return made


@pytest.fixture
def data(furnished: Yard) -> Iterator[Yard]:
    yield furnished
    furnished.sandbox.set_job_faults()
    furnished.leave_nothing()


def folder(container: str, path: str, mode: str, kind: str = "Input") -> dict[str, str]:
    return {f"job{kind}Type": "uri_folder", "uri": uri(container, path), "mode": mode}


def written(path: str, mode: str = "ReadWriteMount") -> dict[str, Any]:
    return {"outputs": {"out": folder("checkpoints", path, mode, "Output")}}


def test_code_is_unpacked_on_each_node_with_its_directories(data: Yard) -> None:
    code = data.code(main__py="import inner; print(inner.said)", inner__py="said = 'hello'")
    gang: dict[str, Any] = {
        "distribution": {"distributionType": "PyTorch"},
        "resources": {"instanceCount": 2},
    }
    name, status = data.run("echo $RANK > mark; python main.py; cat mark", codeId=code, **gang)
    assert status == "Completed"
    assert data.logs(name) == {
        "user_logs/std_log_process_00.txt": "hello\n0\n",
        "user_logs/std_log_process_01.txt": "hello\n1\n",
    }


def test_inputs_are_directories_files_words_or_addresses(data: Yard) -> None:
    data.blob("datasets/set/a.txt", b"aa")
    data.blob("datasets/set/deep/b c.txt", b"bb")
    data.blob("datasets/settings", b"not of the folder")
    inputs = {
        "mounted": folder("datasets", "set/", "ReadOnlyMount"),
        "loaded": folder("datasets", "set", "Download"),
        "file": {"jobInputType": "uri_file", "uri": uri("datasets", "set/a.txt")},
        "lr": {"jobInputType": "literal", "value": "0.1"},
        "direct": folder("datasets", "set", "Direct"),
    }
    script = (
        "cd ${{inputs.mounted}} && find . -type f | sort; cat 'deep/b c.txt'; echo; "
        "cat ${{inputs.loaded}}/a.txt ${{inputs.file}}; echo; echo ${{ inputs.lr }} ${{inputs.direct}}"
    )
    name, status = data.run(script, inputs=inputs)
    assert status == "Completed", data.details(name)
    assert data.log(name).splitlines() == [
        "./a.txt",
        "./deep/b c.txt",
        "bb",
        "aaaa",
        "0.1 azureml://datastores/datasets/paths/set",
    ]


def test_what_is_written_into_an_input_that_may_be_written_is_kept(data: Yard) -> None:
    data.blob("datasets/open/a", b"before")
    inputs = {"it": folder("datasets", "open", "ReadWriteMount")}
    assert data.run("echo after > ${{inputs.it}}/a", inputs=inputs)[1] == "Completed"
    assert data.blob("datasets/open/a") == b"after\n"


def test_names_of_blobs_are_listed_page_by_page_without_those_that_lead_out(
    data: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blob_client, "PAGE", 2)
    for name in ("a", "b", "deep/c", "d e", "z"):
        data.blob(f"datasets/pages/{name}", b"")
    for name in ("..%2Fout", "x%2F..%2F..%2Fout"):
        url = f"{data.sandbox.status().blob_endpoint}/{data.account}/datasets/pages%2F{name}"
        asked = signed("PUT", url, data.account, b"", {"x-ms-blob-type": "BlockBlob"})
        assert answered(asked)[0] == 201
    client = blob_client.BlobClient(data.sandbox.status().blob_endpoint or "")
    found = list(client.names(BlobPlace(data.account, "datasets", "pages")))
    assert found == ["a", "b", "d e", "deep/c", "z"]


def test_what_is_written_into_a_read_only_input_goes_nowhere(data: Yard) -> None:
    data.blob("datasets/fixed/a", b"before")
    inputs = {"it": folder("datasets", "fixed", "ReadOnlyMount")}
    assert data.run("echo after > ${{inputs.it}}/a", inputs=inputs)[1] == "Completed"
    assert data.blob("datasets/fixed/a") == b"before"


def test_what_a_job_writes_is_written_through_while_it_runs(data: Yard) -> None:
    data.blob("checkpoints/one/kept", b"kept")
    data.blob("checkpoints/one/dropped", b"dropped")
    script = "cd ${{outputs.out}} && cat kept && rm dropped && mkdir -p a && echo 1 > a/step; sleep 60"
    name = data.submit(script, **written("one"))
    eventually(lambda: data.blob("checkpoints/one/a/step") == b"1\n")
    eventually(lambda: data.blob("checkpoints/one/dropped") is None)
    assert data.status(name) == "Running"
    data.cancel(name)
    assert data.ended(name) == "Canceled"
    assert data.blob("checkpoints/one/kept") == b"kept"


def test_the_last_of_it_is_written_at_the_end_of_a_job_that_fails_too(data: Yard) -> None:
    script = "echo last > ${{outputs.out}}/state; exit 1"
    assert data.run(script, **written("two"))[1] == "Failed"
    assert data.blob("checkpoints/two/state") == b"last\n"


def test_what_is_to_be_uploaded_is_at_the_end_only(data: Yard) -> None:
    data.blob("checkpoints/three/before", b"before")
    script = "ls ${{outputs.out}}; echo it > ${{outputs.out}}/state"
    name, status = data.run(script, **written("three", "Upload"))
    assert (status, data.log(name)) == ("Completed", "")
    assert data.blob("checkpoints/three/state") == b"it\n"
    assert data.blob("checkpoints/three/before") == b"before"


def test_a_file_that_never_rests_is_written_through_all_the_same(data: Yard) -> None:
    script = "while :; do echo x >> ${{outputs.out}}/log; sleep 0.1; done"
    name = data.submit(script, **written("four"))
    eventually(lambda: data.blob("checkpoints/four/log"))
    data.cancel(name)
    data.ended(name)


def test_an_output_without_a_place_has_one_in_the_workspaces_own_store(data: Yard) -> None:
    name, status = data.run("echo it > ${{outputs.o}}/f", outputs={"o": {"jobOutputType": "uri_folder"}})
    assert status == "Completed"
    shown = data.arm("GET", data.job(name))["properties"]["outputs"]["o"]
    assert shown["uri"] == f"azureml://datastores/workspaceblobstore/paths/azureml/{name}/o/"
    store = data.arm("GET", f"{data.workspace}/datastores/workspaceblobstore")["properties"]["containerName"]
    assert data.blob(f"{store}/azureml/{name}/o/f") == b"it\n"


def test_logs_are_in_the_workspaces_own_container_as_well(data: Yard) -> None:
    name, _ = data.run("echo said")
    assert data.blob(f"azureml/ExperimentRun/dcid.{name}/user_logs/std_log.txt") == b"said\n"


def test_code_that_is_nowhere_fails_the_job(data: Yard) -> None:
    data.container("code")
    id_ = f"{data.workspace}/codes/none/versions/1"
    address = f"https://{data.account}.blob.core.windows.net/code/none"
    data.arm("PUT", id_, {"properties": {"codeUri": address}})
    name, status = data.run("true", codeId=id_)
    assert status == "Failed"
    assert data.error(name)["message"] == (
        f"There is no file at {data.account}/code/none, where the job's code should be."
    )


def test_a_file_that_is_nowhere_fails_the_job(data: Yard) -> None:
    file = {"jobInputType": "uri_file", "uri": uri("datasets", "nothing")}
    name, status = data.run("cat ${{inputs.f}}", inputs={"f": file})
    assert status == "Failed"
    assert data.error(name)["message"] == (
        f"The job's code or data can't be reached: GET {data.account}/datasets/nothing was answered with 404."
    )


def test_a_job_that_is_preempted_finds_what_was_written_through_and_no_more(data: Yard) -> None:
    data.made("PUT", f"{data.workspace}/computes/low", compute(most=1, vmPriority="LowPriority"))
    script = (
        "cd ${{outputs.out}}; if [ -f step ]; then ls; exit 0; fi; "
        "echo 1 > step; echo ready; while :; do sleep 0.05; done"
    )
    name = data.submit(script, computeId=f"{data.workspace}/computes/low", **written("five"))
    eventually(lambda: data.blob("checkpoints/five/step"))
    assert data.sandbox.set_job_faults(JobFault("spot_interruption", job=name)) == 1
    assert data.ended(name) == "Completed"
    assert data.log(name) == "ready\nstep\n"
