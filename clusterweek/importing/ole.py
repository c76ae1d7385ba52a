"""The file system in a file in which old programs of Microsoft wrote: its streams by name ([MS-CFB]).

Nothing here knows the program, so that a process of its own may run it. Broken files raise ValueError, IndexError or
struct.error.
"""

import struct
from collections.abc import Iterator

LAST = 0xFFFFFFFA  # from here on numbers of sectors are signs
SMALL = 64


class Streams:
    """`data` opened; `names` are the streams in it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift, small_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or small_shift != 6:
            raise ValueError("sectors of no known size")
        self._size = 1 << shift
        (first_folder,) = struct.unpack_from("<I", data, 48)
        self._limit, first_small, _count, first_more, _count = struct.unpack_from("<IIIII", data, 56)
        self._next = self._sectors(first_more)
        self._small_next = self._numbers(self._chain(first_small))
        self._found: dict[str, tuple[int, int]] = {}
        folder = self._chain(first_folder)
        self._small = b""
        for at in range(0, len(folder) - 127, 128):
            length, kind = struct.unpack_from("<HB", folder, at + 64)
            start, size = struct.unpack_from("<II", folder, at + 116)
            if kind == 5:
                self._small = self._chain(start)[:size]
            elif kind == 2:
                self._found[folder[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")] = (
                    start,
                    size,
                )
        self.names = frozenset(self._found)

    def read(self, name: str) -> bytes:
        start, size = self._found[name]
        if size >= self._limit:
            return self._chain(start)[:size]
        out = bytearray()
        for sector in self._walk(start, self._small_next):
            out += self._small[sector * SMALL : (sector + 1) * SMALL]
        return bytes(out[:size])

    def _sectors(self, first_more: int) -> list[int]:
        """Which sector follows which."""
        places = [place for place in struct.unpack_from("<109I", self._data, 76) if place < LAST]
        seen = 0
        while first_more < LAST and seen < len(self._data) // self._size + 1:
            more = self._numbers(self._sector(first_more))
            places += [place for place in more[:-1] if place < LAST]
            first_more, seen = more[-1], seen + 1
        return self._numbers(b"".join(map(self._sector, places[: len(self._data) // self._size + 1])))

    def _sector(self, number: int) -> bytes:
        begin = (number + 1) * self._size
        return self._data[begin : begin + self._size]

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, self._walk(start, self._next)))

    def _walk(self, start: int, following: list[int]) -> Iterator[int]:
        for _ in range(len(following)):  # a chain that bites its tail ends, too
            if start >= LAST:
                return
            yield start
            start = following[start]

    @staticmethod
    def _numbers(data: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))
