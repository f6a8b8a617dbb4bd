"""Everything learned: arrays in; words, alpha or speech out. Never imports `stream`, `av` or `asyncio`."""
