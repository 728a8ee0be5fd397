"""An HTTPS server that takes its time, in a process of its own, and writes down when it accepted each post.

Usage: `python _server.py PORT CERT KEY ACCEPTED DELAY_S HANG`: posts to a path that holds `/hang`
are never answered within HANG seconds.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import ssl
import sys
import time
from pathlib import Path

_numbers = itertools.count(1)


async def _serve(port: int, cert: str, key: str, accepted: Path, delay_s: float, hang_s: float) -> None:
    log = accepted.open("a", buffering=1)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").split("\r\n")
                sizes = [line.partition(":")[2] for line in lines if line.lower().startswith("content-length:")]
                if sizes:
                    await reader.readexactly(int(sizes[0]))
                if first.startswith("POST"):
                    await asyncio.sleep(hang_s if "/hang" in first else delay_s)
                    log.write(f"{'hang' if '/hang' in first else 'post'} {time.time()}\n")
                body = json.dumps({"id": str(next(_numbers)), "url": "https://example.org/1"}).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server = await asyncio.start_server(handle, "127.0.0.1", port, ssl=context, backlog=500)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    _, port, cert, key, accepted, delay, hang = sys.argv
    asyncio.run(_serve(int(port), cert, key, Path(accepted), float(delay), float(hang)))
