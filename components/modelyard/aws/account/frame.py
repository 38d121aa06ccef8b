"""What the parts of an account share: names, tags, and whose children they are."""

from dataclasses import dataclass

import pulumi

from modelyard.account.spec import AwsAccount
from modelyard.planning.arns import Place
from modelyard.planning.names import bucket_name


@dataclass(frozen=True, slots=True)
class Frame:
    """The account that is being built."""

    name: str
    """Name of the component, which its children's names begin with."""
    account: AwsAccount
    tags: dict[str, str]
    parent: pulumi.Resource

    def child(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a child."""
        return pulumi.ResourceOptions(parent=self.parent, depends_on=list(depends_on) or None)

    def named(self, what: str, region: str | None = None) -> str:
        """Name of a child, and of what there is in each region."""
        return "-".join(part for part in (self.name, what, region) if part)

    @property
    def home(self) -> str:
        """Region of what there is once."""
        return self.account.regions.primary

    def place(self, region: str | None = None) -> Place:
        """The account in a region; at home, if none is named."""
        return Place(self.account.account_id, region or self.home)

    def bucket_name(self, purpose: str) -> str:
        """Name of a bucket."""
        return bucket_name(self.account.name, purpose, self.account.account_id, self.home)
