"""A sign that leaves out what happens, where, or whom to call is told so; only of alerts, and never blocked."""

from __future__ import annotations

import pytest

from broadcast.checks_sign import check_sign
from broadcast.model import Form, MessageKind
from tests.builders import a_draft, a_rendition


def advice(text: str, **facts: object) -> str:
    facts = {"title": "Coupure d'eau : quartier des Épinettes", "event": "", "contact": "Régie : 01 41 23 80 00"} | facts
    draft = a_draft(**facts)
    found = check_sign([a_rendition("signs", "sign", Form.PUBLISH, text, draft)], draft, {"92040": "Issy-les-Moulineaux"})
    assert not any(f.blocking for f in found)
    return " ".join(f.message for f in found)


def test_a_sign_that_says_all_is_not_advised():
    assert advice("COUPURE D'EAU\nÉPINETTES\nTÉL.\n01 41 23 80 00") == ""


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("ÉPINETTES\n01 41 23 80 00", "de quoi il s'agit (Coupure d'eau)"),
        ("COUPURE D'EAU\n01 41 23 80 00", "où (Épinettes)"),
        ("COUPURES D'EAU\nÉPINETTES", "quel numéro appeler (01 41 23 80 00)"),
        ("RESTEZ CHEZ VOUS", "de quoi il s'agit (Coupure d'eau) ni où (Épinettes) ni quel numéro appeler (01 41 23 80 00)"),
    ],
)
def test_what_is_missing_is_named(text, missing):
    assert missing in advice(text)


def test_the_event_names_what_happens():
    assert "de quoi" not in advice("INONDATION\nÉPINETTES\n01 41 23 80 00", event="Inondation")


def test_the_town_itself_need_not_be_said_on_its_own_signs():
    assert advice("COUPURE D'EAU", title="Coupure d'eau à Issy-les-Moulineaux", contact="") == ""


def test_what_is_no_alert_may_be_short():
    assert advice("À BIENTÔT", kind=MessageKind.ACTIVITY) == ""
