"""timeline_documents: Timelines such as people write, at random, and the facts of the media they name."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import NS

FACTS = Facts({
    "wide.mp4": MediaFacts("video", 1280, 720, 0, 10 * NS, Fraction(25), True, True),
    "tall.mp4": MediaFacts("video", 720, 1280, 0, 7_123_456_789, Fraction(30000, 1001), True, True),
    "turned.mp4": MediaFacts("video", 1920, 1080, 90, 4 * NS, Fraction(24), True, False),
    "sound.mp3": MediaFacts("audio", duration_ns=6 * NS + 7, has_audio=True),
    "still.jpg": MediaFacts("image", 4001, 3001), "moving.gif": MediaFacts("video", 64, 48, 0, NS, None, True),
    "gone.mp4": MediaFacts("missing", error="it is not there")},
    {"words.srt": b"1\n00:00:01,000 --> 00:00:02,000\nHi\n"})

SECONDS = st.sampled_from([0, 0.3, 0.04, 1, 1.5, 2.123456789, 3, 5, 12.31, "2.5"])
LENGTHS = st.sampled_from([0, 0.25, 0.5, 0.333, 1, 2, 40, 300, 801, "0.5", -0.2])
NAMES = st.sampled_from(["one", "two", "three", "nobody"])


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


def kinds(**types: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """One of the objects, with the name it stands under as its Type."""
    return st.one_of(*(part.map(lambda members, name=name: {"Type": name, **members}) for name, part in types.items()))


REGION = {"X": LENGTHS, "Y": LENGTHS, "Width": LENGTHS, "Height": LENGTHS}
TIMES = {"TimelineIn": SECONDS, "TimelineOut": SECONDS}
TRANSITION = some(SubType=st.sampled_from(["windowslice", "random", "fade,cube", "nonsense"]), Duration=SECONDS,
                  From=st.just("7"))
EFFECTS = st.lists(kinds(
    Crop=some(**REGION), Background=some(SubType=st.sampled_from(["Blur", "Color"])), Transition=TRANSITION,
    DLTransition=TRANSITION, Rotate=some(Degree=st.sampled_from([90, 180, 270, -90, "x"])),
    Flip=some(Direction=st.sampled_from(["horizontal", "vertical"])), Zoom=some(StartRate=st.just(1), EndRate=LENGTHS),
    KenBurns=some(Start=st.just("0,0,0.5,0.5"), End=st.just("0.5,0.5,0.5,0.5")), FreezeFrame=some(Duration=SECONDS),
    Volume=some(Gain=LENGTHS, In=SECONDS, Out=SECONDS), AI_ASR=some(Y=LENGTHS, NeedHighlighting=st.booleans()),
    Text=some(Content=st.just("on a clip"), AaiMotionInEffect=st.just("fade_in"), **TIMES), AI_RealMatting=some(),
    AI_Matting=some(Color=st.sampled_from(["green", "#102030", "odd"]), Auto=st.just(1)), Pad=some(**REGION),
    Scale=some(**REGION), Clip=some(ClipDuration=SECONDS), AFade=some(SubType=st.sampled_from(["In", "Out"])),
    Fade=some(SubType=st.just("In")), Filter=some(SubType=st.just("random")), ALoudNorm=some(),
    VFX=some(SubType=st.sampled_from(["heartbeat", "random", "mask_circle", "mosaic_rect"]), ExtParams=st.just("x=0.5"),
             Duration=SECONDS, **REGION)), max_size=3)
CLIP = {"In": SECONDS, "Out": SECONDS, "MaxOut": SECONDS, "Speed": st.sampled_from([0.5, 2, 3.3, "1.25"]),
        "Duration": SECONDS, "ClipId": NAMES, "ReferenceClipId": NAMES, "Id": st.just("7"), "Effects": EFFECTS, **TIMES}
VIDEO_CLIP = st.tuples(
    st.sampled_from([{"MediaURL": url} for url in ("wide.mp4", "tall.mp4", "turned.mp4", "gone.mp4")]
                    + [{"Type": kind, "MediaURL": url} for kind in ("Image", "GlobalImage")
                       for url in ("still.jpg", "moving.gif")]),
    some(AdaptMode=st.sampled_from(["Cover", "Contain", "Fill"]), Opacity=LENGTHS, **REGION, **CLIP)).map(
        lambda parts: {**parts[0], **parts[1]})
AUDIO_CLIP = st.tuples(
    st.sampled_from([{"MediaURL": "sound.mp3"}, {"MediaURL": "wide.mp4"},
                     {"Type": "AI_TTS", "Content": "One, two. Three?"}]),
    some(LoopMode=st.booleans(), **CLIP)).map(lambda parts: {**parts[0], **parts[1]})
TEXT_CLIP = kinds(
    Text=some(Content=st.sampled_from(["Hi", "a\\Nb"]), X=LENGTHS, Y=LENGTHS, FontSize=st.just(40), Duration=SECONDS,
              AaiMotionLoopEffect1=st.just("slingshot_in"), ScrollSpeed=LENGTHS, ScrollEndY=LENGTHS, ClipId=NAMES,
              ReferenceClipId=NAMES, **TIMES),
    Subtitle=some(FileURL=st.just("words.srt"), **TIMES))
MODES = {"MainTrack": st.booleans(), "TrackShortenMode": st.just("AutoSpeed"), "TrackExpandMode": st.just("AutoSpeed")}


def tracks(kind: str, clip: st.SearchStrategy[Any], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    clips = st.lists(clip, max_size=3)
    return st.lists(st.tuples(clips, some(**more)).map(lambda p: {f"{kind}TrackClips": p[0], **p[1]}), max_size=2)


DOCUMENTS = some(
    VideoTracks=tracks("Video", VIDEO_CLIP, **MODES), AudioTracks=tracks("Audio", AUDIO_CLIP, **MODES),
    SubtitleTracks=tracks("Subtitle", TEXT_CLIP), MaxDuration=st.sampled_from([3, 7.5]),
    ImageTracks=tracks("Image", st.tuples(st.just({"ImageURL": "still.jpg"}), some(**REGION, **TIMES)).map(
        lambda parts: {**parts[0], **parts[1]})),
    EffectTracks=st.lists(st.just({"EffectTrackItems": [{"Type": "VFX", "SubType": "random"}, {"Type": "AEqualize"}]}),
                          max_size=1),
    FECanvas=st.just({"Width": 800, "Height": 450}),
    OutputMediaConfig=some(Width=st.just(640), Height=st.just(360), Video=st.just({"Fps": 12.5})))
