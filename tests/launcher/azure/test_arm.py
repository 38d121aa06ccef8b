"""Calls to Azure's resource manager, over HTTP: answers, pages, work that goes on, and what goes wrong."""

from __future__ import annotations

import time

import pytest
from arming import ACCOUNT, GROUP, HOME, LOCATION, VAULT, account, vault
from azure_front import Change, Front, Lose, Pass, Say
from azure_ml import WORKSPACE, workspace

from modelyard.errors import SurroundingsError
from modelyard_launcher.azure.access import ARM_ENDPOINT, AzureAccess
from modelyard_launcher.azure.arm import Arm
from modelyard_launcher.azure.refusals import ArmDeniedError, ArmRefusedError, refusal
from modelyard_launcher.azure.sending import leads_home
from modelyard_launcher.outcomes import AnsweredError, DeniedError, UnclearOutcomeError

RESOURCES, STORAGE, KEYS, LEARNING = "2024-03-01", "2024-01-01", "2024-11-01", "2025-12-01"
NOT_SUCH = f"{HOME}/resourceGroups/none"


def test_what_is_written_is_found_listed_changed_and_deleted(arm: Arm) -> None:
    made = arm.put(ACCOUNT, STORAGE, account())
    assert made["id"] == ACCOUNT
    assert arm.get(ACCOUNT, STORAGE)["name"] == "account1"
    listed = arm.pages(f"{GROUP}/providers/Microsoft.Storage/storageAccounts", STORAGE)
    assert [item["name"] for item in listed] == ["account1"]
    arm.patch(ACCOUNT, STORAGE, {"tags": {"a": "b"}})
    found = arm.find(ACCOUNT, STORAGE)
    assert found is not None
    assert found["tags"] == {"a": "b"}
    assert arm.delete(ACCOUNT, STORAGE)
    assert arm.find(ACCOUNT, STORAGE) is None
    assert not arm.delete(ACCOUNT, STORAGE)


def test_a_call_carries_a_token_and_its_version(arm: Arm, front: Front) -> None:
    arm.get(GROUP, RESOURCES, {"$filter": "a b&c"})
    (_, target, headers) = front.seen[0]
    assert headers["Authorization"] == "Bearer sandbox-only-not-a-secret"
    assert target == f"{GROUP}?api-version={RESOURCES}&$filter=a%20b%26c"


def test_a_list_is_read_page_after_page(arm: Arm, front: Front) -> None:
    names = [f"account{number}" for number in range(1, 6)]
    for name in names:
        arm.put(ACCOUNT.replace("account1", name), STORAGE, account())
    front.seen.clear()
    listed = arm.pages(f"{GROUP}/resources", RESOURCES, {"$top": "2"})
    assert front.seen == [], "nothing is asked before the first is taken"
    assert [item["name"] for item in listed] == names
    assert front.methods == ["GET"] * 3
    for name in names:
        arm.delete(ACCOUNT.replace("account1", name), STORAGE)


def test_what_isnt_there_is_refused_in_azures_words(arm: Arm, front: Front) -> None:
    with pytest.raises(ArmRefusedError) as refused:
        arm.get(NOT_SUCH, RESOURCES)
    assert (refused.value.status, refused.value.code) == (404, "ResourceGroupNotFound")
    assert refused.value.message == (
        f"GET {NOT_SUCH} in the sandbox at {front.endpoint}: ResourceGroupNotFound: "
        "Resource group 'none' could not be found."
    )
    assert isinstance(refused.value, AnsweredError)
    assert not isinstance(refused.value, DeniedError)
    assert front.methods == ["GET"], "it is asked once"


