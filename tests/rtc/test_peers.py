"""aiortc to aiortc: publishing, watching, key frames on request, peers that vanish, and what is relied on of aiortc."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from aioice import Connection
from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCRtpSender
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack

from stream.codecs.encode import Rendition, VideoEncoder
from stream.door import Door
from stream.errors import MediaError, ProtocolError, RefusedError
from stream.media import NS, AudioFrame, Packet, new_frame
from stream.rtc.hub import Hub
from stream.rtc.ingest import WHIP_APP, RtcDoor
from stream.rtc.peer import Reach, UnsupportedError, accept, offer, open_peer, preferences, read_offer
from stream.rtc.playback import VIDEO_DEPTH, Track, Viewers
from stream.sources import ListenSpec
from support import free_port, run_real

HERE = Reach(only_loopback=True)
SPEC = ListenSpec("", 0, WHIP_APP, "show")
RENDITION = Rendition(64, 48, Fraction(30), encoder="libx264", video_bitrate=200_000)


@asynccontextmanager
async def a_hub(reach: Reach = HERE, **members: Any) -> AsyncIterator[Hub]:
    hub = Hub(RtcDoor(Door(), time.monotonic_ns), reach, **members)
    try:
        yield hub
    finally:
        await hub.close()
        assert not hub.peers


async def publishing(hub: Hub, *, codec: str = "H264") -> tuple[RTCPeerConnection, Any]:
    """A publisher of aiortc's own pictures and sound that is connected to `hub`."""
    pc = open_peer()
    video = pc.addTransceiver(VideoStreamTrack(), "sendonly")
    video.setCodecPreferences([c for c in preferences("video") if c.mimeType == f"video/{codec}"
                               and c.parameters.get("profile-level-id", "42e01f") == "42e01f"])
    pc.addTransceiver(AudioStreamTrack(), "sendonly").setCodecPreferences(preferences("audio"))
    try:
        peer, said = await hub.publish("show", await offer(pc, HERE), "here")
    except RefusedError:
        await pc.close()
        raise
    await accept(pc, said)
    return pc, peer


