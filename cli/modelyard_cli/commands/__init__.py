"""The commands, one module each; every module names its click command `command`."""
