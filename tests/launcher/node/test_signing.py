"""Signatures equal those of botocore's own signer, whatever keys, queries and headers hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard_node.store.sigv4 import EMPTY_SHA256, Credentials, encoded_path, encoded_query, signed_headers

HOST = "bucket.s3.eu-central-1.amazonaws.com"
TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)
KEYS = st.lists(
    st.one_of(TEXT, st.text(" !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", max_size=8)), min_size=1, max_size=4
).map("/".join)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
HEADERS = st.dictionaries(st.from_regex(r"x-amz-meta-[a-z0-9-]{1,8}", fullmatch=True), VALUES, max_size=3)
QUERIES = st.dictionaries(
    st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=8), TEXT, max_size=4
)


def botos(
    method: str,
    path: str,
    query: list[tuple[str, str]],
    headers: dict[str, str],
    payload: str,
    credentials: Credentials,
    at: datetime,
) -> str:
    """The header that botocore signs the same request with."""
    url = f"https://{HOST}{encoded_path(path)}"
    if query:
        url += f"?{encoded_query(query)}"
    request = AWSRequest(method, url, headers={**headers, "X-Amz-Content-SHA256": payload})
    request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    if credentials.token:
        request.headers["X-Amz-Security-Token"] = credentials.token
    theirs = BotoCredentials(credentials.access_key, credentials.secret_key, credentials.token)
    signer = S3SigV4Auth(theirs, "s3", "eu-central-1")
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    signer._inject_signature_to_request(request, signature)
    return request.headers["Authorization"]


@settings(deadline=None, max_examples=400)
@given(
    st.sampled_from(("GET", "PUT", "HEAD", "DELETE")),
    KEYS,
    QUERIES,
    HEADERS,
    st.sampled_from((EMPTY_SHA256, "UNSIGNED-PAYLOAD", "a" * 64)),
    st.builds(Credentials, st.just("AKIAEXAMPLE"), VALUES.filter(bool), st.sampled_from((None, "token/+="))),
    st.datetimes(datetime(2020, 1, 1), datetime(2039, 1, 1)),  # noqa: DTZ001
)
def test_signatures_equal_botocores(
    method: str,
    key: str,
    query: dict[str, str],
    headers: dict[str, str],
    payload: str,
    credentials: Any,
    at: Any,
):
    at = at.replace(tzinfo=UTC)
    path, pairs = f"/{key}", list(query.items())
    ours = signed_headers(
        method, path, pairs, {"host": HOST, **headers}, payload, credentials, "eu-central-1", at
    )
    theirs = botos(method, path, pairs, headers, payload, credentials, at)
    assert ours["authorization"].replace(" ", "") == theirs.replace(" ", "")


@pytest.mark.parametrize(
    ("path", "encoded"),
    [
        ("/a b/ü+~.-_", "/a%20b/%C3%BC%2B~.-_"),
        ("/../x//y", "/../x//y"),
        ("/%20", "/%2520"),
        ("/=&?", "/%3D%26%3F"),
    ],
)
def test_a_path_is_encoded_once(path: str, encoded: str):
    assert encoded_path(path) == encoded


def test_no_secret_is_in_a_credentials_text():
    assert repr(Credentials("AKIA", "secret", "token")) == str(Credentials("AKIA", "secret", "token"))
    assert str(Credentials("AKIA", "secret", "token")) == "Credentials(AKIA)"
