"""Policy documents as pure functions of names and ARNs: what may be done, by whom, under which condition."""
