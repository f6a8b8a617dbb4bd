"""hub: the WebRTC side of a server: who publishes and who watches, from the offer to the last resource freed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from stream.errors import RefusedError
from stream.rtc.ingest import Publisher, RtcDoor
from stream.rtc.peer import (
    Offered,
    Reach,
    UnsupportedError,
    answer,
    codec_names,
    offered_ufrag,
    open_peer,
    preferences,
    read_offer,
    resource_id,
    tap,
    tune_sender,
)
from stream.rtc.playback import Track, Viewers

CONNECT_S = 15.0
"""A peer has so long from its offer to a connection."""
SILENT_S = 12.0
"""A viewer that sends no report for so long has gone: browsers send one each second, or five for sound alone."""
MAX_PEERS = 64


@dataclass(slots=True, eq=False)
class Peer:
    """One connection: its resource id, the name it belongs to, and what frees it. `heard_ns`: its last sign of life."""

    id: str
    name: str
    role: str
    address: str
    pc: Any = field(repr=False)
    heard: Callable[[], int]
    ufrag: str = ""
    their_ufrag: str = ""
    silent_s: float = SILENT_S
    leave: Callable[[str], None] = lambda _: None
    ended: str = ""
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None

    @property
    def etag(self) -> str:
        """The ICE session's entity tag (RFC 9725, 4.3.1)."""
        return f'"{self.ufrag}"'

    def end(self, words: str) -> None:
        """Let its task close it; `words` say why."""
        self.ended = self.ended or words
        self.gone.set()


