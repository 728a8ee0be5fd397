"""Numbers to call and addresses to write to, found in running text and left alone where they are none."""

from __future__ import annotations

import pytest

from broadcast.text import contacts


def found(text: str, *, is_contact: bool = False) -> list[str]:
    pieces = list(contacts.links(text, is_contact=is_contact))
    assert "".join(words for words, _ in pieces) == text
    return [address for _, address in pieces if address]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Renseignements : 01 41 23 80 00.", "tel:+33141238000"),
        ("01.41.23.80.00", "tel:+33141238000"),
        ("01-41-23-80-00", "tel:+33141238000"),
        ("(0141238000)", "tel:+33141238000"),
        ("06\u00a012\u00a034\u00a056\u00a078, le soir", "tel:+33612345678"),
        ("+33 1 41 23 80 00", "tel:+33141238000"),
        ("+33 (0)1 41 23 80 00", "tel:+33141238000"),
        ("0033 1 41 23 80 00", "tel:+33141238000"),
        ("0 800 123 456 (gratuit)", "tel:0800123456"),
        ("0800 12 34 56", "tel:0800123456"),
        ("0 969 369 900", "tel:+33969369900"),
        ("+49 30 901820", "tel:+4930901820"),
        ("mairie@ville.example.fr.", "mailto:mairie@ville.example.fr"),
        ("jean.dupont+crue@ville-exemple.fr", "mailto:jean.dupont+crue@ville-exemple.fr"),
        ("En danger, appelez le 112 !", "tel:112"),
        ("Composez le 15.", "tel:15"),
        ("call 112 if needed", "tel:112"),
        ("au 3919, jour et nuit", "tel:3919"),
        ("Tél. : 3237", "tel:3237"),
        ("par SMS, le 114.", "sms:114"),
    ],
)
def test_a_number_to_call_is_a_link(text: str, address: str):
    assert found(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "Jusqu'au 18 décembre à 17 h",
        "le 15 janvier 2027, de 9 h à 18 h",
        "SIRET 219 200 409 00013",
        "FR76 3000 6000 0112 3456 7890 189",
        "n° 2026-412",
        "3000 habitants au 3100 m d'altitude",
        "jusqu'au 3114 euros",
        "https://www.example.org/0141238000",
        "ligne 0141238000123",
        "au 31 12 2026",
        "@ville_exemple sur le réseau",
        "Les lignes 112 et 115 sont déviées",
        "appelez le 15 décembre",
        "10 15 20 30 40 50 60",
    ],
)
def test_what_is_no_number_to_call_stays_words(text: str):
    assert found(text) == []


def test_in_a_line_of_contacts_a_short_number_alone_is_called():
    assert found("Urgences : 15, 17, 18 ou 112", is_contact=True) == ["tel:15", "tel:17", "tel:18", "tel:112"]
    assert found("116 117", is_contact=True) == ["tel:116117"]
    assert found("Mairie 01 41 23 80 00, du 15 au 18 décembre", is_contact=True)[0] == "tel:+33141238000"
    assert len(found("01 41 23 80 00 de 9 h à 17 h", is_contact=True)) == 1


def test_several_short_numbers_after_one_call_are_all_links():
    assert found("Appelez le 15 ou le 112.") == ["tel:15", "tel:112"]
