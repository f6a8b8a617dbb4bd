"""sound: what changes samples: limiter, ducking, fades, speed, loudness, noise; no clock, no file."""
