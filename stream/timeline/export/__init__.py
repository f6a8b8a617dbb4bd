"""export: cues in other formats; one file per suffix, each with `write(cues) -> str`."""
