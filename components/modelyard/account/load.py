"""From a name, a file or plain data to what a stack builds: an environment or an account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from typing_extensions import TypeIs

from modelyard.environment.base import Spec
from modelyard.environment.clouds import Environment, model_of
from modelyard.environment.common import CommonEnvironment
from modelyard.environment.files import ACCOUNT_KEY, stack_config
from modelyard.environment.load import Locate, Written, parse_spec, stack_part

if TYPE_CHECKING:
    from modelyard.account.spec import AwsAccount
    from modelyard.environment.aws.spec import AwsEnvironment

    AwsSpec: TypeAlias = AwsEnvironment | AwsAccount
    StackSpec: TypeAlias = Environment | AwsAccount
else:
    AwsSpec = StackSpec = Spec
"""What a stack builds."""


def load_stack(reference: str | Path, *, root: Path | None = None, before_pinning: bool = False) -> StackSpec:
    """The environment or the account of a name or a file.

    A name is a stack of the project around `root` (unset: the working directory). A file is a stack's file or
    an environment by itself. `before_pinning` is for whoever needs no machine images yet. Raises InputError
    with every problem, each with file and line.
    """
    part = stack_part(reference, root)
    document = part.document
    is_of_account = part.key == ACCOUNT_KEY
    spec = parse_spec(
        account_model()
        if is_of_account
        else model_of(document.data, file=document.file, locate=document.line_of),
        document.data,
        file=document.file,
        locate=document.line_of,
        written=document.written,
        context={"before_pinning": before_pinning},
    )
    part.refuse_other_name(spec.name)
    return spec


def parse_account(
    data: object, *, file: str | None = None, locate: Locate | None = None, written: Written | None = None
) -> AwsAccount:
    """The account in plain data, as it comes from a file or from Pulumi's configuration.

    `locate` gives the line of a field, `written` a value as it was written. Raises InputError.
    """
    return parse_spec(account_model(), data, file=file, locate=locate, written=written)


def config_of(spec: StackSpec) -> dict[str, str]:
    """The configuration of a stack that holds an environment or an account: only what was given."""
    if is_account(spec):
        return {ACCOUNT_KEY: spec.model_dump_json(exclude_unset=True)}
    return stack_config(spec)


def is_account(spec: StackSpec) -> TypeIs[AwsAccount]:
    """Whether what a stack builds is an account."""
    return not isinstance(spec, CommonEnvironment)


def account_model() -> type[AwsAccount]:
    """The model of an account: AWS's, which is imported when there is one, and no sooner."""
    from modelyard.account.spec import AwsAccount

    return AwsAccount
