"""No reader of a message is made to ask another server for a picture: its owner could count them, and change it after the vote."""

from __future__ import annotations

import pytest

from broadcast.markdown import parse, parse_with_losses, to_html, to_plain
from broadcast.render.clean import clean

REMOTE = [
    "![La digue](http://images.example/digue.jpg)",
    "![La digue](https://images.example/digue.jpg?id=7)",
    "![La digue](HTTPS://images.example/digue.jpg)",
    "![La digue](//images.example/digue.jpg)",
    "![La digue](\\\\\\\\images.example/digue.jpg)",
    "![La digue][1]\n\n[1]: http://images.example/digue.jpg",
    "[![La digue](http://images.example/digue.jpg)](https://ville.example/)",
    "| Lieu |\n|---|\n| ![La digue](http://images.example/digue.jpg) |",
    "- un\n- ![La digue](http://images.example/digue.jpg)",
    "> ![La digue](http://images.example/digue.jpg)",
]


@pytest.mark.parametrize("source", REMOTE)
def test_a_picture_on_another_server_is_refused_and_its_words_stay(source):
    document, losses = parse_with_losses(source)
    page = to_html(document)
    assert "<img" not in page and "La digue" in to_plain(document)
    assert any(loss.blocking or loss.code == "image_dropped" for loss in losses)


def test_the_way_out_names_the_header_and_the_line():
    _, losses = parse_with_losses("Un.\n\nDeux.\n\n![La digue](http://images.example/digue.jpg)")
    (loss,) = [one for one in losses if one.code == "image_remote"]
    assert loss.blocking and loss.line == 5 and 'images: [{file: photo.jpg, alt: "La digue"}]' in loss.message


def test_a_picture_beside_the_message_and_a_link_stay():
    document, losses = parse_with_losses("![Le quai](quai.jpg) et [la digue](http://images.example/digue.jpg)")
    assert not any(loss.blocking for loss in losses)
    assert 'src="quai.jpg"' in to_html(document) and 'href="http://images.example/digue.jpg"' in to_html(
        parse("[x](http://images.example/digue.jpg)")
    )


@pytest.mark.parametrize(
    "address", ["http://a.example/x.png", "//a.example/x.png", "HTTPS://a.example/x", "\\\\a.example\\x", "/\\a.example/x"]
)
def test_no_template_can_bring_one_in(address):
    assert "a.example" not in clean(f'<p>Un</p><img src="{address}" alt="La digue">')
    assert 'src="quai.jpg"' in clean('<img src="quai.jpg" alt="Le quai">')
