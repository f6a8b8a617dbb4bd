"""codecs: media in files and streams to frames and back: containers, decoders, encoders."""
