"""What programs of other people do: each feature, in a program as small as it gets."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.errors import InputError, Problem
from modelyard_policies.graph import SECRET, UNKNOWN, Node
from modelyard_preview.subjects import Said, Subject
from modelyard_preview.subjects.program import from_program

Nodes = Callable[..., dict[str, Node]]
Load = Callable[..., Subject]


def test_a_program_has_its_own_modules_files_and_arguments(nodes: Nodes) -> None:
    found = nodes(
        """\
        import pathlib, sys
        import pulumi, pulumi_aws as aws
        from lib.names import name
        here = pathlib.Path("data.txt").read_text().strip()
        aws.s3.Bucket(name, tags={"file": here, "arguments": str(len(sys.argv)), "root": pulumi.get_root_directory()})
        """,
        {"lib/__init__.py": "", "lib/names.py": "name = 'own'", "data.txt": "text\n"},
    )
    tags = found["own"].properties["tags"]
    assert (tags["file"], tags["arguments"]) == ("text", "1")
    assert tags["root"] == str(Path.cwd() / "shop")
    assert found["own"].source == "__main__.py:5"


def test_each_run_reads_its_own_modules_anew(nodes: Nodes) -> None:
    program = (
        "import sys; sys.path.append('..'); import pulumi_aws as aws, shared; aws.s3.Bucket(shared.NAME)"
    )
    project = "name: shop\nruntime: python\nmain: src\n"
    for name in ("first", "second"):
        files = {"Pulumi.yaml": project, "src/__main__.py": program, "shared.py": f"NAME = {name!r}"}
        assert name in nodes("", files)
        # (so that Python's cache of compiled modules can't be taken for the new file)
        for cached in (Path.cwd() / "shop").rglob("*.pyc"):
            cached.unlink()
    assert "shared" not in sys.modules


def test_project_stack_and_organization_are_the_programs(load: Load) -> None:
    subject = load(
        """\
        import pulumi, pulumi_aws as aws
        names = [pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()]
        aws.s3.Bucket("-".join(names))
        """,
        stack="acme/dev",
    )
    assert [node.name for node in subject.graph.resources] == ["shop-dev", "acme-shop-dev"]
    assert (subject.name, subject.kind, subject.cloud, subject.region) == (
        "shop/dev",
        "program",
        "aws",
        "eu-central-1",
    )
    assert subject.origin == {"project": "shop", "stack": "dev", "directory": "shop"}


@pytest.mark.parametrize("end", ["sys.exit()", "sys.exit(0)", "raise SystemExit"])
def test_a_program_that_leaves_with_success_has_ended(end: str, nodes: Nodes) -> None:
    found = nodes(f"import sys\nimport pulumi_aws as aws\naws.kms.Key('key')\n{end}\naws.kms.Key('never')\n")
    assert set(found) == {"shop-dev", "key"}


def test_an_asynchronous_program_runs(nodes: Nodes) -> None:
    found = nodes("""\
        import asyncio
        import pulumi, pulumi_aws as aws

        async def name() -> str:
            await asyncio.sleep(0)
            return await asyncio.to_thread(lambda: "awaited")

        async def main():
            aws.kms.Key(await name())
            return {"done": True}

        pulumi.run(main)
        """)
    assert "awaited" in found


def test_a_dynamic_provider_is_a_resource_like_any_other(nodes: Nodes) -> None:
    found = nodes("""\
        import pulumi, pulumi_aws as aws
        from pulumi.dynamic import CreateResult, Resource, ResourceProvider

        class Schema(ResourceProvider):
            def create(self, props):
                raise RuntimeError("nothing is created in a preview")

        class Table(Resource):
            rows: pulumi.Output[int]
            def __init__(self, name, rows):
                super().__init__(Schema(), name, {"rows": rows, "made": None})

        table = Table("table", 3)
        aws.s3.Bucket("bucket", tags={"rows": table.rows.apply(str), "made": table.made})
        """)
    table = found["table"]
    assert (table.type, table.properties) == ("pulumi-python:dynamic:Resource", {"rows": 3})
    assert table.region is None
    assert found["bucket"].properties["tags"] == {"made": UNKNOWN, "rows": "3"}
    assert found["bucket"].property_dependencies["tags"] == (table.urn,)


def test_a_type_that_nobody_knows_passes_through(nodes: Nodes) -> None:
    found = nodes("""\
        import pulumi, pulumi_aws as aws

        class Password(pulumi.CustomResource):
            result: pulumi.Output[str]
            def __init__(self, name, opts=None):
                opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(additional_secret_outputs=["result"]))
                super().__init__("random:index/randomPassword:RandomPassword", name, {"length": 20, "result": None}, opts)

        password = Password("password")
        aws.s3.Bucket("bucket", tags={"password": password.result})
        """)
    assert found["password"].properties == {"length": 20}
    assert found["bucket"].properties["tags"] == {"password": SECRET}


def test_components_explicit_providers_and_options_are_in_the_graph(nodes: Nodes) -> None:
    found = nodes("""\
        import pulumi, pulumi_aws as aws

        class Store(pulumi.ComponentResource):
            def __init__(self, name, opts=None):
                super().__init__("shop:index:Store", name, {}, opts)
                self.bucket = aws.s3.Bucket(f"{name}-bucket", opts=pulumi.ResourceOptions(parent=self, protect=True))
                self.register_outputs({"bucket": self.bucket.id})

        west = aws.Provider("west", region="us-west-2")
        store = Store("store", pulumi.ResourceOptions(providers={"aws": west}))
        aws.kms.Key("key", opts=pulumi.ResourceOptions(depends_on=[store]))
        """)
    bucket = found["store-bucket"]
    assert (bucket.parent, bucket.protect, bucket.region) == (found["store"].urn, True, "us-west-2")
    assert bucket.provider == found["west"].urn
    assert bucket.urn in found["key"].dependencies


def test_what_exists_already_is_read_and_not_made(nodes: Nodes) -> None:
    found = nodes("""\
        import pulumi, pulumi_aws as aws
        key = aws.kms.Key.get("theirs", "1234")
        aws.s3.Bucket("bucket", tags={"id": key.id, "arn": key.arn})
        """)
    assert set(found) == {"shop-dev", "bucket"}
    assert found["bucket"].properties["tags"] == {"arn": UNKNOWN, "id": "1234"}


def test_an_apply_on_what_is_not_known_yet_waits(nodes: Nodes) -> None:
    found = nodes("""\
        import json
        import pulumi, pulumi_aws as aws
        key = aws.kms.Key("key")
        policy = key.arn.apply(lambda arn: json.dumps({"Resource": arn}))
        aws.s3.Bucket("bucket", tags={"policy": policy, "known": pulumi.Output.from_input("a").apply(str.upper)})
        """)
    assert found["bucket"].properties["tags"] == {"known": "A", "policy": UNKNOWN}


def test_hooks_are_taken_note_of_and_not_called(nodes: Nodes) -> None:
    found = nodes("""\
        import pulumi, pulumi_aws as aws
        hook = pulumi.ResourceHook("hook", lambda args: 1 / 0)
        binding = pulumi.ResourceHookBinding(before_create=[hook, lambda args: 1 / 0], after_delete=[hook])
        aws.kms.Key("key", opts=pulumi.ResourceOptions(hooks=binding))
        """)
    assert "key" in found


def test_default_tags_of_the_configuration_are_those_of_the_default_provider(nodes: Nodes) -> None:
    stack = "config:\n  aws:region: eu-central-1\n  aws:defaultTags: {tags: {owner: me}}\n"
    found = nodes("import pulumi_aws as aws; aws.kms.Key('key')", {"Pulumi.dev.yaml": stack})
    provider = found["default"]
    assert (provider.type, found["key"].provider) == ("pulumi:providers:aws", provider.urn)
    assert provider.properties == {"defaultTags": '{"tags":{"owner":"me"}}', "region": "eu-central-1"}


def test_what_it_says_is_kept_and_what_it_prints_goes_to_standard_error(
    load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = load("import pulumi\nprint('printed')\npulumi.log.warn('careful')\npulumi.log.info('fine')\n")
    assert subject.notes.messages == (Said("warning", "careful"), Said("info", "fine"))
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", "printed\n")


def test_packages_of_the_projects_own_environment_are_found_after_modelyards(nodes: Nodes) -> None:
    packages = f"venv/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    program = "import pulumi_aws as aws, theirs; aws.kms.Key(theirs.NAME); assert aws.kms"
    files = {
        f"{packages}/theirs.py": "NAME = 'theirs'",
        f"{packages}/pulumi_aws/__init__.py": "raise RuntimeError('another pulumi_aws')",
    }
    assert "theirs" in nodes(program, files)
    named = "name: shop\nruntime: {name: python, options: {virtualenv: env}}\n"
    moved = {name.replace("venv/", "env/"): text for name, text in files.items()}
    assert "theirs" in nodes(program, {"Pulumi.yaml": named, **moved})


def test_processes_of_the_program_end_as_they_are_told(nodes: Nodes) -> None:
    found = nodes("""\
        import os
        import pulumi_aws as aws

        child = os.fork()
        if not child:
            os._exit(7)
        aws.kms.Key(f"key-{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}")
        """)
    assert "key-7" in found


@pytest.mark.parametrize("options", ["", ", options: {virtualenv: env}"])
def test_an_environment_of_another_python_is_told_where_a_module_is_missing(
    options: str, problem: Callable[..., Problem]
) -> None:
    name = "env" if options else ".venv"
    files = {
        "Pulumi.yaml": f"name: shop\nruntime: {{name: python{options}}}\n",
        f"{name}/lib/python3.9/site-packages/nobodys.py": "",
        f"{name}/pyvenv.cfg": "",
    }
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = problem("import nobodys\n", files)
    assert found.message == (
        "the program imports nobodys, which isn't installed beside modelyard; the project's own environment "
        f"shop/{name} isn't of Python {version}, which modelyard runs on"
    )
    assert found.mend == (
        f"install it: python -m pip install nobodys; or make shop/{name} with Python {version}"
    )


def test_a_stack_without_a_file_is_noted(write: Callable[..., Path]) -> None:
    subject = from_program(write("", {"Pulumi.dev.yaml": None}))
    remark = "the stack dev has no file: it has the project's defaults and nothing else"
    assert (subject.notes.remarks, subject.cloud, subject.region) == ((remark,), None, None)


FAULTS = {
    "a module that isn't installed": (
        "import pulumi_moonlight\n",
        (
            "shop/__main__.py:1: pulumi_moonlight\n"
            "  the program imports pulumi_moonlight, which isn't installed beside modelyard\n"
            "  given: import pulumi_moonlight\n"
            "  allowed here: modules of the program, and installed packages\n"
            "  mend: install it: python -m pip install pulumi-moonlight"
        ),
    ),
    "a module of plugins": (
        "import pulumi_awsx as awsx\n",
        (
            "shop/__main__.py:1: pulumi_awsx\n"
            "  the program imports pulumi_awsx, whose components run as plugins of Pulumi's, which don't run here\n"
            "  given: import pulumi_awsx as awsx\n"
            "  allowed here: resources, components that the program or its packages have in Python\n"
            "  mend: run `pulumi preview --json --show-sames`, and give what it wrote to `--file`"
        ),
    ),
    "an error": (
        "def f():\n    return {}['x']\nf()\n",
        (
            "shop/__main__.py:2\n"
            "  the program raises KeyError: 'x'\n"
            "  given: return {}['x']\n"
            "  allowed here: a program that runs to its end\n"
            "  mend: mend the program at this line"
        ),
    ),
    "the end of the process": (
        "import os\nos._exit(0)\n",
        (
            "shop/__main__.py:2\n"
            "  the program ends its whole process here, before its resources are complete\n"
            "  given: os._exit(0)\n"
            "  allowed here: a program that runs to its end, or leaves by sys.exit()\n"
            "  mend: leave by sys.exit(), or leave the call out in a preview"
        ),
    ),
    "an early end": (
        "import sys\nsys.exit('no such zone')\n",
        (
            "shop/__main__.py:2\n"
            "  the program leaves here, before its resources are complete (exit code no such zone)\n"
            "  given: sys.exit('no such zone')\n"
            "  allowed here: a program that runs to its end\n"
            "  mend: mend the program at this line"
        ),
    ),
    "an error of the SDK's without a line": (
        "import pulumi_aws as aws\naws.s3.Bucket('a', tags={1: object})\n",
        None,
    ),
    "a variable that may be a credential": (
        "import os\nos.environ['GITHUB_TOKEN']\n",
        (
            "shop/__main__.py:2: GITHUB_TOKEN\n"
            "  the program reads the variable GITHUB_TOKEN of the environment; a preview runs without what may be "
            "a credential\n"
            "  given: os.environ['GITHUB_TOKEN']\n"
            "  allowed here: variables that are no credentials, the configuration\n"
            "  mend: take it from the configuration, or use os.environ.get('GITHUB_TOKEN')"
        ),
    ),
    "a remote component": (
        "import pulumi\npulumi.ComponentResource('eks:index:Cluster', 'c', {}, None, remote=True)\n",
        (
            "shop/__main__.py:2\n"
            "  the engine that runs programs in process doesn't have this feature\n"
            "  given: the remote component eks:index:Cluster\n"
            "  allowed here: resources, components, explicit providers, outputs, stack references, data sources\n"
            "  mend: do without the feature, or run `pulumi preview --json` and give what it wrote to "
            "`modelyard check --file`"
        ),
    ),
}


def test_a_method_that_only_a_provider_can_answer_is_refused_at_its_line(
    problem: Callable[..., Problem],
) -> None:
    found = problem("import pulumi\npulumi.runtime.call('eks:index:Cluster/getKubeconfig', {})\n")
    assert (found.file, found.line) == ("shop/__main__.py", 2)
    assert found.given == "a call of the method eks:index:Cluster/getKubeconfig"


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_told_with_its_line_and_what_to_do(case: str, problem: Callable[..., Problem]) -> None:
    program, expected = FAULTS[case]
    found = problem(program)
    if expected is not None:
        assert str(found) == expected
        return
    assert (found.file, found.line) == ("shop/Pulumi.yaml", None)
    assert found.message.startswith("the program raises ValueError: While processing resource: 'a'")
    assert found.mend == "see what the message names; `pulumi preview` shows where it comes from"


def test_a_module_that_the_project_asks_for_is_installed_with_the_others(
    problem: Callable[..., Problem],
) -> None:
    files = {"requirements.txt": "pulumi>=3\nPulumi.Moonlight[all]>=1\n"}
    assert (
        problem("import pulumi_moonlight", files).mend
        == "install it: python -m pip install -r shop/requirements.txt"
    )


def test_a_fault_of_modelyards_own_stays_as_it_is(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    from modelyard_preview.engine.monitor import Monitor

    def fail(*_: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(Monitor, "_node", fail)
    with pytest.raises(KeyError, match="ours"):
        load("import pulumi_aws as aws; aws.kms.Key('key')")


def test_two_resources_of_one_name_are_told_with_both_lines(problem: Callable[..., Problem]) -> None:
    found = problem("import pulumi_aws as aws\naws.kms.Key('k')\naws.kms.Key('k')\n")
    assert (found.file, found.line) == ("shop/__main__.py", 3)
    assert found.given == "a second resource of that URN; the first is at __main__.py:2"


def test_a_run_leaves_the_interpreter_as_it_was(write: Callable[..., Path]) -> None:
    before = (sys.argv, sys.path.copy(), Path.cwd(), set(sys.modules))
    root = write("import sys, lib\nsys.path.append('x')\nraise RuntimeError('no')\n", {"lib.py": ""})
    with pytest.raises(InputError):
        from_program(root)
    assert (sys.argv, sys.path, Path.cwd()) == before[:3]
    assert "lib" not in sys.modules
