"""A list is read as people and programs write it: what stands in it decides, and nobody is lost in silence."""

from __future__ import annotations

import pytest

from channels.email.addresses import address_of
from channels.email.listing import People, read

A, B, C = "anne@abonne.example", "bruno@abonne.example", "chloe@abonne.example"
GOOGLE = (
    "First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Value\n"
    f"Anne,A,* myContacts,* Home,{A},,,\nBruno,B,* myContacts,* Work,{B} ::: bruno2@abonne.example,Home,b3@abonne.example,\n"
    "Sans,Adresse,,,,,,0102030405\n"
)
OUTLOOK = (
    '"First Name","Notes","E-mail Address","E-mail Type","E-mail Display Name","E-mail 2 Address"\r\n'
    f'"Anne","deux\r\nlignes, et un ""mot""","{A}","SMTP","Anne A ({A})",""\r\n"Bruno","","{B}","SMTP","Bruno","{C}"\r\n'
)
MAILCHIMP = (
    f'"Email Address","First Name","MEMBER_RATING","OPTIN_TIME","NOTES"\n{A},Anne,2,"2024-01-02 10:00:00",""\n{B},Bruno,2,,\n'
)
BREVO = f"CONTACT ID;EMAIL;NOM;PRENOM;ADDED_TIME\n1;{A};A;Anne;01-02-2024\n2;{B};B;Bruno;02-02-2024\n"
CARDS = (
    f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anne\r\nEMAIL;TYPE=INTERNET,HOME:{A}\r\nitem1.EMAIL;TYPE=WORK:{B}\r\n"
    "NOTE:voir autre@ailleurs.example\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Sans\r\nTEL:0102030405\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Chloé\r\nEMAIL:chloe@abonne.\r\n example\r\nEND:VCARD\r\n"
)


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (f"{A}; {B}; {C}\n", [A, B, C]),
        (f'"Durand, David" <{A}>; Emma <{B}>\n', [A, B]),
        (f"{A},{B} , {C}", [A, B, C]),
        (f"{A} {B}\t{C}\n", [A, B, C]),
        (f"<{A}>\nmailto:{B}\nMAILTO:{C}?subject=x\n", [A, B, C]),
        (f"Anne ({A}), « {B} », '{C}'.\n", [A, B, C]),
        (f"{A}/{B}\n", [A, B]),
        (f"Statut mail;Email\nactif;{A}\ninactif;{B}\n", [A, B]),
        (f"sep=;\nEmail;Nom\n{A};Anne\n", [A]),
        (f'"sep=,"\r\nAdresse électronique,Nom\r\n{A},Anne\r\n', [A]),
        (f"Adresse électronique\n{A}\n", [A]),
        (f"Adresse de messagerie;Adresse de messagerie 2;Ville\n{A};{B};Évry\n;{C};Évry\n", [A, B, C]),
        (f"Nom|Courriel\nAnne|{A}\nBruno|{B}\n", [A, B]),
        (f"Nom\tMél\nAnne\t{A}\n", [A]),
        (f"Nom;Contact\nAnne;{A}\n", [A]),
        (f"# d'abord\n\nNom;Courriel\nAnne;{A}\n# {C} est parti\n;;\nBruno;{B}\n", [A, B]),
        (f"{A} # la mairie\n{B}   # avant : {C}\n", [A, B]),
        (f"Anne;apt #3;{A}\n", [A]),
        (f'Nom;Adresse;Courriel\nAnne;"3, rue\ndu Port #2";{A}\nBruno;;{B}\n', [A, B]),
        (f'Nom;Courriel\nAnne "dite;{A}\nBruno;{B}\n', [A, B]),
        (f"Courriel;Inscrit par\n{A};agent@ville.example\n{B};agent@ville.example\n", [A, B]),
        ("\u200b" + A + "\n\ufeff" + B + "\u200b\n\u00a0" + C + "\u00a0\n", [A, B, C]),
        ("anne@abonne\u200b.example\n", [A]),
        (f"{A}\n{A.upper()}\nAnne <{A}>\n", [A]),
        ("zoé@mairie-évry.example\nZOÉ@xn--mairie-vry-h7a.example\n", ["zoé@mairie-évry.example"]),
        ("o'neil+alerte@sous.domaine.example\n", ["o'neil+alerte@sous.domaine.example"]),
        (f"{A}\r{B}\r{C}", [A, B, C]),
        (GOOGLE, [A, B, "bruno2@abonne.example", "b3@abonne.example"]),
        (OUTLOOK, [A, B, C]),
        (MAILCHIMP, [A, B]),
        (BREVO, [A, B]),
        (CARDS, [A, B, C]),
    ],
)
def test_every_address_is_somebodys(text: str, addresses: list[str]):
    people = read(text.encode())
    assert list(people.addresses) == addresses
    assert people.not_understood == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_any_encoding(encoding: str):
    text = f"Prénom;Adresse électronique\r\nZoé;{A}\r\nÉric;{B}\r\n"
    assert read(text.encode(encoding)) == People((A, B))


@pytest.mark.parametrize(
    ("text", "found", "lines"),
    [
        (f"{A}\npas une adresse\n{B}\n", 2, (2,)),
        (f"{A}\nanne.abonne.example\nx@y@z\nbruno@\n@abonne.example\n", 1, (2, 3, 4, 5)),
        (f"{A}; bruno@abonne\n", 1, (1,)),
        (f"anne [at] abonne.example\n{B}\n", 1, (1,)),
        (f"Nom;Courriel\nAnne;{A}\nBruno;bruno.abonne.example\nChloé;\nDavid;{B}\n", 2, (3,)),
        (f"Nom;Courriel\nAnne;{A}\nBruno;{B} , chloe@\n", 2, (3,)),
        (f"bonjour\n{A}\n", 1, (1,)),
        ("Nom;Courriel\nAnne;anne\n", 0, (2,)),
        ("a@b..example\nc@-x.example\nd@x.123\ne@x.example.\n", 1, (1, 2, 3)),
    ],
)
def test_what_is_not_understood_is_told_by_its_line(text: str, found: int, lines: tuple[int, ...]):
    people = read(text.encode())
    assert (len(people.addresses), people.not_understood) == (found, lines)


def test_somebody_without_an_address_is_counted_apart():
    assert read(GOOGLE.encode()).without == (4,)
    assert len(read(CARDS.encode()).without) == 1


@pytest.mark.parametrize("data", [b"", b"\n\n", b"# rien\n", "\ufeff".encode(), "\ufeff".encode("utf-16")])
def test_an_empty_list_is_nobody(data: bytes):
    assert read(data) == People(())


@pytest.mark.parametrize("data", [b"PK\x03\x04\x14\0", b"\xd0\xcf\x11\xe0\xa1", b"%PDF-1.7\n", b"\0\1\2\3", b"GIF89a\0\0\0\1"])
def test_what_is_no_text_is_refused(data: bytes):
    with pytest.raises(ValueError):
        read(data)


@pytest.mark.parametrize(
    "odd", ["anne@abonne.example\x00", "an\x07ne@abonne.example", "anne@abon\x85ne.example", "a b@c.example", "a@b"]
)
def test_no_control_character_is_part_of_an_address(odd: str):
    assert address_of(odd) == ""


def test_a_list_of_a_hundred_thousand_is_read_line_by_line():
    people = read("".join(f"Nom {n};p{n}@abonne.example\n" for n in range(100_000)).encode())
    assert len(people.addresses) == 100_000 and not people.not_understood
