"""live: a run whose source is happening now."""