@pytest.mark.parametrize(
    ("status", "mend"),
    [
        (401, "sign in anew with `az login`, to the tenant of the subscription"),
        (403, "have a role assigned that allows it, or sign in as somebody who has one (`az account show`)"),
        (404, "provision the environment with `pulumi up`, or check the subscription (`az account show`)"),
        (409, "mend what it says, and try again"),
        (429, "try again in a few minutes"),
        (501, "try again in a few minutes"),
    ],
)
def test_a_refusal_says_what_to_do_about_it(status: int, mend: str) -> None:
    access = AzureAccess("azure", LOCATION, "1")
    refused = refusal(access, "GET /x", status, {"code": "Code", "message": "no"}, "")
    assert refused.message == f"GET /x in Azure in {LOCATION}: Code: no"
    assert refused.mend == mend
    assert isinstance(refused, DeniedError) is isinstance(refused, ArmDeniedError) is (status == 403)


def test_a_call_without_the_right_to_it_is_denied_and_isnt_tried_again(arm: Arm, front: Front) -> None:
    front.script += [Say(403, "AuthorizationFailed")]
    with pytest.raises(DeniedError, match="AuthorizationFailed: as it was told"):
        arm.get(GROUP, RESOURCES)
    assert front.methods == ["GET"]


def test_a_conflict_is_told_and_isnt_tried_again(arm: Arm, front: Front) -> None:
    arm.put(ACCOUNT, STORAGE, account())
    front.seen.clear()
    front.script += [Say(409, "StorageAccountAlreadyTaken")]
    with pytest.raises(ArmRefusedError, match="StorageAccountAlreadyTaken: as it was told"):
        arm.put(ACCOUNT, STORAGE, account())
    assert front.methods == ["PUT"]


def test_details_of_a_refusal_are_told(arm: Arm, front: Front) -> None:
    text = '{"error": {"code": "A", "message": "b.", "details": [{"code": "C", "message": "d."}, 5, {}]}}'
    front.script += [Say(400, text=text)]
    with pytest.raises(ArmRefusedError, match=r"A: b\. \(d\.\)\n"):
        arm.get(GROUP, RESOURCES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<html>Blocked</html>", "HTTP 400: <html>Blocked"),
        ("", "HTTP 400: no reason"),
        ("[1]", r"400: \[1\]"),
    ],
)
def test_a_refusal_that_isnt_azures_is_shown_as_it_is(text: str, words: str, arm: Arm, front: Front) -> None:
    front.script += [Say(400, text=text)]
    with pytest.raises(ArmRefusedError, match=words):
        arm.get(GROUP, RESOURCES)


def test_an_answer_that_is_no_document_is_told(arm: Arm, front: Front) -> None:
    front.script += [Say(200, text="<html>Please sign in</html>")]
    with pytest.raises(SurroundingsError, match="the answer is no document of Azure's") as error:
        arm.get(GROUP, RESOURCES)
    assert error.value.mend == "check that no proxy stands between here and Azure"


def test_a_call_that_was_throttled_is_sent_again_after_the_wait_that_was_asked_for(
    arm: Arm, front: Front
) -> None:
    front.script += [Say(429, "TooManyRequests", {"Retry-After": "1"})]
    began = time.monotonic()
    assert arm.get(GROUP, RESOURCES)["name"] == "rg"
    assert 1.0 <= time.monotonic() - began < 4.0
    assert front.methods == ["GET", "GET"]


@pytest.mark.parametrize("asked", ["3600", "Fri, 27 Nov 2099 10:00:00 GMT"])
def test_a_wait_that_is_longer_than_ones_patience_isnt_begun(asked: str, arm: Arm, front: Front) -> None:
    front.script += [Say(429, "TooManyRequests", {"Retry-After": asked})]
    began = time.monotonic()
    with pytest.raises(ArmRefusedError, match="TooManyRequests"):
        arm.get(GROUP, RESOURCES)
    assert time.monotonic() - began < 3.0


@pytest.mark.parametrize("step", [Say(503, "ServerBusy"), Say(408, "Slow"), Lose(False), Lose(True)])
def test_calls_that_may_be_repeated_outlive_faults(step: Say | Lose, arm: Arm, front: Front) -> None:
    front.script += [step]
    assert arm.get(GROUP, RESOURCES)["name"] == "rg"
    front.script += [step]
    assert arm.put(VAULT, KEYS, vault())["name"] == "vault1"
    assert front.methods == ["GET", "GET", "PUT", "PUT"]


