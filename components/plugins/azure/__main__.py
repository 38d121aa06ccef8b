"""The plugin modelyard-azure: the components for Azure, for programs in any of Pulumi's languages."""

from modelyard.azure.encryption import Encryption
from modelyard.wiring.plugin_host import serve
from modelyard.wiring.tokens import AZURE

if __name__ == "__main__":
    serve(AZURE, [Encryption])
