"""rtmps: as rtmp, over TLS; the server's certificate is checked unless `insecure=1`."""

from stream.sinks.rtmp import write

__all__ = ["write"]
