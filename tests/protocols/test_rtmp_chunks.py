"""The chunk layer, against a writer that uses every form the specification allows."""

import random
from collections import defaultdict
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.errors import ProtocolError
from stream.protocols.rtmp_chunks import COMMAND_BYTES, MAX_STREAMS, ChunkReader, Message, chunk

Written = tuple[int, Message]  # chunk stream, message
TIMES = st.integers(0, 200) | st.integers(0xFFFFFE - 5, 0xFFFFFF + 50) | st.integers(0, 0xFFFFFFFF)
MESSAGES = st.builds(Message, st.sampled_from((8, 9, 18, 20)), st.sampled_from((0, 1, 1 << 31)), TIMES,
                     st.binary(min_size=1, max_size=300))
STREAMS = st.sampled_from((2, 3, 6, 63, 64, 319, 320, 65599))


def basic_header(form: int, number: int) -> bytes:
    if number < 64:
        return bytes((form << 6 | number,))
    if number < 320:
        return bytes((form << 6, number - 64))
    return bytes((form << 6 | 1, number - 64 & 255, number - 64 >> 8))


class FreeWriter:
    """Writes messages with any header form that is allowed, chunks of different streams mixed."""

    def __init__(self, chunk_bytes: int, choose: random.Random) -> None:
        self.size, self.choose = chunk_bytes, choose
        self.before: dict[int, tuple[Message, int]] = {}
        self.forms: set[int] = set()

    def chunks(self, number: int, message: Message) -> Iterator[bytes]:
        allowed, delta = [0], 0
        if number in self.before:
            old, field = self.before[number]
            delta = (message.time_ms - old.time_ms) & 0xFFFFFFFF
            if old.stream_id == message.stream_id:
                allowed.append(1)
                if (old.type_id, len(old.body)) == (message.type_id, len(message.body)):
                    allowed.append(2)
                    if field == delta:
                        allowed.append(3)
        form = self.choose.choice(allowed)
        self.forms.add(form)
        field = (message.time_ms, delta, delta, delta)[form]
        self.before[number] = message, field
        late = field.to_bytes(4, "big") if field >= 0xFFFFFF else b""
        parts = [min(field, 0xFFFFFF).to_bytes(3, "big"),
                 len(message.body).to_bytes(3, "big") + bytes([message.type_id]),
                 message.stream_id.to_bytes(4, "little")]
        yield basic_header(form, number) + b"".join(parts[:3 - form]) + late + message.body[:self.size]
        for at in range(self.size, len(message.body), self.size):
            yield basic_header(3, number) + late + message.body[at:at + self.size]

    def mixed(self, written: list[Written]) -> bytes:
        waiting = defaultdict(list)
        for number, message in written:
            waiting[number].append(message)
        running: dict[int, Iterator[bytes]] = {}
        out = b""
        while waiting or running:
            number = self.choose.choice(sorted({*waiting, *running}))
            if number not in running:
                running[number] = self.chunks(number, waiting[number].pop(0))
                if not waiting[number]:
                    del waiting[number]
            piece = next(running[number], None)
            if piece is None:
                del running[number]
            else:
                out += piece
        return out


def read(data: bytes, chunk_bytes: int, choose: random.Random) -> list[Message]:
    reader = ChunkReader()
    reader.chunk_bytes = chunk_bytes
    got, at = [], 0
    while at < len(data):
        size = choose.choice((1, 2, 7, 50, 5000))
        got += reader.feed(data[at:at + size])
        at += size
    return got


@given(st.lists(st.tuples(STREAMS, MESSAGES), max_size=12), st.integers(1, 400), st.randoms(use_true_random=False))
def test_any_legal_chunking_cut_anywhere_reads_back(written: list[Written], size: int, choose: random.Random) -> None:
    got = read(FreeWriter(size, choose).mixed(written), size, choose)
    key = lambda m: (m.time_ms, m.body, m.type_id, m.stream_id)  # noqa: E731
    assert sorted(got, key=key) == sorted((m for _, m in written), key=key)


