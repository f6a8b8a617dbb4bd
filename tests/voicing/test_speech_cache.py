"""What has been said once is not said again: by its content, whole or not at all, within bounds."""

import json
import os
import stat
import wave
from pathlib import Path

import numpy as np
import pytest

from stream.media import NS
from stream.voicing.cache import Kept, folder, key_of, wav_bytes

SOUND = np.linspace(-0.5, 0.5, 4800, dtype=np.float32)
SAID = (("Hello.", 0, NS // 20), ("你好", NS // 20, NS // 10))


def kept(place: Path, **options: int) -> tuple[Kept, list[str]]:
    told: list[str] = []
    return Kept(place, told.append, **options), told


def test_what_is_put_is_got_back_as_a_sound_that_plays(tmp_path: Path) -> None:
    store, told = kept(tmp_path / "deep" / "down")
    put = store.put("k", SOUND, SAID)
    assert store.get("k") == put and put.sentences == SAID and put.duration_ns == NS // 10 and not told
    with wave.open(put.url) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 1, 2)
        assert file.getnframes() == 4800
    assert store.get("other") is None
    assert sorted(p.suffix for p in (tmp_path / "deep" / "down").iterdir()) == [".json", ".wav"]


def test_damage_is_noticed(tmp_path: Path) -> None:
    store, _ = kept(tmp_path)
    sound, notes = tmp_path / "k.wav", tmp_path / "k.json"
    store.put("k", SOUND, SAID)
    sound.write_bytes(sound.read_bytes()[:-2])
    assert store.get("k") is None
    for broken in ("", "[]", "{}", '{"sha256": 1}', "\x00"):
        store.put("k", SOUND, SAID)
        notes.write_text(broken)
        assert store.get("k") is None
    store.put("k", SOUND, SAID)
    entry = json.loads(notes.read_text("utf-8"))
    notes.write_text(json.dumps({**entry, "sentences": [["only a text"]]}))
    assert store.get("k") is None
    sound.unlink()
    assert store.get("k") is None


def test_the_longest_unused_goes_first_and_the_newest_never(tmp_path: Path) -> None:
    size = len(wav_bytes(SOUND))
    store, _ = kept(tmp_path, most_bytes=2 * size)
    for number, key in enumerate(("a", "b")):
        store.put(key, SOUND, SAID)
        os.utime(tmp_path / f"{key}.wav", ns=(number, number))
    assert store.get("a") is not None  # used just now: b is older
    store.put("c", SOUND, SAID)
    assert [store.get(key) is not None for key in "abc"] == [True, False, True]
    tiny, _ = kept(tmp_path, most_bytes=1)
    assert tiny.put("d", SOUND, SAID) == tiny.get("d") and store.get("a") is None


def test_a_folder_that_cannot_be_written_gives_way_to_a_temporary_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store, told = kept(tmp_path / "file" / "speech")
    put = store.put("k", SOUND, SAID)
    assert Path(put.url).is_file() and store.get("k") == put
    assert len(told) == 1 and str(store.place) in told[0]
    store.put("k2", SOUND, SAID)
    assert len(told) == 1
    for path in (*store.place.iterdir(), store.place):
        path.rmdir() if path.is_dir() else path.unlink()


def test_a_folder_that_can_only_be_read_still_serves(tmp_path: Path) -> None:
    store, _ = kept(tmp_path)
    put = store.put("k", SOUND, SAID)
    for path in tmp_path.iterdir():
        path.chmod(stat.S_IRUSR)
    assert store.get("k") == put


def test_the_key_tells_texts_voices_and_engines_apart() -> None:
    keys = {key_of(["a"], ("hibari",)), key_of(["b"], ("hibari",)), key_of(["a"], ("kokoro",)), key_of(["a"], ()),
            key_of(["a", 1], ("hibari",))}
    assert len(keys) == 5 and key_of(["a"], ("hibari",)) == key_of(["a"], ("hibari",))
    assert key_of(["\ud800"], ()) and all(len(key) == 64 for key in keys)


def test_the_folder_is_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert folder() == Path("/elsewhere/cuelight/speech")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert folder() == Path.home() / ".cache/cuelight/speech"
