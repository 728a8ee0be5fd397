"""Which archive pages a change of the site touches."""

from __future__ import annotations

import pytest

from channels.website.archives import page_of, pages, touched


@pytest.mark.parametrize(("position", "page"), [(1, 1), (20, 1), (21, 2), (40, 2), (41, 3)])
def test_a_message_stands_on_the_page_of_its_position(position: int, page: int):
    assert page_of(position, 20) == page


def test_an_old_message_touches_its_own_page_and_the_newest_only():
    assert touched([3], count=10_000, size=20) == [1, 500]


def test_the_first_message_of_a_page_touches_the_page_before_which_now_names_a_later_one():
    assert touched([41], count=41, size=20) == [2, 3]
    assert touched([1], count=1, size=20) == [1]


def test_messages_that_came_together_touch_all_their_pages():
    assert touched(range(15, 46), count=45, size=20) == [1, 2, 3]


def test_a_site_without_messages_has_no_page():
    assert touched([], count=0, size=20) == [] and list(pages(0, 20)) == []
