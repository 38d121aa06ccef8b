"""How the launcher reaches Azure: who asks (`credentials`), where (`access`), the resource manager (`arm`).

Nothing here reads azure-identity, azure-storage-blob or httpx before something is asked of Azure.
"""
