"""Secrets in plain text: what gives one away, and names of variables that hold one.

Only what is certain enough to stop an update counts: formats that their issuers made recognisable, and
literal values given to a name that says it is secret. A value that is fetched when the text runs
(`TOKEN=$(aws secretsmanager …)`), or that says where the secret is kept, is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class _Format:
    """Something that is looked for only where the text has a mark of it, which is much faster."""

    def __init__(self, kind: str, marks: tuple[str, ...], form: str) -> None:
        self.kind = kind
        self.marks = marks
        self.form = re.compile(form)

    def found_in(self, text: str, lowered: str) -> Iterator[re.Match[str]]:
        """Where it is."""
        return self.form.finditer(text) if any(mark in lowered for mark in self.marks) else iter(())


_FORMATS: Final = (
    _Format(
        "a private key", ("private key",), r"-----BEGIN (?:[A-Z]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----"
    ),
    _Format("an AWS access key", ("akia", "asia"), r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    _Format("a GitHub token", ("gh",), r"\b(?:gh[opsur]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{30})"),
    _Format("a GitLab token", ("gl",), r"\bgl(?:pat|dt|rt|cbt|ptt)-[\w-]{20}"),
    _Format("a Hugging Face token", ("hf_",), r"\bhf_[A-Za-z0-9]{34}"),
    _Format("an NVIDIA API key", ("nvapi-",), r"\bnvapi-[\w-]{40}"),
    _Format(
        "an API key of a model's provider", ("sk-",), r"\bsk-(?:proj-|svcacct-|ant-[a-z]{3}\d\d-)?\w[\w-]{31}"
    ),
    _Format("a Weights & Biases key", ("wandb_v",), r"\bwandb_v\d_\w{40}"),
    _Format("a Slack token", ("xox",), r"\bxox[abeoprs]-[A-Za-z0-9-]{20}"),
    _Format(
        "a Slack webhook",
        ("hooks.slack.com",),
        r"\bhooks\.slack\.com/(?:services|workflows)/T[A-Z0-9]{6,12}/[A-Z0-9]{6,12}/\w{8}",
    ),
    _Format("a Google API key", ("aiza",), r"\bAIza[\w-]{35}"),
    _Format("a Stripe key", ("k_live_",), r"\b[rs]k_live_[A-Za-z0-9]{20}"),
    _Format("an npm token", ("npm_",), r"\bnpm_[A-Za-z0-9]{36}\b"),
    _Format("a PyPI token", ("pypi-",), r"\bpypi-AgEIcHlwaS5vcmc[\w-]{20}"),
    _Format("a Docker Hub token", ("dckr_",), r"\bdckr_[op]at_[\w-]{20}"),
    _Format("a Pulumi access token", ("pul-",), r"\bpul-[0-9a-f]{40}\b"),
    _Format("a HashiCorp Vault token", ("hvb.", "hvs."), r"\bhv[bs]\.[\w-]{24}"),
    _Format("a client secret of Entra ID", ("q~",), r"(?<![\w~.-])[\w~.-]{3}[78]Q~[\w~.-]{31}"),
    _Format("an Azure access key", ("key=",), r"(?i:account|access)[Kk]ey=[A-Za-z0-9+/]{42,86}={1,2}"),
    _Format("a shared access signature", ("sig=",), r"[?&]sig=[A-Za-z0-9%+/_-]{43}"),
    _Format("a JSON web token", ("eyj",), r"\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10}"),
    _Format("a password hash", ("$",), r"(?<![\w$])\$(?:1|2[aby]|5|6|7|y|gy)\$[\w./=,-]{1,40}\$[\w./$]{16}"),
    _Format(
        "credentials in a header",
        ("authorization",),
        r"(?i:authorization[\"']?\s?[:=]\s?[\"']?(?:bearer|basic) )[\w.+/=-]{12}",
    ),
)
"""What a text may hold: its kind, what is in the text in lower case if it is there at all, and its form."""

_NAME: Final = r"(?<![\w.])(?<!\w-)(?P<name>[A-Za-z_][\w.-]{1,80})"
_VALUE: Final = (
    r"(?:\\?\"(?P<double>[^\"\\\n]{0,400})|\\?'(?P<single>[^'\n]{0,400})"
    r"|(?P<bare>[^\s\"'`;&|,})\\]{1,400})(?P<rest>[^\n]?[^\n]?))"
)
# A value is looked at without being consumed, as it may itself hold an assignment: -e "DB_PASSWORD=…".
_ASSIGNMENT: Final = re.compile(
    rf"{_NAME}\\?[\"']?(?P<before>[ \t]*)(?:=>|:?=(?![=~>])|:-)(?P<after>[ \t]*)(?={_VALUE})",
)
"""As in shell, INI and most languages: `NAME=value`, `name := value`, `${NAME:-value}`, `name => value`."""
_MEMBER: Final = re.compile(
    rf"(?m)(?:^[ \t]*(?:- )?|[{{,][ \t]*)\\?[\"']?{_NAME}\\?[\"']?[ \t]*:[ \t]+(?={_VALUE})",
)
"""As in YAML: `name: value`."""
_JSON_MEMBER: Final = re.compile(rf"\\?\"{_NAME}\\?\"[ \t]*:[ \t]*(?={_VALUE})")
"""As in JSON: `"name":"value"`."""
_FLAG: Final = re.compile(rf"(?<![\w-])--{_NAME}[ \t]+(?={_VALUE})")
"""As in a command: `--name value`."""
_COMMANDS: Final = (
    _Format("a password", ("docker login",), rf"\bdocker login\b[^\n|;]{{0,200}}?[ \t]-p[ \t]*{_VALUE}"),
    _Format(
        "a password",
        ("curl",),
        rf"\bcurl\b[^\n|;]{{0,400}}?[ \t](?:-u|--user)[ \t]+[\"']?[^\s:\"'$]{{1,80}}:{_VALUE}",
    ),
    _Format(
        "a password",
        ("chpasswd",),
        rf"\becho[ \t]+[\"']?[\w-]{{1,32}}:(?={_VALUE})[^\n|]{{1,200}}\|[ \t]*(?:sudo[ \t]+)?chpasswd\b",
    ),
    _Format(
        "a password", ("securestring",), rf"(?i)\bConvertTo-SecureString[ \t]+(?:-String[ \t]+)?{_VALUE}"
    ),
    _Format(
        "a password",
        ("chpasswd",),
        rf"(?m)^[ \t]*chpasswd:[ \t]*\n(?:[ \t]+[^\n]*\n){{0,4}}?[ \t]+list:[^\n]*\n"
        rf"[ \t]+[\w-]{{1,32}}:{_VALUE}",
    ),
    _Format(
        "a password",
        ("://",),
        r"(?<![\w+.-])[A-Za-z][\w+.-]{1,30}://[^\s/:@\"']{0,80}:(?P<bare>[^\s/@\"']{1,200})@",
    ),
)
"""Commands and addresses that hold a password."""

_SECRET_WORDS: Final = {
    "password": "a password",
    "passwd": "a password",
    "passphrase": "a password",
    "secret": "a secret",
    "credential": "a secret",
    "credentials": "a secret",
    "token": "a token",
    "apikey": "a key",
    "accesskey": "a key",
    "secretkey": "a key",
    "privatekey": "a key",
}
"""Words, or ends of words, that name a secret, and what it is."""

_KEYS: Final = _words(
    "access account admin api app auth authorization deploy encryption hmac licence license master "
    "private secret service shared signing subscription webhook"
)
"""Kinds of keys that are secret: a table's, a sort's and a public key aren't."""

