"""Components for AWS, each usable alone; DataCenter composes them from an environment."""
