"""The installed command: answers `--help` and `--version` at once, hands everything else to click.

Click alone takes four times as long to import as Python to start. The text is written by
`make docs` from click's own, and `make check` fails if it is not the same.
"""

import sys

_HELP = ("--help", "-h")


def main() -> None:
    """Run the command line."""
    words = sys.argv[1:]
    if len(words) == 1 and words[0] in (*_HELP, "--version"):
        _answer(words[0])
        return
    from broadcast.cli.__main__ import main as run

    run()


def _answer(word: str) -> None:
    from broadcast import __version__

    if word == "--version":
        text = f"broadcast {__version__}\n"
    else:
        with open(__file__.rpartition("start.py")[0] + "help.txt", encoding="utf-8") as file:
            text = file.read()
    sys.stdout.buffer.write(text.encode())
