"""Seeing a run through failures that aren't its own: again from its newest checkpoint, elsewhere if need be.

decide.py       what is to be done next: pure
sites.py        the regions that a run may be in
bad_nodes.py    what the end of bad nodes changes of the record
checkpoints.py  the newest checkpoint whose every file is right
moving.py       what a move to the recovery region makes of the record
lease.py        one supervisor for a run, whoever else starts one
loop.py         look, decide, do; it may be broken off at any point and started anew
"""
