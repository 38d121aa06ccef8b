"""How Azure is reached: a sandbox's or the real one, and as whom."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from arming import ACCOUNT, GROUP, LOCATION, SUBSCRIPTION, account
from azure_front import Front, Say

from modelyard.errors import SurroundingsError
from modelyard_launcher.azure import credentials
from modelyard_launcher.azure.access import AzureAccess, find_azure_access
from modelyard_launcher.azure.credentials import STORAGE_SCOPE
from modelyard_launcher.azure.refusals import ArmRefusedError
from modelyard_launcher.outcomes import AnsweredError
from modelyard_sandbox.azurite.accounts import key_of
from modelyard_sandbox.sandbox import Sandbox

SERVICE_PRINCIPAL = {
    "AZURE_TENANT_ID": "11111111-2222-3333-4444-555555555555",
    "AZURE_CLIENT_ID": "66666666-2222-3333-4444-555555555555",
    "AZURE_CLIENT_SECRET": "hush",
}


def recorded(project: Path, **ports: int) -> Path:
    """A project with the record of a sandbox."""
    record = project / ".modelyard" / "sandbox" / "server.json"
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"pid": 1, "started": "1", "port": 1, **ports}))
    return record


def test_a_running_sandbox_of_the_project_comes_before_the_real_azure(tmp_path: Path) -> None:
    record = recorded(tmp_path, azurePort=81, blobPort=82)
    access = find_azure_access(tmp_path, LOCATION, "1", {})
    assert access.kind == "sandbox"
    assert (access.arm_endpoint, access.blob_root) == ("http://127.0.0.1:81", "http://127.0.0.1:82")
    assert access.from_record == str(record)
    assert access.place == "the sandbox at http://127.0.0.1:81"
    assert access.seems_usable
    assert access.blob_endpoint("data1") == "http://127.0.0.1:82/data1"


@pytest.mark.parametrize("name", credentials.NAMED)
def test_an_identity_that_is_named_means_the_real_azure(name: str, tmp_path: Path) -> None:
    recorded(tmp_path, azurePort=81)
    access = find_azure_access(tmp_path, LOCATION, "1", {name: "x"})
    assert access.kind == "azure"
    assert access.seems_usable
    assert access.arm_endpoint == "https://management.azure.com"
    assert access.blob_endpoint("data1") == "https://data1.blob.core.windows.net"
    assert access.account_key("data1") is None
    assert access.place == "Azure in westeurope"
    assert access.job_environment() == {name: "x"}


def test_a_sandboxs_variables_come_before_everything(tmp_path: Path) -> None:
    recorded(tmp_path, azurePort=81)
    environ = {"MODELYARD_ARM_ENDPOINT": "http://127.0.0.1:9/", **SERVICE_PRINCIPAL}
    access = find_azure_access(tmp_path, LOCATION, "1", environ)
    assert (access.kind, access.arm_endpoint, access.blob_root) == ("sandbox", "http://127.0.0.1:9", None)
    assert access.blob_endpoint("data1") is None
    assert access.sandbox_mend.endswith("if no sandbox is meant, unset MODELYARD_ARM_ENDPOINT")
    given = access.job_environment()
    assert given == {"ARM_SUBSCRIPTION_ID": "1", "MODELYARD_ARM_ENDPOINT": "http://127.0.0.1:9"}
    environ |= {"MODELYARD_BLOB_ENDPOINT": "http://127.0.0.1:10"}
    served = find_azure_access(tmp_path, LOCATION, "1", environ)
    assert served.job_environment() == {**given, "MODELYARD_BLOB_ENDPOINT": "http://127.0.0.1:10"}
    assert find_azure_access(tmp_path, LOCATION, "1", served.job_environment()) == served


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"azurePort": "x"}', '{"azurePort": 0}'])
def test_a_record_that_names_no_resource_manager_is_none(content: str, tmp_path: Path) -> None:
    recorded(tmp_path).write_text(content)
    assert find_azure_access(tmp_path, LOCATION, "1", {"HOME": str(tmp_path)}).kind == "azure"


def test_an_identity_is_looked_for_where_az_login_leaves_it(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    assert not find_azure_access(tmp_path, LOCATION, "1", environ).seems_usable
    profile = tmp_path / ".azure" / "azureProfile.json"
    profile.parent.mkdir()
    assert not find_azure_access(tmp_path, LOCATION, "1", environ).seems_usable
    profile.write_text('\ufeff{"installationId": "x", "subscriptions": []}', "utf-8")
    assert not find_azure_access(tmp_path, LOCATION, "1", environ).seems_usable, "signed out"
    profile.write_text('\ufeff{"subscriptions": [{"id": "1"}]}', "utf-8")
    found = find_azure_access(tmp_path, LOCATION, "1", environ)
    assert found.seems_usable
    assert found.job_environment() == {"AZURE_CONFIG_DIR": str(profile.parent)}


def test_the_same_identity_in_another_region_shows_no_credential(tmp_path: Path) -> None:
    access = find_azure_access(tmp_path, LOCATION, "1", SERVICE_PRINCIPAL)
    there = access.in_region("northeurope")
    assert (there.region, there.identity) == ("northeurope", SERVICE_PRINCIPAL)
    assert access.in_region(LOCATION) is access
    assert "hush" not in repr(there)


def test_a_sandboxs_accounts_have_the_keys_that_the_sandbox_gives_them() -> None:
    access = AzureAccess("sandbox", LOCATION, "1", "http://127.0.0.1:9")
    assert access.account_key("data1") == key_of("data1")


def test_a_real_sandbox_is_found_and_answers(azure_sandbox: Sandbox) -> None:
    environ = {"MODELYARD_SANDBOX_DIR": str(azure_sandbox.directory)}
    access = find_azure_access(azure_sandbox.directory, LOCATION, SUBSCRIPTION, environ)
    arm = access.arm()
    arm.put(GROUP, "2024-03-01", {"location": LOCATION})
    assert arm.put(ACCOUNT, "2024-01-01", account())["name"] == "account1"
    assert access.token(STORAGE_SCOPE) == credentials.SANDBOX_TOKEN


def test_whoever_isnt_signed_in_is_told_how_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in credentials.IDENTITY:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    # The environment alone is asked: a machine of Azure's would know a managed identity.
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    with pytest.raises(AnsweredError, match=r"^no token of Azure for https://storage") as error:
        AzureAccess("azure", LOCATION, "1").token(STORAGE_SCOPE)
    assert error.value.mend == (
        "sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"
    )


class CommandLine:
    """A program `az` that gives a token, each time another."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in credentials.IDENTITY:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HOME", str(directory))
        monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential")
        monkeypatch.setenv("PATH", str(directory), prepend=":")
        self._directory = directory
        self.lasts(3_600)

    def lasts(self, seconds: int) -> None:
        """From now on tokens last so long; none is given for 0."""
        program = self._directory / "az"
        answer = f'{{"accessToken": "token-%s", "expires_on": {int(time.time()) + seconds}}}\\n'
        gives = f"printf '{answer}' \"$(wc -l < {self._directory}/asked)\"" if seconds else "exit 1"
        program.write_text(f"#!/bin/sh\necho asked >> {self._directory}/asked\n{gives}\n")
        program.chmod(0o755)

    @property
    def count(self) -> int:
        """How often it was asked."""
        asked = self._directory / "asked"
        return len(asked.read_text().splitlines()) if asked.exists() else 0


