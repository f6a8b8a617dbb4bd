"""rtmps: as rtmp, over TLS; the server's certificate is checked unless `insecure=1`."""

from stream.sources.rtmp import read

__all__ = ["read"]
