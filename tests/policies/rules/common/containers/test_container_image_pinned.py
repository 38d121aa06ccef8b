import json

from modelyard_policies.aws.types import BUCKET, JOB_DEFINITION, TASK_DEFINITION
from modelyard_policies.azure.types import CONTAINER_GROUP
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.common.containers.container_image_pinned import AllowedRegistries

DIGEST = f"@sha256:{'0a' * 32}"
OURS = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/training"


def task(*images):
    containers = [{"name": f"c{number}", "image": image} for number, image in enumerate(images)]
    return {"web": (TASK_DEFINITION, {"family": "web", "containerDefinitions": json.dumps(containers)})}


def group(*images, init=()):
    properties = {
        "containers": [{"name": "c", "image": image} for image in images],
        "initContainers": [{"name": "i", "image": image} for image in init],
    }
    return {"web": (CONTAINER_GROUP, properties)}


def job(**properties):
    return {
        "train": (JOB_DEFINITION, {key: json.dumps(properties[key]) for key in properties if key != "eks"}),
    }


FIRST = "web: containerDefinitions[0].image"
HUB = "comes from docker.io, which isn't an allowed registry"
LOOSE = "isn't pinned by a digest"

CASES = {
    "bad": {
        "a tag": (task(f"{OURS}:v1"), f"{FIRST}: {LOOSE}"),
        "Docker Hub, with and without an owner": (
            task(f"nginx{DIGEST}", f"pytorch/pytorch:2.9{DIGEST}"),
            f"{FIRST}: {HUB}",
            f"web: containerDefinitions[1].image: {HUB}",
        ),
        "anybody's gallery, by a tag": (
            task("public.ecr.aws/someone/tool:latest"),
            f"{FIRST}: comes from public.ecr.aws, which isn't an allowed registry",
            f"{FIRST}: {LOOSE}",
        ),
        "a port": (
            task(f"localhost:5000/tool{DIGEST}"),
            f"{FIRST}: comes from localhost:5000, which isn't an allowed registry",
        ),
        "a name like a private registry's": (
            task(f"1.dkr.ecr.eu-west-1.amazonaws.com.example.com/tool{DIGEST}"),
            (
                f"{FIRST}: comes from 1.dkr.ecr.eu-west-1.amazonaws.com.example.com, which isn't an allowed "
                "registry"
            ),
        ),
        "a digest that is cut off": (task(f"{OURS}@sha256:0a0a"), f"{FIRST}: {LOOSE}"),
        "a job": (
            job(containerProperties={"image": f"{OURS}:v1"}),
            f"train: containerProperties.image: {LOOSE}",
        ),
        "Azure, what runs first": (
            group(f"acme.azurecr.io/web{DIGEST}", init=[f"acme.azurecr.io/tool:1{DIGEST}", "busybox"]),
            f"web: initContainers[1].image: {HUB}",
            f"web: initContainers[1].image: {LOOSE}",
        ),
        "whatever else isn't known": (
            {
                "web": (
                    CONTAINER_GROUP,
                    {"containers": UNKNOWN, "initContainers": [{"image": f"busybox{DIGEST}"}]},
                ),
            },
            f"web: initContainers[0].image: {HUB}",
        ),
    },
    "good": {
        "ECR, by digest": (task(f"{OURS}{DIGEST}"),),
        "ECR, by tag and digest": (task(f"{OURS}:v1{DIGEST}"),),
        "Azure's registry": (group(f"acme.azurecr.io/team/web{DIGEST}"),),
        "no image": (group(None),),
    },
    "unknown": {
        "definitions that aren't known": (
            {"web": (TASK_DEFINITION, {"containerDefinitions": UNKNOWN})},
            "web: containerDefinitions: can't be judged: not known before the deployment",
        ),
        "an image that isn't known": (
            group(UNKNOWN),
            "web: containers[0].image: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "no containers": ({"data": (BUCKET, {})},),
        "a job without any": ({"train": (JOB_DEFINITION, {"type": "container"})},),
    },
}


def test_verdict(case, check):
    check("CT1", case)


def test_the_registries_can_be_set_and_narrowed_to_repositories(build):
    graph = build(task(f"public.ecr.aws/aws/agent{DIGEST}", f"public.ecr.aws/other/agent{DIGEST}"))
    options = [AllowedRegistries.from_json({"registries": ["public.ecr.aws/aws/*"]})]
    report = evaluate(graph, all_rules(), select=["CT1"], options=options)
    assert [finding.property for finding in report.findings] == ["containerDefinitions[1].image"]
