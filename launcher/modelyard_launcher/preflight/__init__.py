"""The check before the first step, seen from the launcher: what nodes are to have, and what they found.

expectations.py   what a job's nodes are to have: part of their spec
only.py           a job that is the check and nothing else
verdicts.py       what came of it
running.py        the check by itself, from its submission to its verdict
"""
