import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from modelyard_training.errors import DatasetError
from modelyard_training.stores import open_store

GPT = Path(__file__).parents[3] / "workloads" / "gpt"
TEXT = GPT / "texts" / "paradise-lost.txt"


def prepare(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "prepare_dataset.py", *arguments]
    return subprocess.run(command, cwd=GPT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def text_dataset(module_of):
    return module_of("text_dataset")


def test_the_text_is_the_poem_and_nothing_else() -> None:
    text = TEXT.read_text("ascii")
    assert text.startswith("PARADISE LOST\nBOOK I.\n\n  Of Mans First Disobedience, and the Fruit\n")
    assert text.endswith("Through EDEN took thir solitarie way.\n     THE END.\n")
    frame = ("BOOK", "PARADISE LOST", "THE END")
    verses = [line for line in text.splitlines() if line and not line.strip().startswith(frame)]
    assert len(verses) == 10_549
    assert not any(word in text for word in ("Gutenberg", "etext", "opyright"))


def test_a_text_is_written_with_its_last_tenth_held_out(texts_uri: str, text_dataset) -> None:
    manifest = json.loads(open_store(texts_uri).get("paradise-lost/manifest.json"))
    assert manifest["schema"] == "modelyard.dataset/1"
    assert "John Milton" in manifest["source"]
    assert "public domain" in manifest["source"]
    assert manifest["bytes"] == {"train": 409_032, "held_out": 45_448}
    text = text_dataset.load(open_store(texts_uri), "paradise-lost")
    assert text.sha256 == manifest["files"]["paradise-lost.npz"]["sha256"]
    assert np.concatenate([text.train, text.held_out]).tobytes() == TEXT.read_bytes()


def test_a_text_of_one_s_own_has_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "poem.txt").write_bytes("Ä".encode("latin-1") * 100)
    done = prepare((tmp_path / "store").as_uri(), "--text", str(tmp_path / "poem.txt"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{(tmp_path / 'store').as_uri()}/poem/poem.npz: ")


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("short.txt", "0123", (), "the text has 4 bytes; at least 10 are needed"),
        (
            "A B.txt",
            "a" * 99,
            (),
            "'A B' can't be a dataset's name: small letters, digits, dashes and underscores",
        ),
        ("fine.txt", "a" * 99, ("--name", "../x"), "'../x' can't be a dataset's name"),
        ("missing.txt", None, (), "missing.txt can't be read: No such file or directory"),
    ],
)
def test_what_can_t_be_a_dataset_is_refused(
    tmp_path: Path, name: str, content: str | None, options: tuple[str, ...], message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    done = prepare((tmp_path / "store").as_uri(), "--text", str(tmp_path / name), *options)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "store").exists()


def test_a_text_that_is_not_what_its_manifest_says_is_refused(
    texts_uri: str, text_dataset, tmp_path: Path
) -> None:
    store, whole = open_store(tmp_path.as_uri()), open_store(texts_uri)
    with pytest.raises(
        DatasetError, match=r"dataset 'paradise-lost' is not in the store: .*prepare_dataset.py"
    ):
        text_dataset.load(store, "paradise-lost")
    store.put("paradise-lost/manifest.json", b"{}")
    with pytest.raises(DatasetError, match=r"paradise-lost/manifest.json is of no text: KeyError"):
        text_dataset.load(store, "paradise-lost")
    for name in ("manifest.json", "paradise-lost.npz"):
        store.put(f"paradise-lost/{name}", whole.get(f"paradise-lost/{name}"))
    store.put("paradise-lost/paradise-lost.npz", whole.get("paradise-lost/paradise-lost.npz")[:-1])
    with pytest.raises(DatasetError, match="its manifest says 454992; write the dataset again"):
        text_dataset.load(store, "paradise-lost")
