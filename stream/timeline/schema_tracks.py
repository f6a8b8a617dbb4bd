"""schema_tracks: clips, tracks, the Timeline itself, and the job around it."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Tag

from stream.timeline.scalars import Flag, Number, Prose, Seconds, Word
from stream.timeline.schema_effects import EffectList
from stream.timeline.schema_text import Highlight, Part, TextLook


def _list(value: Any) -> Any:
    """A template object in the place of a list has no members yet."""
    return [] if isinstance(value, dict) and any(key.lower() == "sys_type" for key in value) else value


_AsList = BeforeValidator(_list)


class Placed(Part):
    """What every clip says of its place in time, and an editor's bookkeeping."""

    Type: Word = None
    TimelineIn: Seconds = None
    TimelineOut: Seconds = None
    ClipId: Word = None
    ReferenceClipId: Word = None
    Id: Word = None
    TrackId: Word = None
    Title: Word = None
    VirginDuration: Number = None
    Duration: Seconds = None


class SoundNotes(Part):
    """What only this program knows of a clip's sound: Role "speech" makes other sounds quieter."""

    Role: Word = None


class Trimmed(Placed):
    """A clip of recorded material."""

    MediaId: Word = None
    MediaURL: Word = None
    OriginalMediaURL: Word = None
    MediaIdType: Word = None
    In: Seconds = None
    Out: Seconds = None
    MaxOut: Seconds = None
    Speed: Number = None
    NoReferTimelineIn: Number = None
    NoReferTimelineOut: Number = None
    Effects: Annotated[EffectList, _AsList] = None
    Cuelight: SoundNotes | None = None


class Boxed(Part):
    """Where a picture goes, by the ratio/px rule."""

    X: Number = None
    Y: Number = None
    Width: Number = None
    Height: Number = None
    AdaptMode: Word = None
    Opacity: Number = None
    DyncFrames: Number = None


class Spoken(Part):
    """A synthetic voice."""

    Content: Word = None
    Voice: Word = None
    CustomizedVoice: Word = None
    Format: Word = None
    SpeechRate: Number = None
    PitchRate: Number = None
    Volume: Number = None


class VideoTrackClip(Trimmed, Boxed, Spoken):
    """A video, live or image clip, an avatar, or (in a track of Type Effect) an effect item."""

    MaskVideoUrl: Word = None
    AvatarId: Word = None
    LoopMotion: Flag = None
    SubType: Word = None
    ExtParams: Word = None


class AudioTrackClip(Trimmed, Spoken):
    """A sound, or a text read aloud."""

    LoopMode: Flag = None


class CaptionVideoClip(VideoTrackClip, TextLook):
    """Captions of what MediaURL says, on a video track; nothing of it is shown or heard."""

    AlignmentText: Word = None


class CaptionAudioClip(AudioTrackClip, TextLook):
    """Captions of what MediaURL says, on an audio track."""

    AlignmentText: Word = None


def _captions(value: Any) -> str:
    """Which clip `value` is: "AI_ASR" (captions alone) or "clip"."""
    if isinstance(value, dict):
        word = value.get("Type", next((value[key] for key in value if key.lower() == "type"), None))
        return "AI_ASR" if isinstance(word, str) and word.strip().lower() == "ai_asr" else "clip"
    return "AI_ASR" if isinstance(value, CaptionVideoClip | CaptionAudioClip) else "clip"


AnyVideoClip = Annotated[Annotated[VideoTrackClip, Tag("clip")] | Annotated[CaptionVideoClip, Tag("AI_ASR")],
                         Discriminator(_captions)]
AnyAudioClip = Annotated[Annotated[AudioTrackClip, Tag("clip")] | Annotated[CaptionAudioClip, Tag("AI_ASR")],
                         Discriminator(_captions)]


class ClipNotes(Part):
    """What a caption's clip remembers that plain IMS has no word for. Lengths are px of `Width` x `Height`."""

    Id: Prose = None
    Revision: Number = None
    Lane: Word = None
    Times: Any = None
    Width: Number = None
    Height: Number = None
    HighlightingStyle: Highlight | None = None
    Style: Any = None
    Runs: Any = None
    Motion: Any = None


class SubtitleTrackClip(Placed, TextLook):
    """Banner text, an external subtitle file, or recognised speech."""

    SubType: Word = None
    FileURL: Word = None
    MediaId: Word = None
    MediaURL: Word = None
    AlignmentText: Word = None
    Cuelight: ClipNotes | None = None


class ImageTrackClip(Placed, Boxed):
    """A picture above the video tracks."""

    ImageId: Word = None
    ImageURL: Word = None
    MediaId: Word = None
    MediaURL: Word = None
    Effects: Annotated[EffectList, _AsList] = None


