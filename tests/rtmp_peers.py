"""rtmp_peers: foreign RTMP programs and small encoded streams for the tests of door, sources and sinks."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import av
import numpy as np

from stream.media import NS, Packet, Setup
from stream.sinks import SinkContext
from stream.sources import Door, SourceContext
from stream.worker import ThreadWorker
from support import free_port, require_file, require_program, run_real

RATE = 25
T = TypeVar("T")


@cache
def picture(seconds: float = 1.0, codec: str = "libx264", bframes: int = 0, kbps: int = 300, size: str = "160x120",
            options: tuple[tuple[str, str], ...] = ()) -> tuple[Setup, tuple[Packet, ...]]:
    """Return a moving picture at 25 frames a second, a key frame each second, in decoding order."""
    context = av.CodecContext.create(codec, "w")
    context.width, context.height = map(int, size.split("x"))
    context.pix_fmt, context.framerate, context.time_base = "yuv420p", Fraction(RATE), Fraction(1, RATE)
    context.gop_size, context.bit_rate, context.flags = RATE, kbps * 1000, context.flags | 1 << 22
    extra = {"libx264": {"preset": "ultrafast", "bf": str(bframes), "sc_threshold": "0"},
             "libx265": {"preset": "ultrafast", "x265-params": f"log-level=none:bframes={bframes}"},
             "libsvtav1": {"preset": "12", "svtav1-params": "lookahead=0"}}[codec]
    context.options = {**extra, **dict(options)}
    found = []
    for index in range(round(seconds * RATE)):
        rows = np.full((context.height * 3 // 2, context.width), 128, np.uint8)
        rows[:context.height] = np.random.default_rng(index).integers(16, 235, (context.height, context.width))
        frame = av.VideoFrame.from_ndarray(rows, "yuv420p")
        frame.pts = index
        found += context.encode(frame)
    found += context.encode(None)
    name = {"libx264": "h264", "libx265": "hevc", "libsvtav1": "av1"}[codec]
    setup = Setup("video", name, bytes(context.extradata or b""), context.width, context.height, Fraction(RATE))
    return setup, tuple(Packet(setup, p.pts * NS // RATE, p.dts * NS // RATE, p.is_keyframe, bytes(p)) for p in found)


@cache
def sound(seconds: float = 1.0, codec: str = "aac") -> tuple[Setup, tuple[Packet, ...]]:
    """Return a tone, stereo at 48 kHz; the first packet lies before 0 by the encoder's priming."""
    context = av.CodecContext.create(codec, "w")
    context.sample_rate, context.layout, context.format = 48000, "stereo", {"aac": "fltp", "libopus": "flt"}[codec]
    context.time_base, context.flags = Fraction(1, 48000), context.flags | 1 << 22
    context.open()
    times = np.arange(round(seconds * 48000)) / 48000
    tone = (np.sin(times * 2 * np.pi * 440) * 0.3).astype(np.float32)
    found, size = [], context.frame_size
    for at in range(0, len(tone) - size + 1, size):
        both = np.stack([tone[at:at + size]] * 2)
        frame = av.AudioFrame.from_ndarray(both if codec == "aac" else both.T.reshape(1, -1).copy(),
                                           context.format.name, "stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, at, Fraction(1, 48000)
        found += context.encode(frame)
    found += context.encode(None)
    name = {"aac": "aac", "libopus": "opus"}[codec]
    setup = Setup("audio", name, bytes(context.extradata), sample_rate_hz=48000, channels=2)
    return setup, tuple(Packet(setup, p.pts * NS // 48000, p.pts * NS // 48000, True, bytes(p)) for p in found)


def interleaved(*tracks: Iterable[Packet]) -> list[Packet]:
    """Return packets by dts, the first key frame first."""
    packets = sorted((p for track in tracks for p in track), key=lambda p: p.dts_ns)
    first = next((i for i, p in enumerate(packets) if p.setup.kind == "video"), 0)
    return [packets[first], *packets[:first], *packets[first + 1:]]


async def flow(packets: Iterable[Packet], pause_s: float = 0.0) -> AsyncIterator[Packet]:
    """Yield `packets`, letting others run after each."""
    for packet in packets:
        yield packet
        await asyncio.sleep(pause_s)


def source_context(door: Door, said: list[str]) -> SourceContext:
    return SourceContext(ThreadWorker, said.append, door)


def sink_context(said: list[str], origin_ns: int = 0) -> SinkContext:
    return SinkContext(ThreadWorker, said.append, origin_ns)


_started: list[asyncio.subprocess.Process] = []


async def start(*command: str) -> asyncio.subprocess.Process:
    """Start a program; its complaints can be read from stderr. `run_peers` ends it if the test does not."""
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL,
                                                   stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
    _started.append(process)
    return process


def run_peers(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on an ordinary loop; programs that it started end with it, however it ends."""
    async def run() -> T:
        try:
            return await work
        finally:
            while _started:
                process = _started.pop()
                if process.returncode is None:
                    process.kill()
                await process.communicate()

    return run_real(run())


async def ffmpeg(*arguments: str) -> asyncio.subprocess.Process:
    """Start Debian's ffmpeg."""
    return await start(require_program("ffmpeg"), "-hide_banner", "-nostdin", "-v", "error", "-y", *arguments)


async def publish(url: str, seconds: float, *, video: bool = True, audio: bool = True, bframes: int = 0,
                  realtime: bool = False) -> asyncio.subprocess.Process:
    """Start ffmpeg publishing a test picture and a tone to `url`."""
    pace = ("-re",) if realtime else ()
    picture_in = (*pace, "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25") if video else ()
    sound_in = (*pace, "-f", "lavfi", "-i", "sine=r=48000") if audio else ()
    return await ffmpeg(*picture_in, *sound_in, "-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast",
                        "-g", "25", "-bf", str(bframes), "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", url)


async def words(process: asyncio.subprocess.Process) -> tuple[int, str]:
    """Wait for a program; return its exit code and what it wrote to stderr."""
    _, error = await process.communicate()
    assert process.returncode is not None
    return process.returncode, error.decode()


async def until_open(port: int) -> None:
    """Wait until something listens on `port`, without connecting to it."""
    wanted = f":{port:04X}"
    for _ in range(500):
        table = await asyncio.to_thread(Path("/proc/net/tcp").read_text)
        rows = [line.split() for line in table.splitlines()[1:]]
        if any(row[1].endswith(wanted) and row[3] == "0A" for row in rows):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"nothing listens on port {port}")


@asynccontextmanager
async def nginx(folder: Path, applications: str) -> AsyncIterator[str]:
    """Run nginx with its RTMP module and these applications; yields "rtmp://127.0.0.1:port"."""
    program, module = require_program("nginx"), require_file("/usr/lib/nginx/modules/ngx_rtmp_module.so")
    port = free_port()
    (folder / "nginx.conf").write_text(
        f"load_module {module};\ndaemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/log info;\n"
        f"events {{}}\nrtmp {{ server {{ listen 127.0.0.1:{port}; access_log off; {applications} }} }}\n")
    process = await start(program, "-e", f"{folder}/log", "-p", f"{folder}", "-c", f"{folder}/nginx.conf")
    await until_open(port)
    yield f"rtmp://127.0.0.1:{port}"
    process.kill()
    await process.communicate()


def certificate(folder: Path) -> tuple[str, str]:
    """Make a certificate for 127.0.0.1 that nobody else trusts; return (certificate file, key file)."""
    files = str(folder / "cert.pem"), str(folder / "key.pem")
    subprocess.run([require_program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files
