"""rtmps_listen: as rtmp_listen, over TLS with the certificate in options `cert` and `key`."""

from stream.sources.rtmp_listen import obs_lines, read

__all__ = ["obs_lines", "read"]
