"""captions: recognised words to cues: what may be shown, in which lines, with which key words."""
