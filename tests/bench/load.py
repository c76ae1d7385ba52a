"""A load generator of its own process: `rate(port, path)` asks over 8 kept connections for a while.

Raw sockets, the same for ours and for the yardstick: a client library in Python would be the slower half of the talk.
"""

import socket
import subprocess
import sys
import threading
import time

CONNECTIONS = 8


def rate(
    port: int, path: str, *, seconds: float = 2.0, headers: dict[str, str] | None = None, status: int = 200
) -> float:
    """Answers per second. Raises when an answer has another status."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", str(port), str(seconds), str(status)],
        input=request.encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return float(done.stdout)


def _one(port: int, request: bytes, until: float, status: bytes, counts: list[int], number: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as talk:
        buffer = bytearray(1 << 20)
        while time.perf_counter() < until:
            talk.sendall(request)
            head = b""
            while b"\r\n\r\n" not in head:
                if not (part := talk.recv(65536)):
                    raise ConnectionError("the server hung up")
                head += part
            head, _separator, body = head.partition(b"\r\n\r\n")
            if head.split(b" ", 2)[1] != status:
                raise RuntimeError(f"answer: {head[:200]!r}")
            missing = _length(head) - len(body)
            while missing > 0:
                missing -= talk.recv_into(buffer, min(missing, len(buffer)))
            counts[number] += 1


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def main() -> None:
    port, seconds, status = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3].encode()
    request = sys.stdin.buffer.read()
    counts = [0] * CONNECTIONS
    failed: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            _one(port, request, until, status, counts, number)
        except BaseException as problem:
            failed.append(problem)

    begun = time.perf_counter()
    until = begun + seconds
    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    print(sum(counts) / (time.perf_counter() - begun))


if __name__ == "__main__":
    main()
