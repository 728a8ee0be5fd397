"""What stands in a header is literal text, and one field is one field: asked on the wire, of a real socket."""

from __future__ import annotations

import base64
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header
from email.policy import compat32
from typing import Any

import pytest

from broadcast.channel import Published, Reply
from broadcast.errors import ChannelRefused
from broadcast.stands.email import EmailStand
from channels.email import Settings
from tests.contract.adapters import KEY, a_part, a_picture, an_adapter

INJECTED = "Bcc: voleur@ailleurs.example"
HOSTILE = [
    "=?utf-8?q?Crue=0D=0ABcc:_voleur@ailleurs.example?=",
    "=?UTF-8?B?" + base64.b64encode(f"Crue\r\n{INJECTED}".encode()).decode() + "?=",
    "=?iso-8859-1?Q?Crue=0A=0A<script>alert(1)</script>?= suite",
    "=?utf-16?b?" + base64.b64encode(f"Crue\r\n{INJECTED}".encode("utf-16")).decode() + "?=",
    "=?us-ascii*fr?q?a=0D=0A_b?= =?utf-8?q?=0D=0A?=",
    "é =?utf-8?q?=0D=0AX-Attaque:_oui?= à la fin",
    "=?utf-8?q?" + "a=0D=0A" * 40 + "?=",
    "=?" + "x" * 300,
]
KNOWN = {
    "from", "to", "subject", "message-id", "date", "auto-submitted", "mime-version", "content-language", "content-type",
    "content-transfer-encoding", "in-reply-to", "references", "list-unsubscribe", "list-unsubscribe-post",
}  # fmt: skip


@pytest.fixture
def relay():
    with EmailStand() as running:
        yield running


def sent(relay: EmailStand, tmp_path, part, to: str = "ada@example.org", **facts: Any) -> bytes:
    adapter = an_adapter("email", tmp_path, relay.url)
    adapter._settings = replace(adapter._settings, **facts)
    earlier = Published(external_id="x", token=KEY)
    try:
        adapter.send_to(part, to, key=KEY, reply_to=Reply(root=earlier, parent=earlier))
    finally:
        adapter.close()
    return relay.live()[-1].more["raw"]


def head_of(raw: bytes) -> list[tuple[str, str]]:
    """Read the header as a relay does: lines, none of them decoded."""
    return message_from_bytes(raw, policy=compat32).items()


def literal(value: str) -> str:
    pieces = decode_header(value.replace("\r\n", ""))
    return "".join(p.decode(charset or "ascii") if isinstance(p, bytes) else p for p, charset in pieces)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_that_looks_like_an_encoded_word_is_shown_as_it_is(title: str, relay, tmp_path):
    raw = sent(relay, tmp_path, replace(a_part(html="<p>x</p>"), title=title))
    head = head_of(raw)
    names = [name.lower() for name, _ in head]
    assert set(names) <= KNOWN and len(names) == len(set(names))
    assert literal(dict(head)["Subject"]) == title
    assert raw.partition(b"\r\n\r\n")[2].lstrip().startswith(b"--=_")  # nothing of it began a body
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize("subject", HOSTILE)
def test_a_subject_template_cannot_begin_a_header_either(subject: str, relay, tmp_path):
    raw = sent(relay, tmp_path, replace(a_part(), documents={"subject": f"ALERTE – {subject}\n"}))
    assert {name.lower() for name, _ in head_of(raw)} <= KNOWN
    assert literal(dict(head_of(raw))["Subject"]) == f"ALERTE – {subject}"


