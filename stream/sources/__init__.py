"""sources: one file per URL scheme; each has `read(url, options) -> AsyncIterator[Packet]`."""
