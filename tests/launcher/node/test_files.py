"""A node's files: what was packed is there, and nothing is written anywhere else."""

from __future__ import annotations

import io
import os
import re
import stat
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard_node.unpacking import ArchiveError, leads_inside, unpack


def member(name: str, kind: bytes = tarfile.REGTYPE, to: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode, made.mtime = kind, to, mode, 1_700_000_000
    return made


def packed(*members: tuple[tarfile.TarInfo, bytes]) -> io.BytesIO:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for each, data in members:
            each.size = len(data)
            archive.addfile(each, io.BytesIO(data))
    content.seek(0)
    return content


def test_a_workdir_is_unpacked_and_the_job_starts_in_it(any_nodes: Any):
    entry = any_nodes.archive(
        "workdir",
        (member("src", tarfile.DIRTYPE, mode=0o755), b""),
        (member("./src/train.sh", mode=0o755), b"#!/bin/sh\necho trained with $(cat data/x)\n"),
        (member("data/x"), b"x"),
        (member("latest", tarfile.SYMTYPE, "src/train.sh"), b""),
    )
    (node,) = any_nodes.run("./latest", files=[entry], workdir=None)
    assert (node.wait(), node.out, node.err) == (0, "trained with x\n", "")


def test_mounts_are_unpacked_where_they_belong(nodes: Any):
    entry = nodes.archive(str(nodes.directory / "opt/assets"), (member("a/b.txt"), b"b"))
    (node,) = nodes.run(f"cat {nodes.directory}/opt/assets/a/b.txt", files=[entry])
    assert (node.wait(), node.out) == (0, "b")


def test_files_are_ones_own_whoever_packed_them(tmp_path: Path):
    run = member("run", mode=0o6755)
    run.uid = run.gid = 12345
    unpack(packed((run, b"run"), (member("shut", mode=0), b"")), tmp_path / "in")
    found = (tmp_path / "in/run").stat()
    assert (stat.S_IMODE(found.st_mode), found.st_uid, int(found.st_mtime)) == (
        0o755,
        os.getuid(),
        1_700_000_000,
    )
    assert (tmp_path / "in/shut").read_bytes() == b""


def test_what_is_unpacked_again_replaces_what_was_there(tmp_path: Path):
    for content in (b"one", b"two"):
        unpack(
            packed(
                (member("a"), content),
                (member("l", tarfile.SYMTYPE, "a"), b""),
                (member("h", tarfile.LNKTYPE, "a"), b""),
            ),
            tmp_path,
        )
    assert [(tmp_path / name).read_bytes() for name in "alh"] == [b"two"] * 3


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([(member("/etc/x"), b"")], "'/etc/x' isn't below the directory that it is unpacked into"),
        ([(member("../x"), b"")], "'../x' isn't below the directory that it is unpacked into"),
        ([(member("a/../../x"), b"")], "'a/../../x' isn't below the directory that it is unpacked into"),
        (
            [(member("l", tarfile.SYMTYPE, "/etc"), b""), (member("l/x"), b"")],
            "'l' is a link to '/etc', which leads out of the directory",
        ),
        (
            [(member("l", tarfile.SYMTYPE, "../x"), b"")],
            "'l' is a link to '../x', which leads out of the directory",
        ),
        (
            [
                (member("x", tarfile.SYMTYPE, "d/up/.."), b""),
                (member("d/up", tarfile.SYMTYPE, ".."), b""),
            ],
            "'x' is a link to 'd/up/..', which leads out of the directory",
        ),
        (
            [(member("a", tarfile.SYMTYPE, "b"), b""), (member("b", tarfile.SYMTYPE, "a"), b"")],
            "'a' is a link to 'b', which leads out of the directory",
        ),
        (
            [(member("h", tarfile.LNKTYPE, "/etc/passwd"), b"")],
            "'/etc/passwd' isn't below the directory that it is unpacked into",
        ),
        (
            [(member("h", tarfile.LNKTYPE, "none"), b"")],
            "'h' is a link to 'none', which is no file of the archive",
        ),
        (
            [(member("l", tarfile.SYMTYPE, "x"), b""), (member("h", tarfile.LNKTYPE, "l"), b"")],
            "'h' is a link to 'l', which is no file of the archive",
        ),
        ([(member("dev", tarfile.CHRTYPE), b"")], "'dev' is neither a file nor a directory nor a link"),
        ([(member("pipe", tarfile.FIFOTYPE), b"")], "'pipe' is neither a file nor a directory nor a link"),
    ],
)
def test_what_leads_out_is_refused(tmp_path: Path, members: Any, said: str):
    target = tmp_path / "in" / "deep"
    with pytest.raises(ArchiveError) as raised:
        unpack(packed(*members), target)
    assert str(raised.value) == said
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert not [path for path in target.rglob("*") if path.is_symlink()]


