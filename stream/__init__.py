"""Live captions and matting for streams: media in, pictures and captions together, media out."""
