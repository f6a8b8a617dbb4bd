"""render: the pure core: pixels and samples from a Program (no clock, no I/O, no asyncio)."""
