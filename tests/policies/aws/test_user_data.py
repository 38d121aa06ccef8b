"""What is read in user data, however it is packed."""

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_policies.aws.user_data import texts

SCRIPT = "#!/bin/bash\necho 'a script that is long enough to be seen as one'\n"


def encoded(text, lines=False):
    data = text if isinstance(text, bytes) else text.encode()
    return (base64.encodebytes if lines else base64.b64encode)(data).decode()


PART = f"Content-Transfer-Encoding: base64\n\n{encoded(SCRIPT, lines=True)}\n--b--\n"
FILE = f"write_files:\n- encoding: b64\n  content: {encoded(SCRIPT)}\n  path: /etc/a\n"


@pytest.mark.parametrize(
    "user_data",
    [
        SCRIPT,
        encoded(SCRIPT),
        encoded(SCRIPT, lines=True),
        encoded(SCRIPT + "!"),
        encoded(SCRIPT + "!!"),
        encoded(gzip.compress(SCRIPT.encode())),
        PART,
        encoded(PART),
        FILE,
        encoded(gzip.compress(encoded(FILE).encode())),
    ],
)
def test_a_script_is_found(user_data):
    assert any(SCRIPT.strip() in text for text in texts(user_data))


def test_what_is_no_text_is_left_out():
    assert list(texts(encoded(bytes(range(256))))) == [encoded(bytes(range(256)))]
    assert len(list(texts(encoded(b"\x1f\x8b" + b"no gzip" * 9)))) == 1


def test_a_bomb_is_unpacked_only_so_far():
    bomb = encoded(gzip.compress(b"a " * (1 << 22)))
    assert sum(map(len, texts(bomb))) < 3 << 20


@given(st.text(alphabet="Aa1+/=\n ") | st.text())
def test_any_text_is_read(text):
    assert next(texts(text)) == text
    assert len(list(texts(text))) >= 1
