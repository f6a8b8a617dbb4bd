"""sinks: one file per URL scheme; each has `async write(url, setups, packets, options)`."""
