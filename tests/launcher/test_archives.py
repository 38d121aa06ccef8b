"""Files that travel with a job: what is packed, what is left out, and that equal trees make equal archives."""

from __future__ import annotations

import gzip
import io
import os
import re
import tarfile
from pathlib import Path

import pytest
import yaml

from modelyard.errors import InputError
from modelyard_launcher import archives
from modelyard_launcher.archives import Archive, KeptFile, pack_directory, pack_job
from modelyard_launcher.load import LoadedJob, load_job


def content_of(archive: Archive) -> bytes:
    return archive.content.path.read_bytes() if isinstance(archive.content, KeptFile) else archive.content


def members(archive: Archive) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(content_of(archive)), mode="r:gz") as opened:
        return {member.name: member for member in opened.getmembers()}


def names(root: Path) -> list[str]:
    return list(members(pack_directory(root, "workdir")))


def tree(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def job(root: Path, **fields: object) -> LoadedJob:
    path = root / "job.yaml"
    path.write_text(yaml.safe_dump({"name": "a", "run": "x", **fields}))
    return load_job(path)


def refusal(root: Path, **fields: object) -> str:
    with pytest.raises(InputError) as error:
        pack_job(job(root, **fields))
    (problem,) = error.value.problems
    assert problem.line is not None
    return f"{problem.field}: {problem.message} / {problem.allowed} / {problem.mend}"


def test_equal_trees_make_equal_archives(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    tree(one, a="1", sub__b="2", sub__c="3")
    tree(two, sub__c="3", sub__b="2", a="1")
    os.utime(two / "a", (1, 1))
    (two / "a").chmod(0o600)
    first, second = pack_directory(one, "workdir"), pack_directory(two, "workdir")
    assert first.sha256 == second.sha256
    assert content_of(first) == content_of(second)
    (two / "a").write_text("other")
    assert pack_directory(two, "workdir").sha256 != first.sha256


def test_owners_times_and_modes_are_always_the_same_but_for_programs(tmp_path: Path) -> None:
    tree(tmp_path, plain="x", program="y", folder__f="z")
    (tmp_path / "program").chmod(0o700)
    packed = members(pack_directory(tmp_path, "workdir"))
    assert {name: oct(member.mode) for name, member in packed.items()} == {
        "folder": "0o755",
        "folder/f": "0o644",
        "plain": "0o644",
        "program": "0o755",
    }
    assert {member.mtime for member in packed.values()} == {315_532_800}
    assert {(member.uid, member.gid, member.uname) for member in packed.values()} == {(0, 0, "")}


def test_history_caches_and_virtual_environments_stay_here(tmp_path: Path) -> None:
    tree(tmp_path, keep="x", **{".git__HEAD": "x", ".venv__a": "x", ".modelyard__b": "x"})
    (tmp_path / "sub" / "__pycache__").mkdir(parents=True)
    (tmp_path / "sub" / "__pycache__" / "m.pyc").write_text("x")
    assert [name for name in names(tmp_path) if "pycache" in name or name.startswith(".")] == []
    assert "keep" in names(tmp_path)


def test_patterns_of_modelyardignore_are_gitignores(tmp_path: Path) -> None:
    tree(tmp_path, a="x", data__big="x", data__keep="x", sub__data__c="x", **{"w.bin": "x", "keep.bin": "x"})
    (tmp_path / ".modelyardignore").write_text("*.bin\n!keep.bin\n/data/*\n!/data/keep\n# a comment\n")
    assert names(tmp_path) == [
        ".modelyardignore",
        "a",
        "data",
        "data/keep",
        "keep.bin",
        "sub",
        "sub/data",
        "sub/data/c",
    ]


def test_gitignore_counts_where_there_is_no_file_of_ours(tmp_path: Path) -> None:
    tree(tmp_path, a="x", b="x")
    (tmp_path / ".gitignore").write_text("b\n")
    assert names(tmp_path) == [".gitignore", "a"]
    (tmp_path / ".modelyardignore").write_text("a\n")
    assert names(tmp_path) == [".gitignore", ".modelyardignore", "b"]


def test_links_inside_are_kept_as_links(tmp_path: Path) -> None:
    tree(tmp_path, sub__file="x")
    (tmp_path / "link").symlink_to("sub/file")
    (tmp_path / "sub" / "up").symlink_to("../link")
    packed = members(pack_directory(tmp_path, "workdir"))
    assert (packed["link"].linkname, packed["sub/up"].linkname) == ("sub/file", "../link")


@pytest.mark.parametrize("target", ["/etc/hostname", "../outside", "sub/../../outside"])
def test_links_that_lead_out_are_refused(tmp_path: Path, target: str) -> None:
    work = tree(tmp_path / "work", sub__file="x")
    (tmp_path / "outside").write_text("x")
    (work / "link").symlink_to(target)
    assert refusal(work, workdir=".") == (
        f"workdir: the link link leads to {target}, which doesn't travel with the job / "
        "links that are relative and lead to something in the same directory / "
        "copy what it leads to, or leave the link out by a line in .modelyardignore"
    )


def test_a_link_to_a_directory_outside_is_not_followed(tmp_path: Path) -> None:
    work, outside = tree(tmp_path / "work", a="x"), tree(tmp_path / "outside", secret="x")
    (work / "link").symlink_to(Path("..") / outside.name)
    assert "the link link leads to ../outside" in refusal(work, workdir=".")


def test_sockets_and_pipes_stay_here(tmp_path: Path) -> None:
    tree(tmp_path, a="x")
    os.mkfifo(tmp_path / "pipe")
    assert names(tmp_path) == ["a"]


def test_too_much_is_refused_with_what_is_largest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_BYTES", 1_000)
    tree(tmp_path, small="x" * 10, large="x" * 2_000)
    told = refusal(tmp_path, workdir=".")
    assert told.startswith("workdir: it holds 2.0 KiB, the largest of it large (2.0 KiB), ")
    assert told.endswith(
        "up to 1000 bytes / leave out what nodes don't need by lines in .modelyardignore; "
        "put data into the store of datasets"
    )
    (tmp_path / "large").write_text("x" * (1_000 - 10 - (tmp_path / "job.yaml").stat().st_size))
    assert len(pack_job(job(tmp_path, workdir="."))) == 1


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 3)
    tree(tmp_path, a="x", b="x")
    assert len(pack_job(job(tmp_path, workdir="."))) == 1
    tree(tmp_path, c="x")
    assert "workdir: it holds 4 files and directories / up to 3" in refusal(tmp_path, workdir=".")


def test_a_file_is_mounted_under_the_name_that_the_job_says(tmp_path: Path) -> None:
    tree(tmp_path, words="x", folder__f="y")
    packed = pack_job(job(tmp_path, file_mounts={"/data/vocabulary.txt": "words", "/data/all": "folder"}))
    assert [archive.path for archive in packed] == ["/data/all", "/data"]
    assert [list(members(archive)) for archive in packed] == [["f"], ["vocabulary.txt"]]
    assert packed[0].as_dict() == {
        "archive": packed[0].sha256,
        "size_bytes": packed[0].size_bytes,
        "path": "/data/all",
    }


def test_without_a_workdir_nothing_travels(tmp_path: Path) -> None:
    assert pack_job(job(tmp_path)) == []


def test_what_is_neither_file_nor_directory_cant_be_mounted(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path, file_mounts={"/data/p": "pipe"}).startswith(
        'file_mounts["/data/p"]: it is neither a file nor a directory / a file or a directory'
    )


def test_patterns_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / ".modelyardignore").write_bytes(b"\xff\xfe\xff")
    assert "can't be read: 'utf-8' codec can't decode" in refusal(tmp_path, workdir=".")


def test_a_large_archive_lies_in_a_file_that_goes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_IN_MEMORY_BYTES", 10)
    archive = pack_directory(tree(tmp_path, a="x"), "workdir")
    assert isinstance(archive.content, KeptFile)
    path = archive.content.path
    assert gzip.decompress(path.read_bytes())
    assert path.stat().st_size == archive.size_bytes
    del archive
    assert not path.exists()


def test_links_that_lead_to_each_other_are_refused(tmp_path: Path) -> None:
    tree(tmp_path, a="1")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    said = refusal(tmp_path, workdir=".")
    assert re.match(r"workdir: the link (one|two) leads in a circle / ", said), said
    assert said.endswith("leave the link out by a line in .modelyardignore")
