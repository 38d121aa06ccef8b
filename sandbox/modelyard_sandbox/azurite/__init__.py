"""Blobs of the sandbox's storage accounts, held by Azurite, Microsoft's emulator of Azure Storage.

Azurite runs beside the sandbox's server, which starts and ends it, and tells it of the accounts and
containers that the resource manager has. It is a program for Node.js: `install` puts it into a cache by npm.

What it has not: versions of blobs, soft delete, immutability, object replication, lifecycle rules, encryption
and roles. An account's settings of these are kept by the resource manager and come to nothing here; an
account that takes no keys takes its own one here (Azurite 3.37.0, tried 2026-11-26).
"""
