"""run: the parts of one run, live or offline, and the session that wires them."""
