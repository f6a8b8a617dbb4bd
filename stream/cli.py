"""cli: the commands; each imports what it needs when it runs, so that --help is instant."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from stream.errors import CuelightError

EXIT_PROBLEM, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130


def build() -> argparse.ArgumentParser:
    """Return the parser of `cuelight`."""
    parser = argparse.ArgumentParser(
        prog="cuelight", description="Live captions and matting for streams; and the Timeline that replays them.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    live = commands.add_parser("live", help="caption and re-background a live source, republish and record it")
    live.add_argument("source", help="a URL (rtmp-listen://0.0.0.0:1935/live/${KEY}, rtmp://…, test:, a file), or a "
                                     "Timeline (.json) with a live clip")
    live.add_argument("--to", action="append", default=[], metavar="URL", help="rtmp(s)://…, a file, or a folder/; "
                      "repeat for more")
    live.add_argument("--background", default="", metavar="FILE|blur|#rrggbb", help="cut the person out, over this")
    live.add_argument("--captions", action=argparse.BooleanOptionalAction, default=True)
    live.add_argument("--caption-audio", default="", metavar="WHICH",
                      help="left, right, track:N or another source's URL")
    live.add_argument("--highlight", default="", metavar="WORDS|auto",
                      help="key words, separated by commas (or @file); or auto: those that carry the sentence")
    _speech(live)
    live.add_argument("--record", default="recordings", metavar="DIR", help="where the recording's folder goes")
    live.add_argument("--no-record", action="store_true")
    live.add_argument("--show", default="live", help="the show's name, for file names")
    live.add_argument("--delay", default="0", metavar="S|auto", help="hold the programme so that captions are in time; "
                      "auto: as long as 95 %% of the words need")
    live.add_argument("--for", dest="for_s", type=float, default=0.0, metavar="S", help="end after this long")
    live.add_argument("--fallback", choices=("background", "blur", "pass"), default="background",
                      help="what is shown while there is no matte")
    live.add_argument("--matte", choices=("selfie", "selfie-landscape"), default="selfie", help="segmentation model")
    live.add_argument("--preset", default="youtube,superfast", metavar="NAMES",
                      help="platform (youtube, twitch, lan) and/or x264 preset (ultrafast … slow)")
    live.add_argument("--bitrate", type=int, default=0, metavar="KBPS")
    live.add_argument("--provider", choices=("auto", "cpu", "cuda", "tensorrt"), default="auto")
    live.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="an option of the source")
    _picture(live)
    live.add_argument("--json", metavar="FILE", help="write the run's report here")

    new = commands.add_parser("new", help="write a commented starter Timeline")
    new.add_argument("kind", choices=("captions", "background", "both"))
    new.add_argument("out", nargs="?", default="-", help="file (default: standard output)")

    render = commands.add_parser("render", help="render a Timeline, or a recording's folder, to a file")
    render.add_argument("timeline")
    render.add_argument("out", help=".mp4 .mov .webm .mkv .m3u8 .ts .flv .gif, or sound alone: .m4a .mp3 .wav .flac "
                                    ".opus")
    _picture(render)
    render.add_argument("--preset", default="", metavar="NAMES", help="encoder preset (ultrafast … slower; default: "
                        "veryfast) and/or a platform (youtube, twitch, lan) whose bit rate to keep to")
    render.add_argument("--codec", default="", help="h264, hevc, vp9, av1 or prores, as the file's suffix allows")
    render.add_argument("--alpha", action="store_true", help="transparent where nothing is shown (.webm, .mov, .gif)")
    render.add_argument("--cover", default="", metavar="FILE", help="write one picture here (.jpg, .png)")
    render.add_argument("--cc", choices=("608",), default="", help="captions also beside the picture, for players to "
                        "switch on and off (CEA-608; a second language on CC3)")
    render.add_argument("--draft", action="store_true", help="half the size, lowest quality: a quick look")
    render.add_argument("--threads", type=int, default=0, metavar="N",
                        help="of the encoder (default: one for each processor)")
    render.add_argument("--from", dest="from_s", type=float, default=0.0, metavar="S")
    render.add_argument("--to", dest="to_s", type=float, default=0.0, metavar="S")
    render.add_argument("--report", metavar="FILE", help="write what was made and how here, as JSON")
    _read(render)
    render.add_argument("--csv", default="", metavar="FILE", help="an output for each row: columns are variables, and "
                        "{column} in OUT")

    frame = commands.add_parser("frame", help="one picture of a Timeline")
    frame.add_argument("timeline")
    frame.add_argument("time", type=float, metavar="T")
    frame.add_argument("out", metavar="OUT.png")
    _picture(frame)
    _read(frame)

    contact = commands.add_parser("contact", help="a sheet of all transitions")
    contact.add_argument("out", metavar="OUT.png")
    contact.add_argument("--pictures", nargs=2, metavar=("A", "B"), help="from one picture to another of your own")
    contact.add_argument("--width", type=int, default=160, metavar="PX", help="of each picture (default: 160)")

    check = commands.add_parser("check", help="every problem of a Timeline, with its place and remedy")
    check.add_argument("timeline")
    check.add_argument("--json", action="store_true")
    check.add_argument("--media-root", metavar="DIR")
    _read(check)

    resolve = commands.add_parser("resolve", help="print a Timeline with every time, box and reference settled")
    resolve.add_argument("timeline")
    resolve.add_argument("--json", action="store_true", help="print the document alone, without notes on stderr")
    resolve.add_argument("--freeze-speech", action="store_true", help="write what is said into it: captions as text "
                         "with their times, so that it renders again without any engine")
    resolve.add_argument("--audio-dir", default="", metavar="DIR", help="with --freeze-speech: put what the voices say "
                         "here as sound files, and these into the Timeline")
    _picture(resolve)
    _read(resolve)

    transcribe = commands.add_parser("transcribe", help="what a film, a sound or a recording says, with times")
    transcribe.add_argument("media", metavar="MEDIA|RECORDING_DIR")
    transcribe.add_argument("out", metavar="OUT", help=".json (words with times), .srt .vtt .ass .ttml")
    transcribe.add_argument("--engine", default="", metavar="NAME[:DIR]", help="who hears it (`cuelight models` lists "
                            "them); for a recording: hear it anew")
    transcribe.add_argument("--language", default="", metavar="TAG", help="en, zh, …")
    transcribe.add_argument("--vocabulary", default="", metavar="WORDS", help="names and terms as they are spelled, "
                            "separated by commas (or @file)")
    transcribe.add_argument("--text", default="", metavar="FILE", help="the words are in this file: find out when each "
                            "was said")

    commands.add_parser("schema", help="print the JSON Schema of a Timeline")

    export = commands.add_parser("export", help="captions, or the edit, in another program's format")
    export.add_argument("timeline", metavar="TIMELINE|RECORDING_DIR")
    export.add_argument("out", metavar="OUT", help=".srt .vtt .ass .ttml, or the edit: .otio; a second language "
                        "goes to OUT.zh.srt beside OUT.srt")
    export.add_argument("--by-word", action="store_true", help="in .srt, a line for each word as it is said")
    _picture(export)
    _read(export)

    verify = commands.add_parser("verify", help="prove that a recording replays to the pictures that were shown")
    verify.add_argument("recording", metavar="RECORDING_DIR")
    verify.add_argument("--json", action="store_true")

    finish = commands.add_parser("finish", help="write a recording's Timelines and captions (after a crash)")
    finish.add_argument("recording", metavar="RECORDING_DIR")

    _serve(commands.add_parser("serve", help="the server: sessions over HTTP, WebRTC in and out, recordings"))

    bench = commands.add_parser("bench", help="measure: latency, captions, matting, render (each has its own --help)")
    bench.add_argument("what")
    bench.add_argument("rest", nargs=argparse.REMAINDER)

    doctor = commands.add_parser("doctor", help="what this machine can do, what is missing, and the remedy")
    doctor.add_argument("--json", action="store_true")

    models = commands.add_parser("models", help="engines, weights and licences; fetch an optional one")
    models.add_argument("--json", action="store_true")
    models.add_argument("action", nargs="?", choices=("get",))
    models.add_argument("name", nargs="?")
    return parser


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="default: 127.0.0.1, this machine alone. For others to reach it: 0.0.0.0 with "
                                       "--tls-cert and --tls-key, or with --behind-tls")
    parser.add_argument("--port", type=int, help="default: 8787")
    parser.add_argument("--data", metavar="DIR", help="database, recordings, media and outputs (./cuelight-data)")
    parser.add_argument("--config", metavar="FILE", help="these flags (and more) as members of a TOML or JSON file")
    parser.add_argument("--tls-cert", metavar="FILE")
    parser.add_argument("--tls-key", metavar="FILE")
    parser.add_argument("--behind-tls", action="store_true", default=None, help="a proxy in front speaks TLS")
    parser.add_argument("--no-auth", action="store_true", help="ask for no tokens: whoever has an account here "
                        "may do everything; refused unless bound to loopback")
    parser.add_argument("--allow", action="append", metavar="WHAT", help="a folder that may be read, out:FOLDER that "
                        "may be written to, a private host, address or network; repeat for more")
    parser.add_argument("--origin", dest="origins", action="append", metavar="URL", help="a web site whose pages may "
                        "call the server; repeat for more")
    parser.add_argument("--udp-ports", metavar="FIRST-LAST", help="WebRTC's ports (default: any)")
    parser.add_argument("--public-address", metavar="ADDRESS", help="what WebRTC tells the other side")
    parser.add_argument("--jobs", type=int, metavar="N", help="render jobs at a time (default: 1)")


def _speech(parser: argparse.ArgumentParser) -> None:
    flags = parser.add_argument_group("speech to captions", "What is left out here is as the Timeline says, else the "
                                      "first or plainest of its kind")
    flags.add_argument("--engine", default="", metavar="NAME[:FOLDER]", help="what hears: moonshine, whisper, "
                       "vosk:FOLDER, sherpa:FOLDER (see: cuelight models)")
    flags.add_argument("--second-engine", default="", metavar="NAME[:FOLDER]",
                       help="reads each finished sentence again, for the polished Timeline")
    flags.add_argument("--language", default="", metavar="TAG", help="what is spoken: en, zh, de …")
    flags.add_argument("--policy", choices=("stable", "eager", "final"), default="",
                       help="stable: words that will not change; eager: at once, revised; final: whole sentences")
    flags.add_argument("--paging", choices=("pop-on", "roll-up"), default="", help="how pages follow one another")
    flags.add_argument("--vocabulary", default="", metavar="WORDS", help="names and terms as they are to be spelled, "
                       "separated by commas (or @file)")
    flags.add_argument("--replace", action="append", default=[], metavar="SAID=SHOWN", help="repeat for more")
    flags.add_argument("--profanity", choices=("off", "letter", "remove"), default="",
                       help="what happens to the words of the lists: letter keeps the first")
    flags.add_argument("--spoken", action="store_true", help="highlight the word that is being said")
    flags.add_argument("--speaker", default="", metavar="NAME", help="who speaks, before the captions")
    flags.add_argument("--translate", default="", metavar="TAG", help="a second lane of captions in this language")
    flags.add_argument("--translator", default="", metavar="FOLDER", help="what translates (default: the engine)")
    flags.add_argument("--cc", choices=("608",), default="", help="captions also beside the picture, for players to "
                       "switch on and off (CEA-608; a second language on CC3)")


def _picture(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", metavar="WxH", help="output size")
    parser.add_argument("--fps", metavar="N", help="output rate, e.g. 30 or 30000/1001")
    parser.add_argument("--media-root", metavar="DIR", help="find same-named local files for URLs here")


def _read(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE",
                        help="the value of the variable $NAME in the Timeline; repeat for more")
    parser.add_argument("--ims-bgr", action="store_true", help="read HighlightingStyle colours as BBGGRR")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 done, 1 a problem, 2 wrong usage, 130 interrupted."""
    args = build().parse_args(argv)
    try:
        command = importlib.import_module(f"stream.commands.{args.command}")
        code: int = command.run(args)
        return code
    except CuelightError as error:
        print(f"cuelight: {error}", file=sys.stderr)
        return EXIT_PROBLEM
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_PROBLEM
    except OSError as error:
        print(f"cuelight: {error.filename or args.command}: {error.strerror or error}", file=sys.stderr)
        return EXIT_PROBLEM


if __name__ == "__main__":
    sys.exit(main())
