"""Azure Resource Manager as the sandbox plays it: REST over WSGI, resources in memory.

`application` answers requests; `ids` reads paths; `kinds` is what every resource type has in common, and
`groups`, `locks`, `network`, `storage`, `blobs` and `vaults` are the types. Every refusal has the code that
Azure documents, in Azure's form: `{"error": {"code", "message", "target"}}`. Who asks isn't checked: any
bearer token is taken, and none.
"""
