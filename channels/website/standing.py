"""The pages that are always there: whom to call, how to be told, what the law asks for."""

from __future__ import annotations

from channels.website.writer import Writer

#: Folder -> template.
PAGES = {
    "urgences/": "emergency.html",
    "abonnement/": "subscribe.html",
    "mentions-legales/": "legal.html",
    "accessibilite/": "accessibility.html",
}


def write(writer: Writer) -> None:
    """Write them; they change with the settings only."""
    for folder, template in PAGES.items():
        writer.page(folder, template, words=writer.french)