@pytest.mark.parametrize(
    "damage", [lambda content: content[: len(content) // 2], lambda _: b"no archive", lambda _: b""]
)
def test_a_damaged_archive_is_refused(tmp_path: Path, damage: Any):
    content = packed((member("x"), os.urandom(100_000))).getvalue()
    with pytest.raises(ArchiveError, match="it is damaged: "):
        unpack(io.BytesIO(damage(content)), tmp_path)


NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
TARGETS = st.lists(st.sampled_from(["a", "b", "c", "..", ".", ""]), min_size=1, max_size=5).map("/".join)


@settings(max_examples=500, deadline=None)
@given(st.dictionaries(NAMES, TARGETS, max_size=5))
def test_a_link_leads_where_the_kernel_would_follow_it(
    tmp_path_factory: pytest.TempPathFactory, links: dict[str, str]
):
    """What is let through never ends outside, asked of the file system itself."""
    links = {
        name: to for name, to in links.items() if not any(name.startswith(f"{other}/") for other in links)
    }
    if not all(leads_inside(name, links) for name in links):
        return
    root = tmp_path_factory.mktemp("links")
    for name, to in links.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(to or ".")
    for name in links:
        ends_at = os.path.realpath(root / name)
        assert ends_at == str(root) or ends_at.startswith(f"{root}/")


def test_an_archive_that_is_not_what_was_submitted_is_not_unpacked(any_nodes: Any):
    entry = any_nodes.archive("workdir", (member("x"), b"x"))
    other = any_nodes.archive("workdir", (member("y"), b"y"))
    key = f"runs/archives/{entry['archive']}.tar.gz"
    content = any_nodes.store.get(f"runs/archives/{other['archive']}.tar.gz")
    any_nodes.store.put(key, content)
    (node,) = any_nodes.run("echo never", files=[entry], workdir=None)
    said = f"{any_nodes.store.uri}/{key} isn't what was submitted: its SHA-256 is {other['archive']}"
    assert (node.wait(), node.out, node.said) == (242, "", [f"this attempt ends: {said}"])


def test_an_archive_that_is_not_there_is_named(any_nodes: Any):
    entry = {"archive": "0" * 64, "size_bytes": 1, "path": "/mnt/x"}
    (node,) = any_nodes.run("echo never", files=[entry])
    said = f"{any_nodes.store.uri} has no runs/archives/{'0' * 64}.tar.gz, which /mnt/x is unpacked from"
    assert (node.wait(), node.said) == (242, [f"this attempt ends: {said}"])


def test_an_archive_that_holds_what_is_refused_ends_the_node(nodes: Any):
    entry = nodes.archive("workdir", (member("../x"), b"x"))
    (node,) = nodes.run("echo never", files=[entry], workdir=None)
    assert node.wait() == 242
    assert node.said[0].startswith(
        f"this attempt ends: runs/archives/{entry['archive']}.tar.gz can't be unpacked into"
    )
    assert node.said[0].endswith("'../x' isn't below the directory that it is unpacked into")


def test_a_disk_without_room_is_said_before_anything_is_fetched(nodes: Any):
    entry = {**nodes.archive("workdir", (member("x"), b"x")), "size_bytes": 10**18}
    (node,) = nodes.run("echo never", files=[entry], workdir=None)
    assert node.wait() == 242
    assert node.said[0].endswith("GB left, and the files for workdir take 1000000000.0 GB packed")


def test_a_mount_that_may_not_be_written_to_is_said(nodes: Any):
    entry = nodes.archive("/sys/modelyard", (member("x"), b"x"))
    (node,) = nodes.run("echo never", files=[entry])
    assert (node.wait(), node.out) == (242, "")
    said = "this attempt ends: the files for /sys/modelyard can't be written to /sys/modelyard: "
    assert node.said[0].startswith(said)


def test_a_disk_that_becomes_full_is_said(nodes: Any):
    """Files may not become larger than 512 KB here, as if there was no room for more."""
    entry = nodes.archive("workdir", (member("zeros"), bytes(1_000_000)))
    nodes.submit("echo never", files=[entry], workdir=None)
    node = nodes.start(before=["sh", "-c", 'ulimit -f 1000; exec "$@"', "sh"])
    assert (node.wait(), node.out) == (242, "")
    said = r"this attempt ends: the files for workdir can't be written to .*/workdir: File too large"
    assert re.fullmatch(said, node.said[0])
