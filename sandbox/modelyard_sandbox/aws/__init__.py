"""The AWS types of the sandbox, one handler each."""
