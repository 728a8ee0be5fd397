"""Lists as programs export them: who unsubscribed, who is only mentioned, and where the names of the columns stand."""

from __future__ import annotations

import pytest

from channels.email.listing import read

A, B, C = "anne@abonne.example", "bruno@abonne.example", "chloe@abonne.example"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"Email;Statut\n{A};abonné\n{B};Désabonnée\n{C};abonné\n", (3,)),
        (f"CONTACT ID,EMAIL,EMAIL_BLACKLISTED\n1,{A},no\n2,{B},yes\n3,{C},\n", (3,)),
        (f'"Email Address","Status","Tags"\n"{A}","Subscribed",""\n"{B}","Unsubscribed",""\n"{C}","Subscribed",""\n', (3,)),
        (f"Nom\tCourriel\tDésinscrit\nA\t{A}\t\nB\t{B}\tx\nC\t{C}\tnon\n", (3,)),
    ],
)
def test_who_unsubscribed_gets_nothing_and_is_counted(text: str, lines: tuple[int, ...]):
    people = read(text.encode())
    assert (people.addresses, people.unsubscribed, people.not_understood) == ((A, C), lines, ())


@pytest.mark.parametrize("heading", ["Notes", "Remarque", "Commentaires", "Observations"])
def test_somebody_mentioned_in_a_note_is_told_and_not_written_to(heading: str):
    people = read(f"Nom;Adresse de messagerie;{heading}\nAnne;{A};\nBruno;{B};voir {C}\n".encode())
    assert (people.addresses, people.not_understood) == ((A, B), (3,))


@pytest.mark.parametrize(
    "text",
    [
        f"Export du 29/11/2026;;\n;;\nNom;Courriel;Inscrit par\nAnne;{A};agent@ville.example\nBruno;{B};agent@ville.example\n",
        f"Liste des abonnés au 3 mars\r\nNom;Courriel\r\nAnne;{A}\r\nBruno;{B}\r\n",
        f"Members for group mairie\nEmail address,Nickname,Group status\n{A},Anne,member\n{B},,member\n",
    ],
)
def test_a_title_before_the_names_of_the_columns_changes_nothing(text: str):
    people = read(text.encode())
    assert (people.addresses, people.not_understood) == ((A, B), ())


@pytest.mark.parametrize(
    "text",
    [
        f"dn: cn=Anne,mail={A}\nmail: {B}\n",
        f"email={A}\ncourriel={B}\n",
        f"📧{A}\n☎️ 01 02, ✉{B}\n",
        f"{A}，{B}\n",
        f"{A}、 {B}；\n",
    ],
)
def test_what_stands_before_an_address_is_no_part_of_it(text: str):
    assert read(text.encode()).addresses == (A, B)


def test_a_sign_of_equality_inside_a_name_stays():
    assert read(b"bounce+anne=ville.example@liste.example\n").addresses == ("bounce+anne=ville.example@liste.example",)
