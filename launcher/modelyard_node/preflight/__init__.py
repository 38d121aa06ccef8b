"""The check before the first step: of each node, and of the network between them.

    step.py        the step: every node looks, all meet, the main node says how it is
    expected.py    what nodes are to have, as the job's specification says
    findings.py    what a check finds
    programs.py    programs of the image that are asked, and may hang
    machine.py     devices, shared memory, locked memory, scratch space
    gpus.py        GPUs as nvidia-smi sees them
    efa.py         EFA as libfabric sees it
    versions.py    the interpreter that has the job's framework, and versions that have to be alike
    clocks.py      clocks
    stores.py      the dataset and the checkpoint store
    network.py     which network NCCL says that it uses
    allreduce.py   the program that takes part in all-reduces, in processes of its own
    crew.py        those processes on one node
    rounds.py      which nodes measure together, round after round
    search.py      which node is slow: pure
    compared.py    what is known only of all nodes together
    verdict.py     all of it together, and what follows

Each check is a pure judgement over what a node found, apart from the probe that finds it.
"""
