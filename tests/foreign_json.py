"""foreign_json: JSON such as nobody meant, full of words that a Timeline knows."""

from hypothesis import strategies as st

KEYS = ["VideoTracks", "videoTracks", "VideoTrackClips", "MediaURL", "Effects", "Type", "Gain", "In", "X", "Content",
        "Timeline", "FontFace", "Cuelight", "SubtitleTracks", "SubtitleTrackClips", "Runs", "Speed", "Width",
        "Duration"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10**25, 10**25) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8) | st.sampled_from(["Video", "AI_ASR", "$Name:3", "#ffffff", "1e400", "NaN", "\\N{\\b1}"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=6), inner,
                                                                max_size=5), max_leaves=25)
