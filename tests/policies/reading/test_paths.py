import pytest

from modelyard_policies.reading.paths import steps


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("tags", ("tags",)),
        ("metadataOptions.httpTokens", ("metadataOptions", "httpTokens")),
        ("rules[0].destination.bucket", ("rules", 0, "destination", "bucket")),
        ("a[0][12]", ("a", 0, 12)),
    ],
)
def test_the_steps_of_a_path(path, found):
    assert steps(path) == found


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "[0]", "a[", "a[x]", "a[0]b", "a]b"])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(ValueError, match="not a property path"):
        steps(path)