def test_a_deletion_whose_answer_was_lost_finds_nothing_the_second_time(arm: Arm, front: Front) -> None:
    arm.put(ACCOUNT, STORAGE, account())
    front.script += [Lose(True)]
    arm.delete(ACCOUNT, STORAGE)
    assert front.methods == ["PUT", "DELETE", "DELETE"]
    assert arm.find(ACCOUNT, STORAGE) is None


def test_a_service_that_stays_away_is_the_surroundings_fault_in_the_end(arm: Arm, front: Front) -> None:
    front.script += [Say(503, "ServerBusy", {"Retry-After": "0"})] * 6
    with pytest.raises(SurroundingsError, match="ServerBusy") as error:
        arm.get(GROUP, RESOURCES)
    assert not isinstance(error.value, AnsweredError)
    assert len(front.seen) == 6


@pytest.mark.parametrize("step", [Say(500, "InternalServerError"), Say(408, "Slow"), Lose(False), Lose(True)])
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_what_is_sent_once_has_an_unclear_outcome_without_an_answer(
    step: Say | Lose, method: str, arm: Arm, front: Front
) -> None:
    front.script += [step]
    with pytest.raises(UnclearOutcomeError, match=f"^{method} {GROUP}"):
        arm.put(GROUP, RESOURCES, {}, once=True) if method == "PUT" else arm.post(f"{GROUP}/act", RESOURCES)
    assert front.methods == [method]


def test_what_is_sent_once_is_sent_again_if_it_was_throttled(arm: Arm, front: Front) -> None:
    front.script += [Say(429, "TooManyRequests", {"Retry-After": "0"})]
    arm.put(GROUP, RESOURCES, {"location": LOCATION}, once=True)
    assert front.methods == ["PUT", "PUT"]


def test_work_that_goes_on_after_the_answer_is_followed_to_its_end(arm: Arm, front: Front) -> None:
    arm.put(ACCOUNT, STORAGE, account())
    arm.put(VAULT, KEYS, vault())
    front.seen.clear()
    made = arm.put(WORKSPACE, LEARNING, workspace())
    assert made["properties"]["provisioningState"] == "Succeeded"
    assert front.methods == ["PUT", "GET", "GET", "GET"], "two questions after the work, one for the result"
    front.seen.clear()
    front.script += [Change({"Azure-AsyncOperation": ""}), Pass()]
    assert arm.delete(WORKSPACE, LEARNING)
    assert "operationResults" in front.seen[1][1], "without the other address, Location is followed"
    assert arm.find(WORKSPACE, LEARNING) is None


def test_a_resource_that_shows_that_it_is_being_made_is_asked_after(arm: Arm, front: Front) -> None:
    arm.put(ACCOUNT, STORAGE, account())
    arm.put(VAULT, KEYS, vault())
    path = WORKSPACE.replace("ml-dev", "ml-other")
    front.seen.clear()
    gone = {"Azure-AsyncOperation": "", "Location": "", "x-ms-retry-after-ms": "10"}
    front.script += [Change(gone)]
    assert arm.put(path, LEARNING, workspace())["properties"]["provisioningState"] == "Succeeded"
    assert front.methods[0] == "PUT"
    assert set(front.methods[1:]) == {"GET"}


def test_work_that_fails_is_told_with_its_reason(arm: Arm, front: Front) -> None:
    place = f"{front.endpoint}{GROUP}?api-version={RESOURCES}"
    front.script += [
        Change({"Azure-AsyncOperation": place, "x-ms-retry-after-ms": "1"}),
        Say(200, text='{"status": "InProgress"}', headers={"Retry-After": "0"}),
        Say(200, text='{"status": "Failed", "error": {"code": "QuotaExceeded", "message": "none left"}}'),
    ]
    with pytest.raises(ArmRefusedError, match="QuotaExceeded: none left") as refused:
        arm.put(GROUP, RESOURCES, {"location": LOCATION})
    assert (refused.value.status, refused.value.code) == (0, "QuotaExceeded")
    front.script += [
        Change({"Azure-AsyncOperation": place, "x-ms-retry-after-ms": "1"}),
        Say(200, text='{"status": "Canceled"}'),
    ]
    with pytest.raises(ArmRefusedError, match="Failed: the work ended as Canceled"):
        arm.put(GROUP, RESOURCES, {"location": LOCATION})


