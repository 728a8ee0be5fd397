"""A new message on the site: page, front page and feeds on disk, with 10 and with 10,000 messages. Beside Pelican and Hugo."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from _common import WORK_TMP, milliseconds, newsroom, peer, report, spread, submitted, verdict, version

SIZES = (10, 10_000)
GOAL_MS = 20


def ours(size: int, rounds: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds of the site's own part, and of the whole pass of the dispatcher."""
    from broadcast.dispatch.send import send
    from channels.website import Website

    shown: list[float] = []
    plain = Website.show

    def timed(self: Website, board: Any) -> Any:
        begin = time.perf_counter()
        try:
            return plain(self, board)
        finally:
            shown.append((time.perf_counter() - begin) * 1000)

    with newsroom('[channels.website]\nkind = "website"\n') as app:
        submitted(app, "message-0")()
        send(app.dispatcher())
        _multiply(app, size - 1)
        Website.show = timed  # type: ignore[method-assign]  # put in its place to be measured
        passes = []
        for n in range(rounds + 2):
            submitted(app, f"new-{n}", kind="alert", more="expires: 2099-01-01T08:00+01:00\ninstruction: Restez chez vous.\n")()
            passes.append(milliseconds(lambda: send(app.dispatcher())))
        Website.show = plain  # type: ignore[method-assign]  # as above
        assert "new-0" in (app.dir / "public/index.html").read_text()
    return shown[2:], passes[2:]


def _multiply(app: Any, count: int) -> None:
    """Let the board hold so many more messages, as copies of its first one."""
    with app.db.write() as tx:
        for table, columns in {
            "board_entry": {"message_uid": "'copy-' || n", "slug": "'copy-' || n", "seq": "n + 1"},
            "board_version": {"message_uid": "'copy-' || n"},
            "rendition": {"message_uid": "'copy-' || n"},
        }.items():
            names = [row[1] for row in tx.connection.exec_driver_sql(f"PRAGMA table_info({table})")]
            taken = ", ".join(columns.get(name, f"t.{name}") for name in names)
            tx.connection.exec_driver_sql(
                f"WITH RECURSIVE seq(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seq WHERE n < {count}) "
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {taken} FROM seq CROSS JOIN {table} AS t"
            )
    with app.db.write() as tx:
        tx.connection.exec_driver_sql("ANALYZE")


def _posts(folder: Path, size: int, head: str, date: str) -> None:
    folder.mkdir(parents=True)
    body = "Les quais sont **fermés** depuis ce matin.\n\n- le parking est gratuit ;\n- un point d'accueil est ouvert.\n"
    for n in range(size):
        facts = f"Title: Crue {n}\nDate: {date}\n" if not head else f"title: Crue {n}\ndate: {date}\n"
        (folder / f"post-{n}.md").write_text(f"{head}{facts}{head}\n{body}", encoding="utf-8")


def pelican(size: int) -> float:
    """Return the milliseconds of a build with so many articles and one new one."""
    python = peer("pelican", "pelican[markdown]")
    folder = Path(tempfile.mkdtemp(dir=WORK_TMP))
    _posts(folder / "content", size + 1, "", "2026-11-01 10:00")
    settings = "SITENAME='Ville'\nSITEURL='https://www.example.org'\nFEED_ALL_ATOM='feed.atom'\nFEED_ALL_RSS='feed.rss'\n"
    (folder / "conf.py").write_text(settings + "TIMEZONE='Europe/Paris'\nDEFAULT_LANG='fr'\nDEFAULT_PAGINATION=20\n")
    command = [str(python.parent / "pelican"), "content", "-o", "out", "-s", "conf.py", "-q"]
    spent = milliseconds(lambda: subprocess.run(command, cwd=folder, check=True, capture_output=True))
    shutil.rmtree(folder)
    return spent


def hugo(size: int) -> float | None:
    """Return the milliseconds of a build with so many posts and one new one; None without Hugo."""
    if not shutil.which("hugo"):
        return None
    folder = Path(tempfile.mkdtemp(dir=WORK_TMP))
    _posts(folder / "content/posts", size + 1, "---\n", "2026-11-01T10:00:00+01:00")
    (folder / "config.toml").write_text('baseURL = "https://www.example.org/"\ntitle = "Ville"\npaginate = 20\n')
    layouts = folder / "layouts/_default"
    layouts.mkdir(parents=True)
    page = "<!doctype html><html lang=fr><title>{{ .Title }}</title><main><h1>{{ .Title }}</h1>"
    (layouts / "single.html").write_text(page + "{{ .Content }}</main></html>")
    pages = (
        "{{ range (.Paginate .Site.RegularPages).Pages }}<article><a href='{{ .Permalink }}'>{{ .Title }}</a></article>{{ end }}"
    )
    (layouts / "list.html").write_text(page + pages + "</main></html>")
    (folder / "layouts/index.html").write_text(page + pages + "</main></html>")
    spent = milliseconds(lambda: subprocess.run(["hugo", "--quiet"], cwd=folder, check=True, capture_output=True))
    shutil.rmtree(folder)
    return spent


def main(rounds: int = 15) -> None:
    """Measure and print."""
    rows = []
    for size in SIZES:
        shown, passes = ours(size, rounds)
        theirs = pelican(size)
        other = hugo(size)
        middle = statistics.median(shown)
        rows.append(
            [
                f"{size:,} messages".replace(",", " "),
                spread(shown),
                f"≤ {GOAL_MS} ms: {verdict(middle, GOAL_MS)}",
                spread(passes),
                f"{theirs:.0f} ms ({middle / theirs:.4f} ×)",
                "not installed" if other is None else f"{other:.0f} ms ({middle / other:.4f} ×)",
            ]
        )
    hugo_version = "hugo is Debian's package" if shutil.which("hugo") else "Hugo was not installed (`apt-get install hugo`)"
    report(
        "5-website",
        "One more alert on the site, on disk with fsync",
        ["site", "page + front page + feeds", "goal", "whole pass of `send`", "Pelican", "Hugo"],
        rows,
        "Ours writes what the new alert changes: its page, its CAP document and spoken text, the front page, four feeds, the Flash "
        "Briefing, the newest archive page, the sitemap. The peers build the whole site in a new process, as they do; "
        f"Pelican {version(peer('pelican', 'pelican[markdown]'), 'pelican')} with its own theme, {hugo_version}, with a bare theme "
        "and no feeds but its own. Hugo builds a whole site faster than ours would.",
    )


if __name__ == "__main__":
    main()
