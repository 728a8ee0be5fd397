"""All renditions of a message for every kind of channel, PDF apart, in a warm process."""

from __future__ import annotations

import statistics
import time
from typing import Any

from _common import milliseconds, newsroom, report, spread, verdict

GOAL_MS = 6
_NETWORKS = {
    "x": 'consumer_key_file = "secrets/token"\nconsumer_secret_file = "secrets/token"\n'
    'access_token_file = "secrets/token"\naccess_token_secret_file = "secrets/token"\nhandle = "ville"\n',
    "facebook": 'page_id = "1"\ntoken_file = "secrets/token"\n',
    "mastodon": 'url = "https://mastodon.example"\ntoken_file = "secrets/token"\n',
    "bluesky": 'handle = "ville.example"\npassword_file = "secrets/token"\n',
    "telegram": 'chat_id = "@ville"\ntoken_file = "secrets/token"\n',
    "wordpress": 'url = "https://www.example.org"\nuser = "ville"\npassword_file = "secrets/token"\n',
    "email": 'host = "smtp.example.org"\nsender = "ville@example.org"\nrecipients_file = "recipients.txt"\n',
    "website": "",
    "sign": "columns = 16\nrows = 4\n",
    "folder": "",
}


def main(rounds: int = 200) -> None:
    """Measure and print."""
    from broadcast import intake, proofread
    from broadcast.newsroom_folder import copy_examples

    sections = "".join(f'[channels.{kind}]\nkind = "{kind}"\n{more}' for kind, more in _NETWORKS.items())
    with newsroom(sections) as app:
        (app.dir / "recipients.txt").write_text("a@example.org\n")
        copy_examples(app.dir / "content/messages", app.clock.now())
        path = app.dir / "content/messages/crue-quais.md"
        text = path.read_text(encoding="utf-8")
        spent = {"render": 0.0}
        plain = proofread.renditions

        def timed(*args: Any, **kwargs: Any) -> Any:
            begin = time.perf_counter()
            try:
                return plain(*args, **kwargs)
            finally:
                spent["render"] += (time.perf_counter() - begin) * 1000

        proofread.renditions = timed
        whole, rendering = [], []
        for n in range(rounds + 5):
            path.write_text(text.replace("La Seine monte", f"La Seine monte ({n} cm)"), encoding="utf-8")
            spent["render"] = 0.0
            whole.append(milliseconds(lambda: intake.read(app, path)))
            rendering.append(spent["render"])
        proofread.renditions = plain
        count = len(intake.read(app, path).proof.renditions)
    whole, rendering = whole[5:], rendering[5:]
    middle = statistics.median(rendering)
    what = f"{count} renditions for {len(_NETWORKS)} kinds of channel, the sign drawn, a spoken text"
    report(
        "4-rendering",
        "Rendering",
        ["what", "median [range]", "goal"],
        [
            [what, spread(rendering, "ms", 2), f"≤ {GOAL_MS} ms: {verdict(middle, GOAL_MS)}"],
            ["the same, with reading the file and its picture, parsing, and all checks", spread(whole, "ms", 2), ""],
        ],
        "The flood alert of the examples with another text each round, in a warm process; every form (post, edit, correction, "
        "end) is rendered. The PDF proof is made when the package for the layout artist is.",
    )


if __name__ == "__main__":
    main()
