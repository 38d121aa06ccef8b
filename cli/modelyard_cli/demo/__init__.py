"""The demo: the whole way of an environment, told stage by stage."""
