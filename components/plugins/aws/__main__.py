"""The plugin modelyard-aws: the components for AWS, for programs in any of Pulumi's languages."""

from modelyard.aws.backup import Backup
from modelyard.aws.budget import Budget
from modelyard.aws.elastic_file_system import ElasticFileSystem
from modelyard.aws.encryption import Encryption
from modelyard.aws.gpu_cluster import GpuCluster
from modelyard.aws.lustre import LustreFileSystem
from modelyard.aws.monitoring import Monitoring
from modelyard.aws.network import Network
from modelyard.aws.registry_replication import RegistryReplication
from modelyard.aws.replica_keys import ReplicaKeys
from modelyard.aws.replication import Replication
from modelyard.aws.storage import Storage
from modelyard.aws.watcher import Watcher
from modelyard.aws.working_hours import WorkingHours
from modelyard.wiring.plugin_host import serve
from modelyard.wiring.tokens import AWS

if __name__ == "__main__":
    serve(
        AWS,
        [
            Encryption,
            ReplicaKeys,
            Network,
            Storage,
            Replication,
            RegistryReplication,
            LustreFileSystem,
            ElasticFileSystem,
            GpuCluster,
            Backup,
            Monitoring,
            Watcher,
            Budget,
            WorkingHours,
        ],
    )
