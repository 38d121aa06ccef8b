"""Jobs of Azure Machine Learning that really run: each process of each node is one on this machine.

One thread (`engine`) looks at what waits, brings nodes up and down (`nodes`) and begins attempts; each
attempt has a thread of its own (`attempt`), which fetches code and data (`staging`, `mounts`, `blob_client`),
starts the processes (`variables`, `workers`) and watches them. Whoever touches a job's run, a node or
the store holds the resource manager's turn; processes and blobs are waited for without it.

Not played: images (their files, user, working directory), Docker's arguments and the size of shared memory,
the upload of `outputs/` and `logs/` from the working directory, metrics and what else is MLflow's, services,
mails, tiers of serverless compute, the loss of a region, and of mpirun more than the variables that it
sets and that one process's failure ends the others.

Sources: REST reference of Jobs, 2025-12-01; "Distributed GPU training guide", 2024-01-29; "Access data in a
job", 2025-03; "Manage compute clusters", 2024-05-03; as of 2026-11. What else, the modules say.
"""
