import numpy as np
import pytest

from modelyard_training import datasets
from modelyard_training.stores import open_store
from modelyard_training.two_samples import median_distance, squared_distance


@pytest.fixture(scope="module")
def digits(datasets_uri: str) -> tuple[np.ndarray, np.ndarray]:
    """Digits to train on and digits held out, a row each."""
    found = datasets.load(open_store(datasets_uri), "digits")
    return found.train_images.reshape(-1, 64) / 16.0, found.held_out_images.reshape(-1, 64) / 16.0


def distance(sample: np.ndarray, held_out: np.ndarray) -> float:
    return squared_distance(sample, held_out, bandwidth=median_distance(held_out))


def test_real_digits_are_no_distance_from_real_digits(digits: tuple[np.ndarray, np.ndarray]) -> None:
    train, held_out = digits
    assert abs(distance(train, held_out)) < 0.001


def test_the_more_noise_the_further_away(digits: tuple[np.ndarray, np.ndarray]) -> None:
    train, held_out = digits
    noise = np.random.default_rng(0).normal(size=train.shape)
    found = [distance(np.clip(train + much * noise, 0, 1), held_out) for much in (0.0, 0.2, 0.4, 0.8)]
    assert found == sorted(found)
    assert found[-1] > 0.1


def test_few_good_digits_again_and_again_are_as_far_off_as_bad_ones(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    train, held_out = digits
    assert distance(np.tile(train[:5], (200, 1)), held_out) > 0.1


def test_it_is_the_estimate_of_the_paper() -> None:
    one, other = np.array([[0.0], [1.0]]), np.array([[0.0], [2.0]])
    k = {gap: np.exp(-(gap**2) / 2) for gap in (0, 1, 2)}
    expected = k[1] + k[2] - 2 * (k[0] + k[2] + k[1] + k[1]) / 4
    assert squared_distance(one, other, bandwidth=1.0) == pytest.approx(expected)
    assert median_distance(np.array([[0.0], [1.0], [5.0]])) == 4.0
