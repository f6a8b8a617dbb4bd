"""voicing: texts read aloud: marks, numbers, voices, and the sound with each sentence's times."""
