"""protocols: sans-I/O wire formats: bytes in, events out."""
