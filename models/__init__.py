"""Everything learned: arrays in; words, alpha or speech out. From `stream` only its errors; never `av` or `asyncio`."""
