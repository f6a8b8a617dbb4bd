"""demo: the main job on bundled input: a clip goes out live, comes back with captions on a beach, and replays.

    python -m stream.bench.demo [--out DIR]

`cuelight live` runs as a child process; the clip is published to it over RTMP in real time, and a second RTMP
receiver, here, takes what it sends on. Then `cuelight render` and `cuelight verify` work on what was recorded.
Every line of the summary is checked; a check that fails makes the exit code 1.
"""

import argparse
import asyncio
import json
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stream.bench.demo_summary import CLIP, Check, check_captions, check_live, pictures_in, show
from stream.bench.pipeline import HOST, child, free_port, last_words, listening
from stream.bench.prepare import DEMO
from stream.bench.publish import publish
from stream.bench.receiver import open_url
from stream.codecs.decode import VideoDecoder
from stream.door import Door
from stream.errors import CuelightError, MediaError
from stream.recording.folder import new_folder
from stream.worker import ThreadWorker

BEACH = DEMO / "beach.jpg"
KEY, OUT_KEY = "DEMO_KEY", "DEMO_OUT_KEY"


@dataclass(slots=True)
class Viewer:
    """The second receiver: it takes the stream as any RTMP server would, and decodes it."""

    packets: int = 0
    pictures: int = 0
    sounds: int = 0

    async def watch(self, url: str) -> None:
        """Take what is published to `url` until its publisher has gone."""
        decoder: VideoDecoder | None = None
        worker = ThreadWorker("viewer")
        try:
            async for packet in open_url(url, {"first_s": "60", "reconnect_s": "1"}, Door()):
                if packet.setup.kind != "video":
                    self.sounds += 1
                    continue
                if decoder is None or decoder.setup != packet.setup:
                    decoder = VideoDecoder(packet.setup)
                self.pictures += len(await worker.run(decoder.decode, packet, self.packets))
                self.packets += 1
        finally:
            worker.close()


async def air(folder: Path, say: Callable[[str], None]) -> Viewer:
    """Run the live part into `folder`: out.mp4, report.json, the recording; return what the viewer saw."""
    port, port_out = free_port(), free_port()
    keys = {KEY: secrets.token_hex(8), OUT_KEY: secrets.token_hex(8)}
    log = folder / "live.log"
    live = ["-m", "stream.cli", "live", f"rtmp-listen://{HOST}:{port}/live/${{{KEY}}}", "--background", str(BEACH),
            "--to", f"rtmp://{HOST}:{port_out}/live/${{{OUT_KEY}}}", "--to", str(folder / "out.mp4"),
            "--record", str(folder), "--show", "show", "--highlight", f"@{DEMO / 'highlights.txt'}",
            "--json", str(folder / "report.json"), "--option", "reconnect_s=1"]
    viewer, loop = Viewer(), asyncio.get_running_loop()
    watching = asyncio.create_task(viewer.watch(f"rtmp-listen://{HOST}:{port_out}/live/{keys[OUT_KEY]}"), name="viewer")
    began_s = loop.time()
    try:
        async with child(live, keys, log) as pipeline:
            await listening(pipeline, port, log)
            say(f"cuelight live listens after {loop.time() - began_s:.1f} s; publishing {CLIP.name} over RTMP")
            await publish(CLIP, f"rtmp://{HOST}:{port}/live/{keys[KEY]}", lambda zero_ns: None, wait_s=5)
            say("published; the show ends")
            async with asyncio.timeout(60):
                await pipeline.wait()
            if pipeline.returncode:
                raise MediaError(f"cuelight live ended with {pipeline.returncode}: {last_words(log)}", f"See {log}")
        await asyncio.wait([watching], timeout=10)
    finally:
        watching.cancel()
        await asyncio.wait([watching])
    if not watching.cancelled() and (error := watching.exception()) is not None:
        raise error
    return viewer


async def command(arguments: Sequence[str], log: Path) -> tuple[int, str]:
    """Run a cuelight command to its end; return its exit code and what it printed."""
    async with child(["-m", "stream.cli", *arguments], {}, log) as process:
        out, _ = await process.communicate()
        return int(process.returncode or 0), out.decode()


async def check_replay(folder: Path, recording: Path) -> list[Check]:
    """Render the as-aired Timeline and verify the recording."""
    replay, log = folder / "replay.mp4", folder / "replay.log"
    failed, _ = await command(["render", str(recording / "as-aired.json"), str(replay)], log)
    if failed:
        return [Check("replay", f"cuelight render failed: {last_words(log)}", False)]
    pictures, _, _ = pictures_in(replay)
    code, printed = await command(["verify", str(recording), "--json"], folder / "verify.log")
    try:
        verdict = json.loads(printed)
    except ValueError:
        return [Check("verify", f"cuelight verify failed: {last_words(folder / 'verify.log')}", False)]
    ticks, equal = int(verdict["ticks"]), int(verdict["equal"])
    return [Check("replay.mp4", f"{pictures} pictures", pictures == ticks),
            Check("replay hashes equal", f"{equal} of {ticks}", code == 0 and equal == ticks > 0)]


async def run(folder: Path, say: Callable[[str], None]) -> bool:
    """Do it all in `folder`; return whether every check held."""
    say(f"starting cuelight live: RTMP in, captions and a beach, RTMP and a file out (it speaks in {folder}/live.log)")
    viewer = await air(folder, say)
    recording = next((p.parent for p in folder.glob("*/as-aired.json")), None)
    if recording is None:
        raise MediaError("no recording was left", f"See {folder / 'live.log'}")
    checks = check_live(folder, viewer.pictures, viewer.sounds)
    captions, script, heard = check_captions(recording)
    say("replaying the recording and comparing every picture")
    checks += [captions, *await check_replay(folder, recording)]
    show(checks, script, heard, folder, recording)
    return all(check.good is not False for check in checks)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo from the command line; 0 when every check held."""
    parser = argparse.ArgumentParser(prog="python -m stream.bench.demo", description="The main job on bundled input.")
    parser.add_argument("--out", type=Path, default=Path("recordings"), metavar="DIR", help="where its folder goes")
    asked = parser.parse_args(argv)
    if not CLIP.exists():
        parser.exit(1, f"{CLIP} is not there: run the demo from a checkout\n")
    try:
        folder = new_folder(asked.out, "demo", datetime.now(UTC).astimezone())
        return 0 if asyncio.run(run(folder, lambda line: print(line, file=sys.stderr, flush=True))) else 1
    except CuelightError as error:
        parser.exit(1, f"{error}\n")
    except TimeoutError:
        parser.exit(1, "cuelight live did not end\n")


if __name__ == "__main__":
    raise SystemExit(main())
