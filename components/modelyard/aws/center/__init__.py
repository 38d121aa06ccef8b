"""The parts of a data center: what DataCenter asks of each component for an environment."""