def test_work_that_takes_too_long_is_told(access: AzureAccess, front: Front) -> None:
    front.script += [
        Say(201, text="{}", headers={"Azure-AsyncOperation": front.endpoint, "Retry-After": "9"})
    ]
    with pytest.raises(SurroundingsError, match="it has been going on for 1 s") as error:
        access.arm(work_seconds=1.0).put(GROUP, RESOURCES, {})
    assert error.value.mend == "look in the portal how it stands, and try again"


def test_a_token_goes_nowhere_but_to_the_resource_manager(arm: Arm, front: Front) -> None:
    elsewhere = "http://elsewhere.example/x"
    words = r"leads to http://elsewhere\.example, which is not the resource manager"
    front.script += [Say(200, text=f'{{"value": [], "nextLink": "{elsewhere}"}}')]
    with pytest.raises(SurroundingsError, match=words) as error:
        list(arm.pages(GROUP, RESOURCES))
    assert error.value.mend == "check that no proxy stands between here and Azure"
    front.script += [Change({"Azure-AsyncOperation": elsewhere, "x-ms-retry-after-ms": "1"})]
    with pytest.raises(SurroundingsError, match=words):
        arm.put(GROUP, RESOURCES, {"location": LOCATION})


@pytest.mark.parametrize(
    ("url", "is_home"),
    [
        ("https://management.azure.com/subscriptions/1?x=2", True),
        ("https://Management.azure.com:443/subscriptions/1", True),
        ("https://westeurope.management.azure.com/subscriptions/1", True),
        ("http://management.azure.com/subscriptions/1", False),
        ("https://management.azure.com:8443/subscriptions/1", False),
        ("https://management.azure.com.example/subscriptions/1", False),
        ("https://notmanagement.azure.com/", False),
        ("/subscriptions/1", False),
    ],
)
def test_an_address_is_the_resource_managers_with_its_port_or_of_a_region(url: str, is_home: bool) -> None:
    assert leads_home(ARM_ENDPOINT, url) is is_home


def test_what_is_sent_once_and_taken_on_has_an_unclear_outcome_if_its_end_cant_be_seen(
    arm: Arm, front: Front
) -> None:
    front.script += [Say(200, text="<html>Please sign in</html>")]
    with pytest.raises(UnclearOutcomeError, match="the answer is no document of Azure's"):
        arm.put(GROUP, RESOURCES, {}, once=True)
    place = {
        "Azure-AsyncOperation": f"{front.endpoint}{GROUP}?api-version={RESOURCES}",
        "x-ms-retry-after-ms": "1",
    }
    front.script += [Say(201, text="{}", headers=place), Say(403, "AuthorizationFailed")]
    with pytest.raises(UnclearOutcomeError, match="AuthorizationFailed"):
        arm.put(GROUP, RESOURCES, {}, once=True)
    front.script += [Say(201, text="{}", headers=place), Say(200, text='{"status": "Failed"}')]
    with pytest.raises(ArmRefusedError, match="the work ended as Failed"):
        arm.put(GROUP, RESOURCES, {}, once=True)


def test_a_sandbox_that_has_ended_is_told_at_once(unused_port: int) -> None:
    access = AzureAccess(
        "sandbox", LOCATION, "1", f"http://127.0.0.1:{unused_port}", from_record="server.json"
    )
    began = time.monotonic()
    with pytest.raises(SurroundingsError) as error:
        access.arm().get(GROUP, RESOURCES)
    assert error.value.message == (
        f"the sandbox at http://127.0.0.1:{unused_port} has ended: nothing answers there"
    )
    assert error.value.mend == (
        "bring the environment up in the sandbox: `modelyard sandbox up ENV`; "
        "if no sandbox is meant, remove server.json"
    )
    assert time.monotonic() - began < 2.0
