"""recording: what a live run keeps, and the same run shown again from it."""
