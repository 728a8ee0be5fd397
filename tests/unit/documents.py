"""Any document, for properties of what is made from one."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from broadcast.blocks import (
    Code,
    CodeBlock,
    Document,
    Emphasis,
    Heading,
    LineBreak,
    Link,
    ListBlock,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Strong,
    Table,
    Text,
)

SIGNS = "#$*_@<>[](){}\\`~-+=/'\"^&|:;.,!?%0123456789 abcdé"


def texts() -> Any:
    return st.one_of(st.text(SIGNS, max_size=12), st.text(max_size=8))


def inlines() -> Any:
    leaf = st.one_of(texts().map(Text), texts().map(Code), st.builds(Picture, texts(), texts()), st.just(LineBreak()))
    return st.recursive(
        st.lists(leaf, max_size=3).map(tuple),
        lambda inner: st.lists(
            st.one_of(leaf, inner.map(Emphasis), inner.map(Strong), st.builds(Link, texts(), inner)), max_size=4
        ).map(tuple),
        max_leaves=6,
    )


def lists_of(numbered: list[tuple[int, Any]]) -> Any:
    items = tuple(item for _, item in numbered)
    return st.builds(ListBlock, st.booleans(), st.just(items), st.sampled_from([(), tuple(n for n, _ in numbered)]))


def documents() -> Any:
    plain = st.one_of(
        inlines().map(Paragraph),
        st.builds(Heading, st.integers(1, 6), inlines()),
        texts().map(CodeBlock),
        st.just(Rule()),
        st.builds(
            Table,
            st.lists(inlines(), max_size=3).map(tuple),
            st.lists(st.lists(inlines(), max_size=3).map(tuple), max_size=2).map(tuple),
            st.lists(st.sampled_from(["", "left", "center", "right"]), max_size=3).map(tuple),
        ),
    )
    blocks = st.recursive(
        plain,
        lambda inner: st.one_of(
            st.lists(inner, max_size=2).map(tuple).map(Quote),
            st.lists(st.tuples(st.integers(0, 300), st.lists(inner, max_size=2).map(tuple)), max_size=3).flatmap(lists_of),
        ),
        max_leaves=5,
    )
    return st.lists(blocks, max_size=4).map(tuple).map(Document)