def test_the_free_writer_does_use_all_four_forms() -> None:
    choose = random.Random(1)
    writer = FreeWriter(10, choose)
    written = [(4, Message(8, 1, 20 * i, bytes([i]) * 30)) for i in range(40)]
    assert read(writer.mixed(written), 10, choose) == [m for _, m in written]
    assert writer.forms == {0, 1, 2, 3}


@given(MESSAGES, st.integers(1, 400), st.randoms(use_true_random=False))
def test_our_own_chunks_read_back(message: Message, size: int, choose: random.Random) -> None:
    assert read(chunk(message, 6, size), size, choose) == [message]


def test_an_extended_time_left_out_of_type_3_chunks_is_understood() -> None:
    message = Message(9, 1, 0x1000000, bytes(range(1, 200)))
    strict = chunk(message, 6, 128)
    loose = strict.replace(b"\xc6" + (0x1000000).to_bytes(4, "big"), b"\xc6")
    assert len(loose) == len(strict) - 4
    assert list(ChunkReader().feed(loose)) == [message]


def test_a_changed_chunk_size_counts_from_the_next_chunk() -> None:
    reader = ChunkReader()
    wire = chunk(Message(1, 0, 0, (4096).to_bytes(4, "big")), 2, 128) + chunk(Message(9, 1, 0, bytes(3000)), 6, 4096)
    got = []
    for message in reader.feed(wire):
        if message.type_id == 1:
            reader.chunk_bytes = 4096
        got.append(message)
    assert [len(m.body) for m in got] == [4, 3000]


def test_an_aborted_message_is_forgotten() -> None:
    reader = ChunkReader()
    first, second = chunk(Message(9, 1, 0, bytes(200)), 6, 128), Message(9, 1, 5, b"again")
    assert not list(reader.feed(first[:140]))
    reader.abort(6)
    assert list(reader.feed(chunk(second, 6, 128))) == [second]


@pytest.mark.parametrize(("data", "claim"), [
    (b"\xc6", "never came"),
    (b"\x86\x00\x00\x00", "never came"),
    (b"\x06\x00\x00\x00\x00\x00\x05\x63" + bytes(4), "not an RTMP message type"),
    (b"\x06\x00\x00\x00\xff\xff\xff\x09" + bytes(4), "limit"),
    (chunk(Message(9, 1, 0, bytes(200)), 6, 128)[:140] + b"\x06" + bytes(11), "inside another"),
])
def test_what_cannot_be_rtmp_is_refused_at_once(data: bytes, claim: str) -> None:
    with pytest.raises(ProtocolError, match=claim):
        list(ChunkReader().feed(data))


def test_too_many_chunk_streams_are_refused() -> None:
    reader = ChunkReader()
    with pytest.raises(ProtocolError, match="chunk streams"):
        for number in range(64, 65 + MAX_STREAMS):
            list(reader.feed(basic_header(0, number) + b"\x00\x00\x00\x00\x00\x01\x08" + bytes(5)))


def test_unfinished_messages_cannot_fill_the_memory() -> None:
    reader = ChunkReader()
    reader.chunk_bytes = COMMAND_BYTES
    with pytest.raises(ProtocolError, match="unfinished"):
        for number in range(3, 50):
            reader.chunk_bytes = COMMAND_BYTES - 1
            list(reader.feed(bytes([number]) + b"\x00\x00\x00\x01\x00\x00\x09" + bytes(4) + bytes(COMMAND_BYTES - 1)))
    assert sum(len(s.body) for s in reader._streams.values()) <= 3 * COMMAND_BYTES


@given(st.binary(max_size=400))
def test_foreign_bytes_give_messages_or_a_protocol_error(data: bytes) -> None:
    try:
        list(ChunkReader().feed(data))
    except ProtocolError as error:
        assert "\n" not in str(error)
