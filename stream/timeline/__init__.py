"""timeline: the document: what is shown when (no media, no clock)."""
