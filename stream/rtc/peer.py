"""peer: a WebRTC connection by aiortc, and the one place where what aiortc cannot do by itself is put right.

Of aiortc's and aioice's own parts these are touched, each for a reason; a test holds each of them:

- `CODECS`: H.264 Main and High are offered too. aiortc decodes baseline alone, but nothing is decoded here.
- `RTCRtpReceiver.__jitter_buffer`: replaced by an `Assembler`, which gives frames away sooner and before any decoder;
  aiortc's decoder thread and its unbounded queues stay empty.
- `_handle_rtcp_packet`: sender reports and signs of life are listened to.
- `RTCRtpSender._send_keyframe`: a viewer's PLI reaches the one encoder; `_send_rtcp`: reports tell the time of the
  picture or sound that was sent, not of the sending.
- `aioice.Connection.get_component_candidates`: addresses, ports and what is advertised are chosen here.
"""

import random
import re
import secrets
from asyncio import get_running_loop
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aioice import Candidate
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import StunProtocol
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
from aiortc.codecs import CODECS
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import RtcpByePacket, RtcpSrPacket
from aiortc.sdp import candidate_from_sdp

from stream.errors import MediaError, ProtocolError
from stream.rtc.frames import Assembler

NAMES = {"video/h264": "h264", "video/vp8": "vp8", "audio/opus": "opus"}
"""What is taken, and FFmpeg's names for it."""
_PROFILES = ("4d001f", "64001f", "640c1f")
_BASELINES = ("42e01f", "42001f")
_PROBES = 64
_CANDIDATE = re.compile(r"^a=candidate:\S+ \d+ \S+ \d+ \S+\.local .*\r?\n", re.MULTILINE)
_DIRECTION = re.compile(r"^a=(sendonly|recvonly|inactive|sendrecv)\s*$", re.MULTILINE)
_MEDIA = re.compile(r"^m=(\w+) (\d+) ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reach:
    """How peers reach us: UDP ports (first, last; zeros: any), and the address to tell them instead of our own.

    `loopback` tells them 127.0.0.1 too, for a peer on this machine. `only_loopback` tells nothing else.
    """

    udp_ports: tuple[int, int] = (0, 0)
    public_address: str = ""
    loopback: bool = False
    only_loopback: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """What an SDP offer holds: its media in order ("audio", "video"), and each one's direction."""

    kinds: tuple[str, ...]
    directions: tuple[str, ...]


class UnsupportedError(ProtocolError):
    """An offer that can be read, but has nothing in it that can be done here."""


def read_offer(sdp: str) -> Offered:
    """Return what `sdp` offers; ProtocolError when it is none, UnsupportedError for what is not done here."""
    if not sdp.startswith("v=0") or not (found := list(_MEDIA.finditer(sdp))):
        raise ProtocolError("This is no SDP offer", "Send what createOffer made, as application/sdp")
    kinds = tuple(match[1] for match in found)
    ends = [*(match.start() for match in found[1:]), len(sdp)]
    parts = [sdp[match.start():end] for match, end in zip(found, ends, strict=True)]
    found_directions = (_DIRECTION.search(part) for part in parts)
    directions = tuple(match[1] if match else "sendrecv" for match in found_directions)
    if len(set(kinds)) < len(kinds) or not set(kinds) <= {"audio", "video"}:
        raise UnsupportedError("One picture and one sound can be taken, and nothing else",
                               "Offer at most one audio and one video section")
    return Offered(kinds, directions)


def open_peer() -> RTCPeerConnection:
    """Return a connection that asks no other server for its address."""
    _offer_profiles()
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


def preferences(kind: str, *, baseline: bool = False) -> list[Any]:
    """Return the codecs for `setCodecPreferences` (before any remote description): H.264 first, VP8, RTX; Opus.

    `baseline`: constrained baseline and baseline H.264 alone, which is what the encoder here makes.
    """
    found = RTCRtpReceiver.getCapabilities(kind)
    codecs = found.codecs if found else []
    if kind == "audio":
        return [codec for codec in codecs if codec.mimeType.lower() == "audio/opus"]
    of_h264 = {str(c.parameters.get("profile-level-id")): c for c in codecs if c.mimeType.lower() == "video/h264"}
    ranked = [of_h264[name] for name in (*_BASELINES, *(() if baseline else reversed(_PROFILES)))]
    others = [] if baseline else [codec for codec in codecs if codec.mimeType.lower() == "video/vp8"]
    return [*ranked, *others, *(codec for codec in codecs if codec.mimeType.lower() == "video/rtx")]


async def answer(pc: RTCPeerConnection, sdp: str, reach: Reach) -> str:
    """Answer an offer, every candidate in it; ProtocolError, UnsupportedError, or MediaError without a free port."""
    try:  # names of .local are left to connectivity checks: asking the network for each takes seconds
        await pc.setRemoteDescription(RTCSessionDescription(_CANDIDATE.sub("", sdp), "offer"))
    except Exception as error:  # aiortc's parser lets whatever it stumbles on through
        if type(error).__name__ == "OperationError":
            raise UnsupportedError("There is no codec in this offer that is taken here",
                                   "Offer H.264 or VP8, and Opus") from error
        raise ProtocolError("This SDP offer cannot be used", "Send what createOffer made, with ICE and DTLS") from error
    settle_ice(pc, reach)
    await pc.setLocalDescription(await pc.createAnswer())
    return _complete(pc)


async def offer(pc: RTCPeerConnection, reach: Reach) -> str:
    """Return an offer with every candidate in it."""
    settle_ice(pc, reach)
    await pc.setLocalDescription(await pc.createOffer())
    return _complete(pc)


async def accept(pc: RTCPeerConnection, sdp: str) -> None:
    """Take the answer to our offer; ProtocolError when it cannot be used."""
    try:
        await pc.setRemoteDescription(RTCSessionDescription(_CANDIDATE.sub("", sdp), "answer"))
    except Exception as error:
        raise ProtocolError("The server's SDP answer cannot be used", "Look whether its address is right") from error


async def trickle(pc: RTCPeerConnection, fragment: str, ufrag: str) -> None:
    """Take further candidates in (RFC 8840); UnsupportedError for an ICE restart, ProtocolError for rubbish."""
    mid = ""
    for line in fragment.splitlines():
        name, _, value = line.strip().partition(":")
        if name == "a=ice-ufrag" and value != ufrag:
            raise UnsupportedError("ICE is not restarted here", "Connect anew: DELETE this one and POST an offer")
        if name == "a=mid":
            mid = value
        elif name == "a=candidate" and ".local " not in value:
            try:
                candidate = candidate_from_sdp(value)
                candidate.sdpMid = mid
                await pc.addIceCandidate(candidate)
            except (ValueError, IndexError, AssertionError) as error:
                raise ProtocolError("A candidate cannot be read", "Send what icecandidate gave") from error


def offered_ufrag(sdp: str) -> str:
    """Return the ICE user fragment of a description, "" for none."""
    found = re.search(r"^a=ice-ufrag:(\S+)", sdp, re.MULTILINE)
    return found[1] if found else ""


def tap(receiver: Any, assembler: Assembler, heard: Callable[[int, int], None], ended: Callable[[], None]) -> None:
    """Let `assembler` have the receiver's packets, `heard` the (NTP, RTP) times of sender reports; `ended` at a BYE."""
    receiver._RTCRtpReceiver__jitter_buffer = assembler
    inner = receiver._handle_rtcp_packet

    async def listen(packet: Any) -> None:
        if isinstance(packet, RtcpSrPacket):
            heard(packet.sender_info.ntp_timestamp, packet.sender_info.rtp_timestamp)
        elif isinstance(packet, RtcpByePacket):
            ended()
        await inner(packet)

    receiver._handle_rtcp_packet = listen


def tune_sender(sender: Any, *, wants_key: Callable[[], None], heard: Callable[[], None],
                ntp: Callable[[], int]) -> None:
    """Tell `wants_key` of PLI and FIR, `heard` of every report; `ntp` gives the NTP time of what was sent last."""
    sender._send_keyframe = wants_key
    take, send = sender._handle_rtcp_packet, sender._send_rtcp

    async def listen(packet: Any) -> None:
        heard()
        await take(packet)

    async def report(packets: Sequence[Any]) -> None:
        stamp = ntp()
        for packet in packets:
            if stamp and isinstance(packet, RtcpSrPacket):
                packet.sender_info = replace(packet.sender_info, ntp_timestamp=stamp)
        if stamp or any(isinstance(packet, RtcpByePacket) for packet in packets):
            await send(packets)

    sender._handle_rtcp_packet, sender._send_rtcp = listen, report


def codec_names(receiver_codecs: Iterable[RTCRtpCodecParameters]) -> dict[int, str]:
    """Return FFmpeg's codec names by RTP payload type."""
    return {codec.payloadType: NAMES[codec.mimeType.lower()] for codec in receiver_codecs
            if codec.mimeType.lower() in NAMES and codec.payloadType is not None}


def settle_ice(pc: RTCPeerConnection, reach: Reach) -> None:
    """Let the connection's transports, before they gather, use the addresses and ports of `reach`."""
    for transceiver in pc.getTransceivers():
        connection: Any = transceiver.receiver.transport.transport.iceGatherer._connection
        connection.get_component_candidates = _Gathering(connection, reach).candidates


@dataclass(frozen=True, slots=True)
class _Gathering:
    """Host candidates of one ICE connection."""

    connection: Any
    reach: Reach

    async def candidates(self, component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        reach = self.reach
        found: list[Candidate] = []
        loopback = ["127.0.0.1"] if reach.loopback or reach.only_loopback else []
        for address in [*loopback, *(() if reach.only_loopback else addresses)]:
            protocol = await self._bound(address)
            if protocol is None:
                continue
            host, port = protocol.transport.get_extra_info("sockname")[:2]
            told = reach.public_address if reach.public_address and host != "127.0.0.1" else host
            protocol.local_candidate = Candidate(
                foundation=candidate_foundation("host", "udp", told), component=component, transport="udp",
                priority=candidate_priority(component, "host", 65535 - len(found)), host=told, port=port, type="host")
            self.connection._protocols.append(protocol)
            found.append(protocol.local_candidate)
        if not found:
            raise MediaError(f"no UDP port is free{' of {}-{}'.format(*reach.udp_ports) if reach.udp_ports[0] else ''}",
                             "Give a wider range of UDP ports")
        return found

    async def _bound(self, address: str) -> Any:
        """A STUN protocol on a port of the range, None when the address cannot be had."""
        first, last = self.reach.udp_ports
        ports: Iterable[int] = (0,)
        if first:
            ports = random.sample(range(first, last + 1), min(_PROBES, last + 1 - first))
        for port in ports:
            try:
                _, protocol = await get_running_loop().create_datagram_endpoint(
                    lambda: StunProtocol(self.connection), local_addr=(address, port))
                return protocol
            except OSError:
                continue
        return None


def resource_id() -> str:
    """Return an id that cannot be guessed (192 random bits)."""
    return secrets.token_urlsafe(24)


def _complete(pc: RTCPeerConnection) -> str:
    description = pc.localDescription
    assert description is not None
    return str(description.sdp)


def _offer_profiles() -> None:
    """Add H.264's other profiles to what aiortc negotiates, once."""
    codecs = CODECS["video"]
    known = {codec.parameters.get("profile-level-id") for codec in codecs}
    feedback = next(codec.rtcpFeedback for codec in codecs if codec.mimeType == "video/H264")
    number = max(codec.payloadType for codec in codecs if codec.payloadType is not None) + 1
    for name in _PROFILES:
        if name not in known:
            codecs.append(RTCRtpCodecParameters(
                "video/H264", 90_000, payloadType=number, rtcpFeedback=list(feedback),
                parameters={"level-asymmetry-allowed": "1", "packetization-mode": "1", "profile-level-id": name}))
            codecs.append(RTCRtpCodecParameters("video/rtx", 90_000, payloadType=number + 1,
                                                parameters={"apt": number}))
            number += 2