@pytest.mark.parametrize("name", [*HOSTILE[:4], 'Ville "haute" \\ d\'Évry', "Durand, Mairie"])
def test_the_name_of_the_sender_is_literal(name: str, relay, tmp_path):
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    raw = sent(relay, tmp_path, a_part(), sender=f"{quoted} <infos@ville.example>")
    assert {field.lower() for field, _ in head_of(raw)} <= KNOWN
    words = dict(head_of(raw))["From"]
    assert words.endswith("<infos@ville.example>")
    shown = literal(words.rpartition(" <")[0])
    if shown.startswith('"'):
        shown = shown[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    assert shown == name


CONTROLS = ["\r\nBcc: x@y.example", "\n", "\r", "\0", "\x0b", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029", "\ud800"]


@pytest.mark.parametrize("bad", CONTROLS)
@pytest.mark.parametrize("where", ["title", "subject", "to", "to_name"])
def test_control_characters_are_refused_and_nothing_leaves(bad: str, where: str, relay, tmp_path):
    if (where, bad) == ("subject", "\n"):
        pytest.skip("the lines of a template: asked below")
    part, to = a_part(), "ada@example.org"
    if where == "title":
        part = replace(part, title=f"Crue{bad}suite")
    elif where == "subject":
        part = replace(part, documents={"subject": f"Crue{bad}suite"})
    elif where == "to":
        to = f"ada{bad}@example.org"
    else:
        to = f"Ada{bad} <ada@example.org>"
    adapter = an_adapter("email", tmp_path, relay.url)
    try:
        with pytest.raises(ChannelRefused):
            adapter.send_to(part, to, key=KEY, reply_to=None)
    finally:
        adapter.close()
    assert relay.live() == []


def test_a_subject_template_laid_out_in_lines_gives_one_line(relay, tmp_path):
    raw = sent(relay, tmp_path, replace(a_part(), documents={"subject": "ALERTE –\n  Crue\nBcc: x@y.example\n"}))
    assert literal(dict(head_of(raw))["Subject"]) == "ALERTE – Crue Bcc: x@y.example"
    assert {name.lower() for name, _ in head_of(raw)} <= KNOWN


@pytest.mark.parametrize("bad", CONTROLS)
@pytest.mark.parametrize("field", ["sender", "unsubscribe_url"])
def test_settings_with_control_characters_are_refused(bad: str, field: str):
    values = {"sender": "Ville <infos@ville.example>", "unsubscribe_url": "https://ville.example/stop"}
    values[field] = values[field].replace("i", f"i{bad}", 1) if field == "sender" else values[field] + bad + "X"
    with pytest.raises(ValueError):
        Settings(name="lettre", kind="email", host="relay.example", recipients_file="liste.txt", **values)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "https://www.ville.example/désabonnement?a={recipient}",
            "https://www.ville.example/d%C3%A9sabonnement?a=ada%40example.org",
        ),
        ("https://mairie-évry.example/stop?motif=été", "https://xn--mairie-vry-h7a.example/stop?motif=%C3%A9t%C3%A9"),
        (
            "https://ville.example/stop?d%C3%A9j%C3%A0={recipient}#ici",
            "https://ville.example/stop?d%C3%A9j%C3%A0=ada%40example.org#ici",
        ),
        ("https://ville.example:8443/=?utf-8?q?a?=", "https://ville.example:8443/=?utf-8?q?a?="),
    ],
)
def test_the_way_to_leave_the_list_is_one_word_of_ascii(written: str, said: str, relay, tmp_path):
    settings = Settings(
        name="lettre", kind="email", host="x", recipients_file="x", sender="infos@ville.example", unsubscribe_url=written
    )
    raw = sent(relay, tmp_path, a_part(html="<p>x</p>"), unsubscribe_url=settings.unsubscribe_url)
    head = dict(head_of(raw))
    assert head["List-Unsubscribe"] == f"<{said}>"
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    bodies = message_from_bytes(raw, policy=compat32).get_payload()
    assert said in bodies[0].get_payload(decode=True).decode()
    assert f'href="{said}"'.replace("&", "&amp;") in bodies[1].get_payload(decode=True).decode()


def test_the_name_of_a_picture_reaches_no_header(relay, tmp_path):
    picture = replace(a_picture(), name='quai"\r\nBcc: voleur@ailleurs.example\r\n.png', alt='Le "quai" <inondé>')
    raw = sent(relay, tmp_path, a_part(html="<p>x</p>", media=(picture,)))
    assert b"voleur" not in raw
    related = message_from_bytes(raw, policy=compat32).get_payload()[1]
    page, image = related.get_payload()
    assert image["Content-ID"].strip("<>") in page.get_payload(decode=True).decode()
    assert image.get_payload(decode=True) == a_picture().read()
    assert "Le &quot;quai&quot; &lt;inondé&gt;" in page.get_payload(decode=True).decode()


@pytest.mark.parametrize("language", ["fr\r\nBcc: x@y.example", "français", '"><script>'])
def test_an_odd_language_stays_out_of_the_header(language: str, relay, tmp_path):
    raw = sent(relay, tmp_path, a_part(html="<p>x</p>", language=language))
    assert {name.lower() for name, _ in head_of(raw)} <= KNOWN and "Content-Language" not in dict(head_of(raw))
    assert b"<script>" not in raw