class Hub:
    """All WebRTC peers of one server. `publish` and `watch` answer offers; `end` frees one, `close` all.

    A peer that does not connect within 15 s, whose connection fails, or that is silent for too long is freed as well.
    """

    def __init__(self, door: RtcDoor, reach: Reach, *, now_ns: Callable[[], int] = time.monotonic_ns,
                 max_peers: int = MAX_PEERS, connect_s: float = CONNECT_S, silent_s: float = SILENT_S) -> None:
        self.door, self.reach, self._now_ns = door, reach, now_ns
        self._max_peers, self._connect_s, self._silent_s = max_peers, connect_s, silent_s
        self.peers: dict[str, Peer] = {}

    async def publish(self, name: str, sdp: str, address: str) -> tuple[Peer, str]:
        """Take the publisher of `name`: its peer and our SDP answer.

        ProtocolError for no offer, UnsupportedError (a ProtocolError) for one with nothing usable, RefusedError when
        nobody waits or somebody publishes already, MediaError without a free port.
        """
        offered = read_offer(sdp)
        if not set(offered.directions) & {"sendonly", "sendrecv"}:
            raise UnsupportedError("This offer sends nothing", "Offer sendonly sections")
        self._check_room()
        publisher = self.door.admit(name, address)
        pc = open_peer()
        peer = Peer(resource_id(), name, "publisher", address, pc, lambda: publisher.intake.heard_ns,
                    silent_s=publisher.listener.idle_s, leave=publisher.leave)
        publisher.cut = peer.end
        return await self._answered(peer, sdp, lambda: self._receive(peer, publisher, offered))

    async def watch(self, name: str, sdp: str, address: str, viewers: Viewers) -> tuple[Peer, str]:
        """Let a viewer have what goes to `viewers`: its peer and our SDP answer. Raises as `publish`."""
        offered = read_offer(sdp)
        if not set(offered.directions) & {"recvonly", "sendrecv"}:
            raise UnsupportedError("This offer receives nothing", "Offer recvonly sections")
        self._check_room()
        if viewers.closed:
            raise RefusedError(f"{name} has ended", "Start it again")
        tracks = [Track(kind) for kind in offered.kinds]
        heard = [self._now_ns()]

        def leave(_: str) -> None:
            for track in tracks:
                viewers.leave(track)
            if ended in viewers.on_close:
                viewers.on_close.remove(ended)

        def ended() -> None:
            peer.end("the session ended")

        peer = Peer(resource_id(), name, "viewer", address, open_peer(), lambda: heard[0],
                    silent_s=self._silent_s, leave=leave)
        viewers.on_close.append(ended)
        self._send(peer, tracks, viewers, lambda: heard.__setitem__(0, self._now_ns()))

        def join() -> None:
            for track in tracks:
                viewers.join(track)

        return await self._answered(peer, sdp, lambda: None, connected=join)

    def viewers(self, output: Any) -> Viewers:
        """Return who watches `output` (`stream.run.outputs.Output`); the first time, they become its watchers."""
        found = next((watcher for watcher in output.watchers if isinstance(watcher, Viewers)), None)
        if found is None:
            found = Viewers(output.want_key, output.rendition)
            output.watchers.append(found)
        return found

    def find(self, name: str, resource: str) -> Peer | None:
        """Return the peer with this resource id, if it belongs to `name`."""
        peer = self.peers.get(resource)
        return peer if peer is not None and peer.name == name else None

    async def end(self, peer: Peer, words: str) -> None:
        """Free `peer` and wait until that is done."""
        peer.end(words)
        if peer.task is not None:
            await asyncio.wait([peer.task])

    async def close(self) -> None:
        """Free every peer."""
        for peer in list(self.peers.values()):
            await self.end(peer, "the server ended")

    def _check_room(self) -> None:
        if len(self.peers) >= self._max_peers:
            raise RefusedError(f"{self._max_peers} WebRTC peers are connected already", "End one of them first")

    async def _answered(self, peer: Peer, sdp: str, prepare: Callable[[], None],
                        connected: Callable[[], None] = lambda: None) -> tuple[Peer, str]:
        """Answer; from here on the peer's own task frees it."""
        self.peers[peer.id] = peer
        try:
            if peer.role == "publisher":
                for kind in read_offer(sdp).kinds:
                    peer.pc.addTransceiver(kind, "recvonly").setCodecPreferences(preferences(kind))
            said = await answer(peer.pc, sdp, self.reach)
            prepare()
            peer.ufrag, peer.their_ufrag = offered_ufrag(said), offered_ufrag(sdp)
        except BaseException:
            del self.peers[peer.id]
            peer.leave("its offer could not be answered")
            await peer.pc.close()
            raise
        peer.task = asyncio.create_task(self._stay(peer, connected), name=f"webrtc-{peer.role}-{peer.name}")
        return peer, said

    def _receive(self, peer: Peer, publisher: Publisher, offered: Offered) -> None:
        intake = publisher.intake
        for transceiver in peer.pc.getTransceivers():
            kind = transceiver.kind

            def heard(ntp: int, rtp: int, kind: str = kind) -> None:
                intake.together.report(kind, ntp, rtp)

            tap(transceiver.receiver, intake.assembler(kind, codec_names(transceiver._codecs)), heard,
                lambda: peer.end("the publisher ended"))

    def _send(self, peer: Peer, tracks: list[Track], viewers: Viewers, heard: Callable[[], None]) -> None:
        for track in tracks:
            transceiver = peer.pc.addTransceiver(track, "sendonly")
            transceiver.setCodecPreferences(preferences(track.kind, baseline=True))
            tune_sender(transceiver.sender, wants_key=viewers.ask_key if track.kind == "video" else lambda: None,
                        heard=heard, ntp=partial(_ntp, track, viewers))

    async def _stay(self, peer: Peer, connected: Callable[[], None]) -> None:
        """Wait until the peer is to be freed, and free it."""
        pc, began_ns, is_connected = peer.pc, self._now_ns(), False
        pc.on("connectionstatechange", lambda: peer.gone.set() if pc.connectionState in ("failed", "closed") else None)
        try:
            while not peer.gone.is_set():
                if not is_connected and pc.connectionState == "connected":
                    is_connected = True
                    connected()
                since_ns = peer.heard() if is_connected else began_ns
                allowed_s = peer.silent_s if is_connected else self._connect_s
                if self._now_ns() - max(since_ns, began_ns) > allowed_s * 1e9:
                    peer.end(f"it was silent for {allowed_s:g} s" if is_connected else "it did not connect")
                await _within(peer.gone.wait(), 0.05 if not is_connected else 0.5)
        finally:
            self.peers.pop(peer.id, None)
            peer.leave(peer.ended or "the connection was lost")
            await pc.close()


def _ntp(track: Track, viewers: Viewers) -> int:
    return track.ntp(viewers.origin_ns)


async def _within(wait: Awaitable[Any], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await wait
    except TimeoutError:
        return

