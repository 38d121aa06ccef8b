"""The plugin modelyard-azure: the components for Azure, for programs in any of Pulumi's languages."""

from modelyard.azure.backup import Backup
from modelyard.azure.budget import Budget
from modelyard.azure.defender import Defender
from modelyard.azure.encryption import Encryption
from modelyard.azure.flow_logs import FlowLogs
from modelyard.azure.gpu_cluster import GpuCluster
from modelyard.azure.log_workspace import LogWorkspace
from modelyard.azure.monitoring import Monitoring
from modelyard.azure.network import Network
from modelyard.azure.private_endpoint import PrivateEndpoint
from modelyard.azure.replication import Replication
from modelyard.azure.storage import Storage
from modelyard.azure.storage_access import StorageAccess
from modelyard.wiring.plugin_host import serve
from modelyard.wiring.tokens import AZURE

if __name__ == "__main__":
    serve(
        AZURE,
        [
            Backup,
            Budget,
            Defender,
            Encryption,
            FlowLogs,
            GpuCluster,
            LogWorkspace,
            Monitoring,
            Network,
            PrivateEndpoint,
            Replication,
            Storage,
            StorageAccess,
        ],
    )
