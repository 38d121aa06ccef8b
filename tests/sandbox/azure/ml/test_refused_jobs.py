"""Jobs that can't be: what is said of each."""

from __future__ import annotations

from typing import Any

import pytest
from arming import HOME, Arm
from azure_ml import COMPUTE, ENVIRONMENT, JOB, WORKSPACE, command, sweep

DATA = {"jobInputType": "uri_folder", "uri": "azureml://datastores/datasets/paths/a"}
NOWHERE = "https://account1.blob.core.windows.net/none/a"
MPI = {"distribution": {"distributionType": "Mpi"}}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no compute": (
        command(computeId=None),
        "A job needs computeId: the sandbox plays no serverless compute.",
    ),
    "a compute that isn't there": (
        command(computeId=COMPUTE.replace("/gpu", "/other")),
        (
            f"The resource {COMPUTE.replace('/gpu', '/other')}, which property properties.computeId names, was "
            "not found."
        ),
    ),
    "a compute that is none": (
        command(computeId=WORKSPACE),
        (
            f"The specified value {WORKSPACE} for property properties.computeId is not the id of a "
            "Microsoft.MachineLearningServices/workspaces/computes."
        ),
    ),
    "an environment that isn't there": (
        command(environmentId=f"{ENVIRONMENT}0"),
        f"The resource {ENVIRONMENT}0, which property properties.environmentId names, was not found.",
    ),
    "code that isn't there": (
        command(codeId=f"{WORKSPACE}/codes/c/versions/1"),
        (
            f"The resource {WORKSPACE}/codes/c/versions/1, which property properties.codeId names, was not "
            "found."
        ),
    ),
    "an empty command": (
        command(command=" "),
        "The specified value   for property properties.command is empty.",
    ),
    "a long experiment": (
        command(experimentName="e" * 257),
        (
            f"The specified value {'e' * 257} for property properties.experimentName does not have 1 to 256 "
            "characters."
        ),
    ),
    "a long description": (
        command(description="d" * 5_001),
        f"The specified value {'d' * 20} for property properties.description has more than 5000 characters.",
    ),
    "too many tags": (
        command(tags={str(number): "" for number in range(51)}),
        "A job has 51 tags; it can have 50 at most.",
    ),
    "too many properties": (
        command(properties={str(number): "" for number in range(51)}),
        "A job has 51 properties; it can have 50 at most.",
    ),
    "a long tag": (
        command(tags={"t": "v" * 1_001}),
        "The tags t is not within bounds: a name has 1 to 100 characters, a value at most 1000.",
    ),
    "no duration": (
        command(limits={"jobLimitsType": "Command", "timeout": "2 days"}),
        (
            "The specified value 2 days for property properties.limits.timeout is not a duration of at least a "
            "second, as PT48H."
        ),
    ),
    "too long a time": (
        command(limits={"jobLimitsType": "Command", "timeout": "P21DT1S"}),
        (
            "The specified value P21DT1S for property properties.limits.timeout is more than the 21 days that a "
            "job may run on Dedicated nodes."
        ),
    ),
    "too many nodes": (
        command(resources={"instanceCount": 3}, **MPI),
        (
            "The specified value 3 for property properties.resources.instanceCount is more than the 2 nodes that "
            "the compute gpu can have."
        ),
    ),
    "several nodes and no distribution": (
        command(resources={"instanceCount": 2}),
        (
            "The specified value 2 for property properties.resources.instanceCount needs a distribution: the "
            "sandbox doesn't play several nodes without one."
        ),
    ),
    "no amount of memory": (
        command(resources={"shmSize": "64GiB"}),
        (
            "The specified value 64GiB for property properties.resources.shmSize is not a number followed by one "
            "of b, k, m and g."
        ),
    ),
    "a distribution that isn't played": (
        command(distribution={"distributionType": "TensorFlow"}),
        "The specified value TensorFlow for property properties.distribution.distributionType is not allowed.",
    ),
    "a datastore that isn't there": (
        command(inputs={"a": {**DATA, "uri": "azureml://datastores/none/paths/a"}}),
        "The datastore none, which property properties.inputs.a.uri names, was not found.",
    ),
    "a datastore of files": (
        command(inputs={"a": {**DATA, "uri": "azureml://datastores/workspacefilestore/paths/a"}}),
        (
            "The datastore workspacefilestore is of type AzureFile: jobs in the sandbox read and write AzureBlob "
            "only."
        ),
    ),
    "another workspace's datastore": (
        command(
            inputs={
                "a": {
                    **DATA,
                    "uri": f"azureml:/{HOME}/resourcegroups/rg/workspaces/x/datastores/datasets/paths/a",
                }
            }
        ),
        (
            f"The URI azureml:/{HOME}/resourcegroups/rg/workspaces/x/datastores/datasets/paths/a of property "
            "properties.inputs.a.uri is of another workspace."
        ),
    ),
    "a container that isn't there": (
        command(outputs={"a": {"jobOutputType": "uri_folder", "uri": NOWHERE}}),
        (
            "The container none of storage account account1, which property properties.outputs.a.uri names, was "
            "not found."
        ),
    ),
    "no place": (
        command(inputs={"a": {**DATA, "uri": "s3://bucket/a"}}),
        (
            "The specified value s3://bucket/a for property properties.inputs.a.uri is not a URI that the "
            "sandbox can read: azureml://datastores/NAME/paths/PATH or "
            "https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH."
        ),
    ),
    "an input without a place": (
        command(inputs={"a": {"jobInputType": "uri_folder"}}),
        "The input a has no uri.",
    ),
    "a literal without a value": (
        command(inputs={"a": {"jobInputType": "literal"}}),
        "The input a is literal and has no value.",
    ),
    "a name of an input that is none": (
        command(inputs={"a-b": DATA}),
        (
            "The specified value a-b for property properties.inputs.a-b is not a name of letters, digits and "
            "underscores that begins with no digit."
        ),
    ),
    "a word of the command that the job doesn't have": (
        command(command="ls ${{inputs.a}} ${{ outputs.b }}", inputs={"a": DATA}),
        "The command names outputs.b, which the job doesn't have.",
    ),
    "somebody else's identity": (
        command(identity={"identityType": "Managed", "clientId": "nobody"}),
        (
            "The specified value nobody for property properties.identity.clientId is no identity of the compute "
            "gpu."
        ),
    ),
    "a type that isn't played": (
        command(jobType="Pipeline"),
        "The sandbox doesn't play jobs of type Pipeline: take Command or Sweep.",
    ),
    "early termination": (
        sweep(earlyTermination={"policyType": "Bandit", "slackFactor": 0.1}),
        "The sandbox doesn't play early termination of sweeps: leave earlyTermination out.",
    ),
    "a sampling that isn't played": (
        sweep(samplingAlgorithm={"samplingAlgorithmType": "Bayesian"}),
        (
            "The specified value Bayesian for property properties.samplingAlgorithm.samplingAlgorithmType is not "
            "allowed."
        ),
    ),
    "no search space": (
        sweep(searchSpace=None),
        "The search space of a sweep is not an object with at least one parameter.",
    ),
    "a grid of what can't be counted": (
        sweep({"lr": ["uniform", [0, 1]]}),
        "The search space lr is uniform: a grid takes choice only.",
    ),
    "an expression that is none": (
        sweep({"lr": [1, 2, 3]}),
        'The search space lr is not an expression, as ["choice", [[1, 2]]] or ["uniform", [0, 1]].',
    ),
    "a choice of nothing": (
        sweep({"lr": ["choice", [1, 2]]}),
        'The search space lr is not a choice of something, as ["choice", [[1, 2]]].',
    ),
    "a draw that isn't played": (
        sweep({"lr": ["lognormal", [0, 1]]}, samplingAlgorithm={"samplingAlgorithmType": "Random"}),
        (
            "The search space lr is lognormal, which the sandbox doesn't play; it plays choice, uniform, "
            "loguniform, quniform, normal, randint."
        ),
    ),
    "a draw of the wrong numbers": (
        sweep({"lr": ["uniform", [0, "1"]]}, samplingAlgorithm={"samplingAlgorithmType": "Random"}),
        'The search space lr is uniform of [0, "1"]: it takes 2 numbers.',
    ),
    "a draw of nothing": (
        sweep({"lr": ["randint", [0]]}, samplingAlgorithm={"samplingAlgorithmType": "Random"}),
        "The search space lr is randint of 0: it takes 1 or more.",
    ),
    "steps that lead nowhere": (
        sweep({"lr": ["quniform", [0, 1, 0]]}, samplingAlgorithm={"samplingAlgorithmType": "Random"}),
        "The search space lr is quniform in steps of 0: they must be more than 0.",
    ),
    "more at once than in all": (
        sweep(limits={"jobLimitsType": "Sweep", "maxTotalTrials": 2, "maxConcurrentTrials": 3}),
        (
            "The specified value 3 for property properties.limits.maxConcurrentTrials is more than "
            "maxTotalTrials, 2."
        ),
    ),
    "a sweep of no duration": (
        sweep(limits={"jobLimitsType": "Sweep", "timeout": "soon"}),
        "The specified value soon for property properties.limits.timeout is not a duration, as PT48H.",
    ),
    "a parameter that isn't searched": (
        sweep({"other": ["choice", [[1]]]}),
        "The command names search_space.lr, which the job doesn't have.",
    ),
    "a command that searches": (
        command(searchSpace={"lr": ["choice", [[1]]]}),
        "A command job has no searchSpace.",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_job_is_refused_that_can_not_be(ready: Arm, what: str) -> None:
    body, message = REFUSED[what]
    status, code, said = ready.refused("PUT", JOB, body)
    assert (status, said) == (400, message)
    assert code in ("BadRequest", "InvalidPropertyValue")
    assert ready.listed(f"{WORKSPACE}/jobs") == []
