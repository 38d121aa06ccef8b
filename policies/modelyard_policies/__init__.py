"""Policies: the graph of an environment's resources, the rules, and the engine that judges one by the other.

Imports none of modelyard's other packages, so that the pack can be used in a stack of any kind.
"""