class EffectTrackItem(Placed):
    """An effect over the whole picture for a while."""

    SubType: Word = None
    ExtParams: Word = None
    X: Number = None
    Y: Number = None
    Width: Number = None
    Height: Number = None
    Peak: Number = None
    Gain: Number = None
    Name: Word = None


class Track(Part):
    """What every track may carry."""

    Id: Word = None
    Type: Word = None
    Visible: Flag = None
    Disabled: Flag = None
    Count: Number = None
    MainTrack: Flag = None
    TrackShortenMode: Word = None
    TrackExpandMode: Word = None


class VideoTrack(Track):
    VideoTrackClips: Annotated[list[AnyVideoClip | None] | None, _AsList] = None


class AudioTrack(Track):
    AudioTrackClips: Annotated[list[AnyAudioClip | None] | None, _AsList] = None


class ImageTrack(Track):
    ImageTrackClips: Annotated[list[ImageTrackClip | None] | None, _AsList] = None


class SubtitleTrack(Track):
    SubtitleTrackClips: Annotated[list[SubtitleTrackClip | None] | None, _AsList] = None


class EffectTrack(Track):
    EffectTrackItems: Annotated[list[EffectTrackItem | None] | None, _AsList] = None


class Canvas(Part):
    """The size that px values are meant for."""

    Width: Number = None
    Height: Number = None


class VideoOutput(Part):
    Codec: Word = None
    Fps: Number = None
    Profile: Word = None
    Crf: Number = None
    Preset: Word = None
    Orientation: Word = None


class OutputConfig(Part):
    MediaURL: Word = None
    StorageLocation: Word = None
    FileName: Word = None
    VodTemplateGroupId: Word = None
    S3: Any = None
    Width: Number = None
    Height: Number = None
    Bitrate: Number = None
    MaxDuration: Seconds = None
    ProduceTemplateId: Word = None
    Video: VideoOutput | None = None


class Cover(Part):
    StartTime: Seconds = None


class ProduceConfig(Part):
    CoverConfig: Cover | None = None
    MaxBitrate: Number = None
    KeepOriginMaxBitrate: Flag = None
    AudioChannelCopy: Any = None
    AutoRegisterInputVodMedia: Flag = None
    OutputWebmTransparentChannel: Flag = None


class DuckingNotes(Part):
    """Music made quieter while somebody speaks: levels in dB, times in seconds; what is left out has a default."""

    Threshold: Number = None
    Amount: Number = None
    Attack: Seconds = None
    Release: Seconds = None


class CaptionNotes(Part):
    """How speech becomes captions where the dialect has no word for it: see program_captions."""

    Engine: Word = None
    SecondEngine: Word = None
    Language: Word = None
    Policy: Word = None
    Paging: Word = None
    Vocabulary: list[Word] | None = None
    Replacements: dict[str, str] | None = None
    Profanity: Word = None
    Banned: list[Word] | None = None
    HighlightMode: Word = None
    Speaker: Word = None
    Translate: Word = None
    Translator: Word = None
    SecondStyle: TextLook | None = None


class CuelightNotes(Part):
    """What only this program knows of a document; other readers ignore it."""

    Version: Number = None
    Mode: Word = None
    Journal: Word = None
    Words: Any = None
    Fallback: Word = None
    Model: Word = None
    HighlightWords: list[Word] | None = None
    Captions: CaptionNotes | None = None
    Ducking: DuckingNotes | None = None
    Width: Number = None
    Height: Number = None
    Rate: Word = None


class Timeline(Part):
    """The document: tracks bottom first."""

    VideoTracks: Annotated[list[VideoTrack | None] | None, _AsList] = None
    AudioTracks: Annotated[list[AudioTrack | None] | None, _AsList] = None
    ImageTracks: Annotated[list[ImageTrack | None] | None, _AsList] = None
    SubtitleTracks: Annotated[list[SubtitleTrack | None] | None, _AsList] = None
    EffectTracks: Annotated[list[EffectTrack | None] | None, _AsList] = None
    FECanvas: Canvas | None = None
    MaxDuration: Seconds = None
    Version: Any = None
    SdkVersion: Word = None
    AspectRatio: Word = None
    From: Word = None
    FEConfig: Any = None
    OutputMediaConfig: OutputConfig | None = None
    EditingProduceConfig: ProduceConfig | None = None
    Cuelight: CuelightNotes | None = None


class Job(Part):
    """The envelope that a Timeline is sent in. `Timeline` is typed apart, so that its paths stay short."""

    Timeline: Any = None
    ProjectId: Word = None
    TemplateId: Word = None
    ClipsParam: Any = None
    OutputMediaConfig: OutputConfig | None = None
    EditingProduceConfig: ProduceConfig | None = None
    OutputMediaTarget: Word = None
    ProjectMetadata: Any = None
    MediaMetadata: Any = None
    UserData: Any = None
    Source: Word = None
    ClientToken: Word = None