_NO_SECRET: Final = _words(
    "nopasswd chpasswd application_credentials continuation_token next_token pagination_token "
    "bos_token cls_token end_token eos_token image_token mask_token max_token min_token num_token "
    "pad_token per_token sep_token special_token start_token stop_token unk_token "
    "backward_pass by_pass first_pass forward_pass multi_pass second_pass single_pass two_pass"
)
"""What looks like a secret and isn't: of a model's vocabulary, of a list's pages, a path, a run."""

_WHOLE: Final = ("access_key_id", "auth_data", "secret_key_base")
"""Endings that name a secret, though their last word doesn't."""

_NEUTRAL: Final = _words(
    "value text plain plaintext string b64 base64 encoded old new current previous prod production dev "
    "development staging test main default rw ro read write"
)
"""Last words without which a name means the same."""

_MARKS: Final = ("pass", "pwd", "secret", "token", "credential", "key", "auth")
"""One of these is in each name that says its value is secret."""

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_EXPANDED: Final = re.compile(r"\$[\w{(]|`|\{\{|%\(|%\w+%|^\{.*\}$|^<.*>$|^[*xX.]+$")
"""What shows that a quoted value is put together later, or only holds the place of one."""
_NO_LITERAL: Final = re.compile(r"[\[(<>]|^[{!*&?+@%=-]|^(?:id|type|src|env)=")
"""What shows that a value without quotes is code, or no value at all."""
_REFERENCE: Final = re.compile(
    r"^(?:\$[\w{(].*|\{\{.*|<.*>|arn:.*|\.{0,2}/.*|~/.*|[\w+.-]+://.*|alias/.*|@Microsoft\.KeyVault\(.*"
    r"|[a-z][a-z0-9_-]*(?:/[a-z][a-z0-9_-]*)+)$",
    re.DOTALL,
)
_NO_VALUES: Final = _words(
    "none null random true false required optional str string bytes bool undefined unset disabled enabled"
)
_SHORTEST: Final = 4
"""Characters below which a value is a flag or a number rather than a secret."""


