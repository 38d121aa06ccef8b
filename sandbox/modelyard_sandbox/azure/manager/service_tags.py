"""What an address prefix of a rule or a route may be: an address, a range, or a service tag.

From "Virtual network service tags" (available service tags, 2026-11). A tag may have a region behind a
period; which tag has which regions isn't known here.
"""

from __future__ import annotations

from ipaddress import ip_network

VIRTUAL_TAGS = frozenset({"AzureLoadBalancer", "Internet", "VirtualNetwork"})
"""Tags of security rules that are no service's."""
SERVICE_TAGS = frozenset(
    {
        *("ActionGroup", "ApiManagement", "AppConfiguration", "AppService", "AppServiceManagement"),
        *("ApplicationInsightsAvailability", "AutonomousDevelopmentPlatform", "AzureActiveDirectory"),
        *("AzureActiveDirectoryDomainServices", "AzureAdvancedThreatProtection", "AzureArcInfrastructure"),
        *("AzureAttestation", "AzureBackup", "AzureBotService", "AzureCloud", "AzureCognitiveSearch"),
        *("AzureConnectors", "AzureContainerAppsService", "AzureContainerRegistry", "AzureCosmosDB"),
        *("AzureDataExplorerManagement", "AzureDatabricks", "AzureDevOps", "AzureDeviceUpdate"),
        *("AzureDigitalTwins", "AzureEventGrid", "AzureFrontDoor", "AzureHealthcareAPIs"),
        *("AzureInformationProtection", "AzureIoTHub", "AzureKeyVault", "AzureMachineLearning"),
        *("AzureMachineLearningInference", "AzureManagedGrafana", "AzureMonitor", "AzureOpenDatasets"),
        *("AzurePlatformDNS", "AzurePlatformIMDS", "AzurePlatformLKM", "AzureResourceManager"),
        *("AzureSentinel", "AzureSignalR", "AzureSiteRecovery", "AzureSphere", "AzureSpringCloud"),
        *("AzureStack", "AzureTrafficManager", "AzureUpdateDelivery", "AzureVideoAnalyzerForMedia"),
        *("AzureVirtualDesktop", "AzureWebPubSub", "BatchNodeManagement", "ChaosStudio"),
        *("CognitiveServicesFrontend", "CognitiveServicesManagement", "DataFactory"),
        *("DataFactoryManagement", "Dynamics365BusinessCentral", "Dynamics365ForMarketingEmail"),
        *("EOPExternalPublishedIPs", "EventHub", "GatewayManager", "GenevaActions"),
        *("GuestAndHybridManagement", "HDInsight", "KustoAnalytics", "LogicApps", "LogicAppsManagement"),
        *("M365ManagementActivityApi", "M365ManagementActivityApiWebhook", "Marketplace"),
        *("MicrosoftAzureFluidRelay", "MicrosoftCloudAppSecurity", "MicrosoftContainerRegistry"),
        *("MicrosoftDefenderForEndpoint", "MicrosoftPurviewPolicyDistribution", "OneDsCollector"),
        *("PowerBI", "PowerPlatformInfra", "PowerPlatformPlex", "PowerQueryOnline", "SCCservice"),
        *("Scuba", "SerialConsole", "ServiceBus", "ServiceFabric", "Sql", "SqlManagement", "Storage"),
        *("StorageMover", "StorageSyncService", "VideoIndexer", "WindowsAdminCenter"),
        *("WindowsVirtualDesktop",),
    }
)
_KNOWN = {tag.lower() for tag in SERVICE_TAGS}
_VIRTUAL = {tag.lower() for tag in VIRTUAL_TAGS}


def is_service_tag(written: str) -> bool:
    """Whether it is a service's tag, with a region or without."""
    return written.partition(".")[0].lower() in _KNOWN


def is_rule_prefix(written: str) -> bool:
    """Whether a security rule takes it: `*`, an address, a range without bits of a host, a tag."""
    if written == "*" or written.lower() in _VIRTUAL or is_service_tag(written):
        return True
    try:
        ip_network(written)
    except ValueError:
        return False
    return True
