"""Closed-loop clients: each sends its next request when the last one is answered.

Plain sockets and one thread per client: a library for HTTP would cost as much as the server.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from urllib.parse import quote

from entraide.bench.figures import Timings

Request = Callable[[int], bytes]
"""The whole request with the n-th number of the run, as it goes over the wire."""


def request_bytes(method: str, address: str, token: str = "", body: bytes = b"") -> bytes:
    """A request of HTTP/1.1 that closes its connection, as the sync server does anyway."""
    headers: dict[str, str] = {"Host": "127.0.0.1", "Connection": "close"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if body:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    return _head(f"{method} {address} HTTP/1.1", headers) + body


def office_request(address: str, session: str) -> bytes:
    """A page of the office asked by a browser that is signed in."""
    headers = {
        "Host": "127.0.0.1",
        "Connection": "close",
        "Cookie": f"sessionid={session}",
        "Accept": "text/html",
    }
    return _head(f"GET {quote(address, safe='/?=&%')} HTTP/1.1", headers)


def _head(first: str, headers: Mapping[str, str]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode()


def ask(port: int, request: bytes) -> tuple[int, bytes]:
    """Send one request; the status and the whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    answer = b"".join(parts)
    status = answer[9:12]
    return int(status) if status.isdigit() else 0, answer


def closed_loop(port: int, request: Request, *, clients: int, seconds: float) -> Timings:
    """Run clients for a bounded time; a request counts when its status is 2xx."""
    times: list[float] = []
    failures = 0
    numbers = iter(range(1, 1 << 40))
    lock = threading.Lock()
    started = time.perf_counter()
    until = started + seconds

    def one_client() -> None:
        nonlocal failures
        mine: list[float] = []
        failed = 0
        while time.perf_counter() < until:
            with lock:
                number = next(numbers)
            content = request(number)
            sent = time.perf_counter()
            try:
                status, _answer = ask(port, content)
            except OSError:
                status = 0
            if 200 <= status < 300:
                mine.append(time.perf_counter() - sent)
            else:
                failed += 1
        with lock:
            times.extend(mine)
            failures += failed

    threads = [threading.Thread(target=one_client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Timings(tuple(times), time.perf_counter() - started, failures)