def secret_kind(text: str) -> str | None:
    """The kind of secret that `text` holds, such as "an AWS access key"; None if none is seen in it."""
    lowered = text.lower()
    for each in _FORMATS:
        if any(each.found_in(text, lowered)):
            return each.kind
    for each in _COMMANDS:
        if any(map(_is_literal, each.found_in(text, lowered))):
            return each.kind
    return next(_assigned(text), None) if any(mark in lowered for mark in _MARKS) else None


def names_secret(name: str) -> bool:
    """Whether a variable's name says that its value is secret: `DB_PASSWORD`, but not `PASSWORD_FILE`."""
    return _kind_by_name(name) is not None


def is_reference(value: str) -> bool:
    """Whether a value only says where something is kept: an ARN, a path, an address, another variable."""
    return _REFERENCE.match(value.strip()) is not None


def _assigned(text: str) -> Iterator[str]:
    for pattern in (_ASSIGNMENT, _MEMBER, _JSON_MEMBER, _FLAG):
        for found in pattern.finditer(text):
            kind = _kind_by_name(found["name"])
            if kind and _is_literal(found) and _is_of(kind, found):
                yield kind


def _is_literal(found: re.Match[str]) -> bool:
    """Whether the value in `found` stands there as it will be used."""
    parts = found.groupdict()
    bare = parts.get("bare")
    value = bare or parts.get("double") or parts.get("single") or ""
    if len(value) < _SHORTEST or value.lower() in _NO_VALUES:
        return False
    if bare and _NO_LITERAL.search(bare):
        return False
    return not _EXPANDED.search(value) and not is_reference(value)


def _is_of(kind: str, found: re.Match[str]) -> bool:
    """Whether a literal value fits its name: no number as a token, no variable or prose as a password."""
    bare, name = found["bare"], found["name"]
    if kind != "a password" and (bare or found["double"] or found["single"] or "").isdigit():
        return False
    if not bare:
        return True
    if bare == name or (not name.isupper() and names_secret(bare)):
        return False
    if found.re is _MEMBER:
        return _ends_line(found["rest"])
    spaced = found.re is _ASSIGNMENT and (found["before"] or found["after"])
    return not spaced or not bare.replace(".", "").replace("_", "").isalpha()


def _ends_line(rest: str) -> bool:
    """Whether nothing but a comment, or the next member, follows."""
    return not rest.strip() or rest.lstrip()[:1] in ("#", ",", "}")


@lru_cache(maxsize=4_096)
def _kind_by_name(name: str) -> str | None:
    words = [word.lower() for word in _WORDS.findall(name)]
    while len(words) > 1 and (words[-1].isdigit() or words[-1] in _NEUTRAL):
        words.pop()
    if not words:
        return None
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in _NO_SECRET or f"{before}_{last}" in _NO_SECRET:
        return None
    if last == "pass" or (last == "pwd" and before):
        return "a password"
    if (last == "key" and before in _KEYS) or "_".join(words).endswith(_WHOLE):
        return "a key"
    return next((kind for word, kind in _SECRET_WORDS.items() if last.endswith(word)), None)
