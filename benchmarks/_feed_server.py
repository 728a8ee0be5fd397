"""200 feeds on 50 loopback hosts, in a process of its own. `GET /set/MODE/DELAY_S` on any host changes all of them.

Usage: `python _feed_server.py FEEDS_PER_HOST HOSTS ENTRIES`: prints its port. MODE is `conditional`, or `plain` for a
server that ignores conditions.
"""

from __future__ import annotations

import asyncio
import sys
from hashlib import sha256

TEXT = (
    "Le préfet appelle à la plus grande prudence sur les berges. Les parcs et jardins sont fermés, le stationnement "
    "sur les quais est interdit, et les riverains sont invités à mettre leurs biens à l'abri. La préfecture, les communes "
    "et les services de secours suivent la montée des eaux heure par heure. "
)


def feed(number: int, entries: int) -> bytes:
    """Return a feed as town halls and prefectures write them: a summary and a page of HTML in each item."""
    items = "".join(
        f"<item><title>Vigilance crues : bulletin {n} de la source {number}</title>"
        f"<link>https://www.example.org/{number}/{n}</link><guid isPermaLink='false'>{number}-{n}</guid>"
        f"<pubDate>Sun, 22 Nov 2026 {n % 24:02}:{n:02}:00 +0100</pubDate><category>Crues</category>"
        f"<description><![CDATA[<p>{TEXT}</p><ul><li><a href='/carte'>La carte</a></li><li><b>{n}</b> communes</li></ul>"
        f"<p>{TEXT}</p>]]></description></item>"
        for n in range(entries)
    )
    head = f"<title>Source {number}</title><link>https://www.example.org/{number}</link><description>Annonces</description>"
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


async def _serve(per_host: int, hosts: int, entries: int) -> None:
    mode, delay_s = "conditional", 0.0
    bodies = {f"127.0.0.{host}/{n}": feed(host * 100 + n, entries) for host in range(1, hosts + 1) for n in range(per_host)}
    etags = {name: f'"{sha256(body).hexdigest()[:16]}"' for name, body in bodies.items()}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal mode, delay_s
        host = writer.get_extra_info("sockname")[0]
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                if path.startswith("/set/"):
                    _, _, mode, delay = path.split("/")
                    delay_s = float(delay)
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                    continue
                if delay_s:
                    await asyncio.sleep(delay_s)
                name = host + path
                facts = f"ETag: {etags[name]}\r\nLast-Modified: Sun, 22 Nov 2026 10:00:00 GMT\r\n"
                if mode == "conditional" and etags[name] in head:
                    writer.write(f"HTTP/1.1 304 Not Modified\r\n{facts}\r\n".encode())
                else:
                    length = f"Content-Type: application/rss+xml\r\nContent-Length: {len(bodies[name])}\r\n"
                    writer.write(f"HTTP/1.1 200 OK\r\n{facts}{length}\r\n".encode() + bodies[name])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    first = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=300)
    port = first.sockets[0].getsockname()[1]
    for host in range(2, hosts + 1):
        await asyncio.start_server(serve, f"127.0.0.{host}", port, backlog=300)
    print(port, len(next(iter(bodies.values()))), flush=True)
    await first.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(*map(int, sys.argv[1:])))
