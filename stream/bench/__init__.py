"""bench: the latency and quality harness."""
