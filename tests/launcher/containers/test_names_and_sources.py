"""How an image is named, what it is built from, and of which commit that is."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from launcher.planning import loaded

from modelyard.errors import InputError
from modelyard_launcher.containers.names import ImageNames, image_names
from modelyard_launcher.containers.revision import Revision, revision_of
from modelyard_launcher.containers.sources import find_sources

WORKLOADS = Path(__file__).parents[3] / "workloads"
REPOSITORY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/dev"
IMAGE_ID = "sha256:" + "ab" * 32
COMMIT = Revision("0123456789abcdef" * 2 + "01234567", 1_795_000_000, changed=False)


def git(directory: Path, *words: str) -> str:
    own = [
        "-c",
        "user.name=Somebody",
        "-c",
        "user.email=somebody@example.com",
        "-c",
        "init.defaultBranch=main",
    ]
    return subprocess.run(
        ["git", *own, *words], cwd=directory, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_an_image_is_tagged_by_its_name_its_version_and_the_commit() -> None:
    names = ImageNames(REPOSITORY, "cnn", "0.1.0")
    assert names.tags(COMMIT, IMAGE_ID) == ["cnn-0.1.0-0123456789ab", "cnn-0.1.0-0123456789ab-abababababab"]
    assert names.local == f"{REPOSITORY}:cnn-0.1.0"
    assert names.pinned("sha256:1") == "cnn:0.1.0@sha256:1"


def test_files_that_are_not_as_the_commit_has_them_make_a_tag_with_the_image_s_own_digits() -> None:
    names = ImageNames(REPOSITORY, "cnn", None)
    changed = Revision(COMMIT.commit, COMMIT.committed_at, changed=True)
    assert names.tags(changed, IMAGE_ID) == ["cnn-0123456789ab-abababababab"]
    assert changed.label == f"{COMMIT.commit}-changed"
    assert names.tags(None, IMAGE_ID) == ["cnn-abababababab"]
    assert names.pinned("sha256:1") == "cnn@sha256:1"


def test_a_long_tag_is_cut_before_the_commit() -> None:
    tags = ImageNames(REPOSITORY, "n" * 100, "v" * 100).tags(COMMIT, IMAGE_ID)
    assert [len(tag) for tag in tags] == [128, 128]
    assert tags[1].endswith("-0123456789ab-abababababab")


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("cnn:0.1.0", ("cnn", "0.1.0")),
        ("cnn", ("cnn", None)),
        (f"cnn:0.1.0@{IMAGE_ID}", ("cnn", "0.1.0")),
        (f"cnn@{IMAGE_ID}", ("cnn", None)),
        (None, ("try", None)),
    ],
)
def test_the_job_says_how_its_image_is_named(
    tmp_path: Path, image: str | None, expected: tuple[str, str | None]
) -> None:
    names = image_names(loaded(tmp_path, {"image": image}), REPOSITORY)
    assert (names.name, names.version) == expected


@pytest.mark.parametrize("image", ["ghcr.io/team/cnn:1.0", f"{REPOSITORY}@{IMAGE_ID}"])
def test_an_image_of_another_registry_is_not_built(tmp_path: Path, image: str) -> None:
    with pytest.raises(InputError) as raised:
        image_names(loaded(tmp_path, {"image": image}), REPOSITORY)
    (problem,) = raised.value.problems
    assert (problem.field, problem.given, problem.line) == ("image", image, 4)
    assert problem.message == "it names a repository of its own, and `job build` pushes to the environment's"
    assert problem.allowed == (
        "a name without a registry, as cnn:0.1.0; or no image, then it is named by the job"
    )
    assert problem.mend == "write image: try:0.1.0 for an image of the job's own"


def test_the_dockerfile_beside_the_job_is_built_in_the_directory_with_the_ignore_file() -> None:
    found = find_sources(WORKLOADS / "cnn")
    assert found.dockerfile == WORKLOADS / "cnn" / "Dockerfile"
    assert (found.context, found.why) == (WORKLOADS.resolve(), "it has a .dockerignore")


def test_without_an_ignore_file_the_context_is_the_dockerfile_s_own_directory(tmp_path: Path) -> None:
    (tmp_path / "Containerfile").write_text("FROM scratch\n")
    found = find_sources(tmp_path)
    assert (found.dockerfile, found.context) == (tmp_path / "Containerfile", tmp_path.resolve())
    assert found.why == "the Dockerfile is in it"


def test_an_ignore_file_outside_the_repository_is_somebody_else_s(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").touch()
    own = tmp_path / "repository" / "job"
    own.mkdir(parents=True)
    (own / "Dockerfile").write_text("FROM scratch\n")
    assert find_sources(own).context == own.resolve()
    git(tmp_path / "repository", "init")
    assert find_sources(own).context == own.resolve()
    (tmp_path / "repository" / ".dockerignore").touch()
    assert find_sources(own).context == (tmp_path / "repository").resolve()


def test_file_and_context_may_be_others(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile.gpu").write_text("FROM scratch\n")
    found = find_sources(WORKLOADS, tmp_path / "Dockerfile.gpu", tmp_path)
    assert (found.dockerfile, found.context) == (tmp_path / "Dockerfile.gpu", tmp_path)


@pytest.mark.parametrize(
    ("file", "context", "field", "given", "message"),
    [
        (None, None, "--file", "nothing", "there is no Dockerfile beside the job's file in {base}"),
        ("other", None, "--file", "{base}/other", "{base}/other isn't there"),
        ("there", "away", "--context", "{base}/away", "{base}/away is no directory"),
    ],
)
def test_what_is_not_there_is_named(
    tmp_path: Path, file: str | None, context: str | None, field: str, given: str, message: str
) -> None:
    (tmp_path / "there").touch()
    with pytest.raises(InputError) as raised:
        find_sources(tmp_path, file and tmp_path / file, context and tmp_path / context)  # type: ignore[arg-type]
    (problem,) = raised.value.problems
    assert (problem.field, problem.given) == (field, given.format(base=tmp_path))
    assert problem.message == message.format(base=tmp_path)


def test_the_commit_is_that_of_the_files_and_what_is_changed_shows(tmp_path: Path) -> None:
    assert revision_of([tmp_path]) is None
    git(tmp_path, "init")
    assert revision_of([tmp_path]) is None, "there is no commit yet"
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "job.yaml").write_text("name: try\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "one")
    commit, at = git(tmp_path, "log", "-1", "--format=%H %ct").split()
    files = [tmp_path, tmp_path / "Dockerfile"]
    assert revision_of(files) == Revision(commit, int(at), changed=False)
    (tmp_path / "job.yaml").write_text("name: try\nimage: try@sha256\n")
    assert revision_of(files, tmp_path / "job.yaml") == Revision(commit, int(at), changed=False)
    assert revision_of(files) == Revision(commit, int(at), changed=True)
    (tmp_path / "new").touch()
    assert revision_of(files, tmp_path / "job.yaml") == Revision(commit, int(at), changed=True)


def test_a_job_s_file_that_lies_elsewhere_is_nothing_to_leave_out(tmp_path: Path) -> None:
    context = tmp_path / "context"
    context.mkdir()
    git(context, "init")
    (context / "Dockerfile").write_text("FROM scratch\n")
    git(context, "add", ".")
    git(context, "commit", "-m", "one")
    found = revision_of([context], tmp_path / "job.yaml")
    assert found is not None
    assert not found.changed


@pytest.mark.usefixtures("no_engine")
def test_without_git_there_is_no_commit() -> None:
    assert revision_of([WORKLOADS]) is None
