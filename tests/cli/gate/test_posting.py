"""The privileged job, against a server on this machine that speaks GitHub's calls."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_github import BOT, SHA, State, archive, event, local_github, pull

from modelyard.errors import InputError, SurroundingsError
from modelyard_cli.gate import archive as reading
from modelyard_cli.gate.archive import UnusableReport, read_report
from modelyard_cli.gate.event import read_event
from modelyard_cli.gate.github import GitHub
from modelyard_cli.gate.posting import Posted, post
from modelyard_policies.reports.markdown.comment import COMMENT_CHARACTERS

MARKER = "<!-- modelyard:check:gate -->"


@pytest.fixture
def github() -> Iterator[State]:
    with local_github(State(pulls=[pull()], archive=archive(report_json='{"said": "two new"}'))) as state:
        yield state


def render(report, room):
    if "said" not in report:
        raise ValueError
    return report["said"][:room]


def run_of(tmp_path: Path, **changes):
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event(**changes)))
    return read_event(file)


def posted(state: State, tmp_path: Path, **changes) -> Posted:
    with GitHub("acme/centers", "secret-token", api=state.url, sleep=state.waited.append) as client:
        return post(run_of(tmp_path, **changes), client, MARKER, render)


def bodies(state: State) -> list[str]:
    return [comment["body"] for comment in state.comments]


def test_a_first_run_writes_the_comment(github, tmp_path):
    assert posted(github, tmp_path) == Posted("created", 5)
    (body,) = bodies(github)
    assert body.splitlines() == [
        MARKER,
        "two new",
        "",
        (
            "<sub>GitHub: the run for 1a2b3c4 ended with **failure** · "
            "[run](https://github.example/acme/centers/actions/runs/77). The text above was made from a report "
            "that the pull request's own code wrote.</sub>"
        ),
    ]


@pytest.mark.parametrize(
    ("conclusion", "is_told"), [("failure", True), ("cancelled", True), ("success", False)]
)
def test_a_report_that_says_yes_of_a_run_that_says_no_is_told_first(github, tmp_path, conclusion, is_told):
    document = {"said": "all is well", "reports": [{"ok": True}], "problems": []}
    github.archive = archive(report_json=json.dumps(document))
    posted(github, tmp_path, conclusion=conclusion)
    warning = (
        f"> [!CAUTION]\n> GitHub says that the run ended with **{conclusion}**, but the report below says that all "
        "passes: trust the run.\n"
    )
    assert (warning in bodies(github)[0]) is is_told


@pytest.mark.parametrize(
    "document",
    [
        {"reports": [{"ok": True}, {"ok": False}], "problems": []},
        {"reports": [{"ok": True}], "problems": [{}]},
        {"reports": [], "problems": []},
        {"reports": "all", "problems": None},
    ],
)
def test_a_report_that_says_no_is_shown_as_it_is(github, tmp_path, document):
    github.archive = archive(report_json=json.dumps({"said": "no", **document}))
    posted(github, tmp_path)
    assert bodies(github)[0].startswith(f"{MARKER}\nno\n")


def test_a_run_whose_fork_is_gone_is_left_alone(tmp_path):
    assert run_of(tmp_path, head_repository=None) is None


def test_a_later_run_writes_it_anew_in_place(github, tmp_path):
    github.comment("a reviewer's words", login="ann")
    github.comment(f"{MARKER}\nfrom before")
    assert posted(github, tmp_path) == Posted("updated", 5)
    assert posted(github, tmp_path) == Posted("unchanged", 5)
    assert [body.splitlines()[:2] for body in bodies(github)] == [["a reviewer's words"], [MARKER, "two new"]]


def test_what_somebody_else_wrote_is_left_alone_whatever_it_starts_with(github, tmp_path):
    github.comment(f"{MARKER}\nall is well, merge it", login="mallory")
    assert posted(github, tmp_path) == Posted("created", 5)
    assert bodies(github)[0] == f"{MARKER}\nall is well, merge it"
    assert github.comments[1]["user"]["login"] == BOT


def test_the_comment_is_found_behind_a_hundred_others(github, tmp_path):
    for number in range(150):
        github.comment(f"{number}", login="ann")
    github.comment(f"{MARKER}\nfrom before")
    assert posted(github, tmp_path).done == "updated"
    assert len(github.comments) == 151


def test_a_commit_that_is_no_longer_the_head_is_skipped(github, tmp_path):
    github.pulls = [pull(sha="f" * 40)]
    assert posted(github, tmp_path) == Posted(
        "skipped",
        None,
        "no open pull request has 1a2b3c4 as its head: there is a newer commit, or it was closed",
    )
    assert github.asked == ["GET /pulls"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "it uploaded none"),
        (b"not a zip", "the artifact can't be unpacked"),
        (archive(other_json="{}"), "the artifact has no report.json"),
        (archive(report_json="{"), "report.json isn't JSON"),
        (archive(report_json="[]"), "report.json isn't a report"),
        (archive(report_json='{"x": 1}'), "its form isn't known"),
        (archive(report_json='{"said": ' + "[" * 100 + "]" * 100 + "}"), "report.json isn't a report"),
        (archive(report_json="[" * 200_000), "report.json isn't JSON"),
    ],
)
def test_a_report_that_cannot_be_shown_is_said_to_be_missing(github, tmp_path, content, why):
    github.archive = content
    assert posted(github, tmp_path).done == "created"
    assert bodies(github)[0].splitlines()[3] == f"The check of 1a2b3c4 has no report to show: {why}."
    assert "ended with **failure**" in bodies(github)[0]


def test_a_comment_is_never_longer_than_github_takes(github, tmp_path):
    github.archive = archive(report_json=json.dumps({"said": "x" * 200_000}))
    posted(github, tmp_path)
    assert len(bodies(github)[0]) == COMMENT_CHARACTERS


def test_the_token_goes_to_no_other_host(github, tmp_path):
    posted(github, tmp_path)
    (headers,) = github.storage_headers
    assert "authorization" not in headers


def test_what_passes_is_tried_again_after_as_long_as_github_asks(github, tmp_path):
    github.failures = {
        "GET /pulls": [(502, {}), (403, {"retry-after": "7"})],
        "POST /issues/5/comments": [(503, {})],
    }
    assert posted(github, tmp_path) == Posted("created", 5)
    assert github.waited == [1.0, 7.0, 1.0]
    assert len(github.comments) == 1


def test_a_comment_whose_answer_is_lost_is_not_written_twice(github, tmp_path):
    github.drop_after_post = True
    assert posted(github, tmp_path) == Posted("created", 5)
    assert len(github.comments) == 1


def test_a_refusal_says_which_permission_is_missing(github, tmp_path):
    github.failures = {"POST /issues/5/comments": [(403, {})]}
    with pytest.raises(SurroundingsError) as error:
        posted(github, tmp_path)
    assert str(error.value) == (
        "GitHub answers 403 to POST /repos/acme/centers/issues/5/comments\n"
        "  mend: give the job the permissions actions: read and pull-requests: write"
    )
    assert github.waited == []


def test_a_server_that_stays_away_is_said_to(github, tmp_path):
    with (
        pytest.raises(SurroundingsError, match="GitHub can't be reached: ConnectError"),
        GitHub("acme/centers", "secret-token", api="http://127.0.0.1:9", sleep=lambda _: None) as client,
    ):
        post(run_of(tmp_path), client, MARKER, render)


def test_a_run_of_something_else_than_a_pull_request_is_none_of_ours(tmp_path):
    assert run_of(tmp_path, event="push") is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"head_sha": "main"}, ""),
        ({"head_sha": SHA + "/../.."}, ""),
        ({"html_url": "javascript:alert(1)"}, ""),
        ({"conclusion": "**yes**"}, ""),
        ({"head_repository": {}}, "owner"),
    ],
)
def test_an_event_of_another_form_is_refused(tmp_path, changes, field):
    with pytest.raises(InputError) as error:
        run_of(tmp_path, **changes)
    (problem,) = error.value.problems
    assert problem.message == "this isn't the event of a workflow_run"
    assert problem.field == field


def test_an_archive_that_lies_about_its_size_is_read_no_further_than_allowed(monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 1_000)
    with pytest.raises(UnusableReport, match=r"report.json is larger than 1,000 bytes"):
        read_report(archive(report_json='{"x": "' + "0" * 100_000 + '"}'))


def test_an_archive_under_a_password_is_not_unpacked():
    made = bytearray(archive(report_json="{}"))
    for position in (6, made.index(b"PK\x01\x02") + 8):
        made[position] |= 1  # the flag of an encrypted file
    with pytest.raises(UnusableReport, match="can't be unpacked"):
        read_report(bytes(made))


def test_what_is_in_other_files_of_the_archive_is_never_read():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("../../outside", "x")
        made.writestr("report.json", '{"a": 1}')
    assert read_report(out.getvalue()) == {"a": 1}