@pytest.fixture
def command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, monkeypatch)


def test_who_is_signed_in_by_az_login_isnt_asked_for_a_token_at_each_call(
    command_line: CommandLine, front: Front
) -> None:
    arm = AzureAccess("azure", LOCATION, SUBSCRIPTION, front.endpoint).arm()
    for _ in range(3):
        arm.find(f"{GROUP}-none", "2024-03-01")
    assert command_line.count == 1
    assert {headers["Authorization"] for _, _, headers in front.seen} == {"Bearer token-1"}
    AzureAccess("azure", LOCATION, SUBSCRIPTION).token(STORAGE_SCOPE)
    assert command_line.count == 2, "each scope has a token of its own"


def test_a_token_that_isnt_taken_any_more_is_replaced_once(command_line: CommandLine, front: Front) -> None:
    arm = AzureAccess("azure", LOCATION, SUBSCRIPTION, front.endpoint).arm()
    front.script += [Say(401, "ExpiredAuthenticationToken")]
    arm.find(f"{GROUP}-none", "2024-03-01")
    assert [headers["Authorization"] for _, _, headers in front.seen] == ["Bearer token-1", "Bearer token-2"]
    front.script += [Say(401, "InvalidAuthenticationToken")] * 2
    with pytest.raises(ArmRefusedError, match="InvalidAuthenticationToken: as it was told"):
        arm.find(f"{GROUP}-none", "2024-03-01")


def test_a_token_that_is_about_to_expire_does_while_no_other_is_given(command_line: CommandLine) -> None:
    access = AzureAccess("azure", LOCATION, SUBSCRIPTION)
    command_line.lasts(credentials.REFRESH_SECONDS - 60)
    assert [access.token(), access.token()] == ["token-1", "token-2"]
    command_line.lasts(0)
    assert access.token() == "token-2"
    assert access.forget_token()
    with pytest.raises(AnsweredError, match=r"^no token of Azure for https://management"):
        access.token()


def test_variables_that_make_no_sense_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "nonsense")
    with pytest.raises(AnsweredError, match=r"who asks Azure: .*AZURE_TOKEN_CREDENTIALS"):
        AzureAccess("azure", LOCATION, "1").token()


def test_without_the_packages_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_ID", "not asked before")
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    with pytest.raises(SurroundingsError, match="azure-identity isn't installed") as error:
        AzureAccess("azure", LOCATION, "1").token()
    assert error.value.mend == "install modelyard with its azure extra: pip install 'modelyard[azure]'"
    sandbox = AzureAccess("sandbox", LOCATION, "1", "http://127.0.0.1:9")
    for package in ("httpx", "tenacity"):
        with monkeypatch.context() as without:
            without.setitem(sys.modules, package, None)
            with pytest.raises(SurroundingsError, match=f"{package} isn't installed"):
                sandbox.arm().get(GROUP, "2024-03-01")


def test_nothing_of_azures_is_read_before_something_is_asked(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from modelyard_launcher.azure.access import find_azure_access\n"
        "import modelyard_launcher.azure.arm, modelyard_launcher.stores\n"
        "access = find_azure_access(pathlib.Path(sys.argv[1]), 'westeurope', '1', {})\n"
        "access.seems_usable, access.arm(), access.blob_endpoint('a')\n"
        "read = {'azure', 'httpx', 'msal', 'tenacity', 'boto3'} & set(sys.modules)\n"
        "sys.exit(str(read) if read else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
