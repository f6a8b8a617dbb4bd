"""marks: what the test source writes into picture and sound, and what a receiver reads back from any copy."""
