"""vod: a Timeline rendered offline, to a file."""
