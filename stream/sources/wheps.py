"""wheps: as whep, over HTTPS; the server's certificate is checked unless `insecure=1`."""

from stream.sources.whep import read

__all__ = ["read"]
