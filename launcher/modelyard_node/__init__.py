"""What runs on a node, around the job's own program: in a container on a cluster, or beside it here.

The launcher packs this package into one archive (a zipapp) and puts it into the checkpoint store under its
SHA-256; every node fetches and runs it. So it uses nothing but the standard library of Python 3.9 or newer,
and imports nothing of modelyard. The launcher itself imports what both have to agree on: `keys` and `codes`.
"""