async def until(check: Any, seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("codec", ["H264", "VP8"])
def test_a_publisher_s_picture_and_sound_arrive_as_packets(codec: str) -> None:
    async def go() -> None:
        async with a_hub() as hub, hub.door.listen(SPEC) as publishers:
            pc, peer = await publishing(hub, codec=codec)
            publisher = await anext(publishers)
            got: list[Packet] = []
            async for packet in publisher:
                got.append(packet)
                if len(got) == 40:
                    break
            kinds = {packet.setup.codec for packet in got}
            assert kinds == {codec.lower(), "opus"} and not any(packet.lost_before for packet in got)
            video = [packet for packet in got if packet.setup.kind == "video"]
            assert video[0].is_key and (video[0].setup.width_px, video[0].setup.height_px) == (640, 480)
            with pytest.raises(RefusedError):
                await publishing(hub)
            await pc.close()
            await until(lambda: not hub.peers)
            assert publisher.ended and peer.ended

    run_real(go())


class Picture:
    """A session's output as viewers see it: an encoder that makes key frames when it is asked to."""

    def __init__(self) -> None:
        self.encoder, self.asked, self.at = VideoEncoder(RENDITION), 0, 0
        self.viewers = Viewers(self._ask, RENDITION)
        self._wanted = False

    def _ask(self) -> None:
        self.asked, self._wanted = self.asked + 1, True

    async def run(self) -> None:
        while True:
            frame = new_frame(64, 48, pts_ns=self.at * NS // 30)
            for plane in (frame.y, frame.u, frame.v):
                plane[:] = 40 + self.at % 100
            wanted, self._wanted = self._wanted, False
            for packet in self.encoder.encode(frame, wanted):
                self.viewers.watch(packet)
            sound = AudioFrame(np.zeros((2, 1600), np.float32), self.at * NS // 30)
            self.viewers.sound(self.viewers.hear(sound))
            self.at += 1
            await asyncio.sleep(1 / 60)


async def watching(hub: Hub, viewers: Viewers) -> tuple[RTCPeerConnection, Any, list[MediaStreamTrack]]:
    pc = open_peer()
    tracks: list[MediaStreamTrack] = []
    pc.on("track", tracks.append)
    for kind in ("video", "audio"):
        pc.addTransceiver(kind, "recvonly").setCodecPreferences(preferences(kind, baseline=True))
    peer, said = await hub.watch("show", await offer(pc, HERE), "here", viewers)
    await accept(pc, said)
    return pc, peer, tracks


def test_viewers_share_one_encode_and_a_vanished_one_is_dropped() -> None:
    async def go() -> None:
        picture = Picture()
        async with a_hub(silent_s=2.5) as hub:
            task = asyncio.create_task(picture.run(), name="picture")
            peers = [await watching(hub, picture.viewers) for _ in range(3)]
            for _, _, tracks in peers:
                for track in tracks:
                    async with asyncio.timeout(10):
                        frame: Any = await track.recv()
                        assert track.kind == "audio" or (frame.width, frame.height) == (64, 48)
            assert len(picture.viewers) == 3 and picture.asked <= 4
            (vanished, _, _), (closed, _, _), (stays, peer, _) = peers
            ice: Any = vanished.getTransceivers()[0].receiver.transport.transport.iceGatherer._connection
            for protocol in ice._protocols:  # nothing more is said, not even goodbye
                protocol.transport.close()
            await closed.close()
            await until(lambda: len(picture.viewers) == 1)
            assert list(hub.peers) == [peer.id]
            picture.viewers.close()
            await until(lambda: not hub.peers)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await vanished.close()
            await stays.close()

    run_real(go())


def test_key_frames_are_made_at_most_once_a_second() -> None:
    clock, asked = SimpleNamespace(ns=0), []
    viewers = Viewers(lambda: asked.append(clock.ns), RENDITION, lambda: clock.ns)
    packet = VideoEncoder(RENDITION).encode(new_frame(64, 48), True)[0]
    async def go() -> None:
        track = Track("video")
        viewers.join(track)
        for ms in range(0, 3000, 10):
            clock.ns = ms * 1_000_000
            viewers.ask_key()
            viewers.watch(packet)
        track.stop()

    run_real(go())
    assert asked == [0, NS, 2 * NS]


def test_a_slow_viewer_loses_pictures_and_the_others_none() -> None:
    picture = Picture()

    async def go() -> None:
        slow, quick = Track("video"), Track("video")
        picture.viewers.join(slow)
        picture.viewers.join(quick)
        for n in range(VIDEO_DEPTH * 3):
            for packet in picture.encoder.encode(new_frame(64, 48, pts_ns=n * NS // 30)):
                picture.viewers.watch(packet)
            await quick.recv()
        assert quick.sent == VIDEO_DEPTH * 3 and not quick.waiting.dropped
        assert slow.waiting.dropped and len(slow.waiting) <= VIDEO_DEPTH
        slow.stop()
        quick.stop()

    run_real(go())


@pytest.mark.parametrize(("text", "error"), [
    ("", ProtocolError), ("v=0\r\n", ProtocolError), ("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n", None),
    ("v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", UnsupportedError),
    ("v=0\r\n" + 2 * "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", UnsupportedError)])
def test_what_an_offer_holds_is_read_before_anything_is_made(text: str, error: type[Exception] | None) -> None:
    if error is None:
        assert read_offer(text).directions == ("sendrecv",)
    else:
        with pytest.raises(error):
            read_offer(text)


def test_ports_come_from_the_range_and_the_public_address_is_told() -> None:
    async def go() -> None:
        port = free_port(socket.SOCK_DGRAM)
        pc = open_peer()
        pc.addTransceiver("audio", "recvonly")
        said = await offer(pc, Reach((port, port), "192.0.2.7", only_loopback=True))
        assert f" 127.0.0.1 {port} typ host" in said
        other = open_peer()
        other.addTransceiver("audio", "recvonly")
        with pytest.raises(MediaError, match=f"{port}-{port}"):
            await offer(other, Reach((port, port), only_loopback=True))
        await other.close()
        await pc.close()

    run_real(go())


def test_what_is_relied_on_of_aiortc_is_there() -> None:
    """The names that `rtc.peer` reaches for; a new release that lost one must be looked at before it is allowed."""

    async def go() -> None:
        assert version("aiortc").startswith("1.16.")
        assert version("aioice").startswith("0.13.")
        pc = open_peer()
        transceiver = pc.addTransceiver("video", "sendrecv")
        receiver, sender = transceiver.receiver, transceiver.sender
        assert isinstance(receiver, RTCRtpReceiver) and isinstance(sender, RTCRtpSender)
        assert callable(vars(receiver)["_RTCRtpReceiver__jitter_buffer"].add)
        for of, names in ((receiver, ("_handle_rtcp_packet",)),
                          (sender, ("_send_keyframe", "_send_rtcp", "_handle_rtcp_packet"))):
            assert all(callable(getattr(of, name)) for name in names)
        connection = receiver.transport.transport.iceGatherer._connection
        assert isinstance(connection, Connection) and connection._protocols == []
        assert callable(connection.get_component_candidates)
        await pc.close()

    run_real(go())
