"""Keras comes without scikit-learn, and scikit-learn is there for whoever asks for it."""

import subprocess
import sys

import pytest

KERAS = "from modelyard_training.light_keras import import_keras; import_keras(); import keras"
THERE = "import sys; print('keras' in sys.modules, 'sklearn' in sys.modules)"


@pytest.mark.parametrize(
    ("program", "there"),
    [
        (f"{KERAS}; {THERE}", "True False"),
        (f"{KERAS}; import sklearn; {THERE}", "True True"),
        (f"import sklearn; {KERAS}; assert sklearn is sys.modules['sklearn']; {THERE}", "True True"),
    ],
)
def test_keras_is_imported_without_scikit_learn(program: str, there: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {program}"],
        env={"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == (there, 0), done.stderr
