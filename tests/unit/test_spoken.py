"""Spoken text: what a loudspeaker says holds no digit, no address and no abbreviation."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.layout.spoken import MAX_NUMBER, duration_s, number_words, spoken
from broadcast.text.urls import find_urls


def test_the_example_of_the_specification():
    assert spoken("RDV 18h30") == "rendez-vous à dix-huit heures trente"


NUMBERS = [
    (0, "zéro"),
    (1, "un"),
    (10, "dix"),
    (16, "seize"),
    (17, "dix-sept"),
    (20, "vingt"),
    (21, "vingt et un"),
    (22, "vingt-deux"),
    (31, "trente et un"),
    (60, "soixante"),
    (61, "soixante et un"),
    (70, "soixante-dix"),
    (71, "soixante et onze"),
    (77, "soixante-dix-sept"),
    (80, "quatre-vingts"),
    (81, "quatre-vingt-un"),
    (90, "quatre-vingt-dix"),
    (91, "quatre-vingt-onze"),
    (99, "quatre-vingt-dix-neuf"),
    (100, "cent"),
    (101, "cent un"),
    (180, "cent quatre-vingts"),
    (200, "deux cents"),
    (201, "deux cent un"),
    (999, "neuf cent quatre-vingt-dix-neuf"),
    (1000, "mille"),
    (1001, "mille un"),
    (1990, "mille neuf cent quatre-vingt-dix"),
    (2000, "deux mille"),
    (2026, "deux mille vingt-six"),
    (3000, "trois mille"),
    (21_000, "vingt et un mille"),
    (80_000, "quatre-vingt mille"),
    (80_080, "quatre-vingt mille quatre-vingts"),
    (200_000, "deux cent mille"),
    (200_200, "deux cent mille deux cents"),
    (1_000_000, "un million"),
    (1_000_001, "un million un"),
    (80_000_000, "quatre-vingts millions"),
    (200_000_000, "deux cents millions"),
    (1_000_000_000, "un milliard"),
    (2_001_001_001, "deux milliards un million mille un"),
    (
        MAX_NUMBER,
        "neuf cent quatre-vingt-dix-neuf milliards neuf cent quatre-vingt-dix-neuf millions "
        "neuf cent quatre-vingt-dix-neuf mille neuf cent quatre-vingt-dix-neuf",
    ),
    (-5, "moins cinq"),
    (MAX_NUMBER + 1, "un" + " zéro" * 12),
]


@pytest.mark.parametrize(("n", "words"), NUMBERS)
def test_numbers(n, words):
    assert number_words(n) == words


@pytest.mark.parametrize(
    ("n", "words"),
    [(1, "une"), (11, "onze"), (21, "vingt et une"), (81, "quatre-vingt-une"), (2, "deux"), (101, "cent une"), (-1, "moins une")],
)
def test_numbers_before_a_feminine_noun(n, words):
    assert number_words(n, feminine=True) == words


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_two_numbers_never_sound_the_same(a, b):
    assert (number_words(a) == number_words(b)) == (a == b)


HOURS = [
    ("18h30", "dix-huit heures trente"),
    ("18 h 40", "dix-huit heures quarante"),
    ("18\u00a0h\u00a040", "dix-huit heures quarante"),
    ("18\u202fh\u202f40", "dix-huit heures quarante"),
    ("18H30", "dix-huit heures trente"),
    ("18:30", "dix-huit heures trente"),
    ("08h05", "huit heures cinq"),
    ("8h00", "huit heures"),
    ("12h", "douze heures"),
    ("0h", "zéro heure"),
    ("1h", "une heure"),
    ("21h", "vingt et une heures"),
    ("8h01", "huit heures une"),
    ("1h30 de marche", "une heure trente de marche"),
    ("18 heures 30", "dix-huit heures trente"),
    ("21 heures", "vingt et une heures"),
    ("18 h 40 min", "dix-huit heures quarante minutes"),
    ("48h", "quarante-huit heures"),
    ("2,5 h", "deux virgule cinq heures"),
    ("1/2 heure", "une demi-heure"),
    ("à 20 h.", "à vingt heures."),
    ("RDV à 18h", "rendez-vous à dix-huit heures"),
    ("RDV 18:30", "rendez-vous à dix-huit heures trente"),
    ("Rdv 18 h 30", "Rendez-vous à dix-huit heures trente"),
    ("RDV samedi 18h", "rendez-vous samedi dix-huit heures"),
    ("RDV mairie", "rendez-vous mairie"),
    ("RDV 8h-20h", "rendez-vous de huit heures à vingt heures"),
    ("8h-20h", "de huit heures à vingt heures"),
    ("7 h – 20 h", "de sept heures à vingt heures"),
    ("8-20h", "de huit heures à vingt heures"),
    ("de 8h-20h", "de huit heures à vingt heures"),
    ("de 8 h à 20 h", "de huit heures à vingt heures"),
    ("entre 8h-20h", "entre huit heures et vingt heures"),
    ("vers 18h-19h", "vers dix-huit heures à dix-neuf heures"),
    ("8:00-20:00", "de huit heures à vingt heures"),
    ("8h-12h/14h-18h", "de huit heures à douze heures, de quatorze heures à dix-huit heures"),
    ("24h/24 et 7j/7", "vingt-quatre heures sur vingt-quatre et sept jours sur sept"),
    ("18:30:15", "dix-huit heures trente quinze secondes"),
]
DATES = [
    ("21/11/2026", "vingt et un novembre deux mille vingt-six"),
    ("01/02/26", "premier février deux mille vingt-six"),
    ("01/02/98", "premier février mille neuf cent quatre-vingt-dix-huit"),
    ("21.11.2026", "vingt et un novembre deux mille vingt-six"),
    ("2026-11-21", "vingt et un novembre deux mille vingt-six"),
    ("2026-11-21T18:30", "vingt et un novembre deux mille vingt-six à dix-huit heures trente"),
    ("21/11 à 18h", "vingt et un novembre à dix-huit heures"),
    ("du 3/4 au 5/4", "du trois avril au cinq avril"),
    ("samedi 1/8", "samedi premier août"),
    ("1er mai", "premier mai"),
    ("le 1 mai 2026", "le premier mai deux mille vingt-six"),
    ("sam. 21 nov. 2026", "samedi vingt et un novembre deux mille vingt-six"),
    ("le 3 oct.", "le trois octobre."),
    ("au bord de la mer. Fin", "au bord de la mer. Fin"),
    ("45/13/2026", "quarante-cinq sur treize sur deux mille vingt-six"),
    ("le 40/5", "le quarante sur cinq"),
]
QUANTITIES = [
    ("12 000 habitants", "douze mille habitants"),
    ("12\u202f000", "douze mille"),
    ("12.000 habitants", "douze mille habitants"),
    ("1,234,567", "un million deux cent trente-quatre mille cinq cent soixante-sept"),
    ("2,5", "deux virgule cinq"),
    ("2.05", "deux virgule zéro cinq"),
    ("3,1416", "trois virgule un quatre un six"),
    ("1,2,3", "un, deux, trois"),
    ("1.2.3.4", "un point deux point trois point quatre"),
    ("40 %", "quarante pour cent"),
    ("2,5%", "deux virgule cinq pour cent"),
    ("38 °C", "trente-huit degrés"),
    ("38°", "trente-huit degrés"),
    ("-5 °C", "moins cinq degrés"),
    ("1,5 °C", "un virgule cinq degré"),
    ("12,50 €", "douze euros cinquante"),
    ("12,5 €", "douze euros cinquante"),
    ("12,05 €", "douze euros cinq"),
    ("12€50", "douze euros cinquante"),
    ("12,00 €", "douze euros"),
    ("1 €", "un euro"),
    ("0 €", "zéro euro"),
    ("0,50 €", "cinquante centimes"),
    ("0,01 €", "un centime"),
    ("1,234 €", "un virgule deux cent trente-quatre euro"),
    ("1 000 000 €", "un million d'euros"),
    ("2 millions €", "deux millions d'euros"),
    ("2,5 M€", "deux virgule cinq millions d'euros"),
    ("15 €/personne", "quinze euros par personne"),
    ("50 km/h", "cinquante kilomètres par heure"),
    ("en km/h", "en kilomètres par heure"),
    ("1 km", "un kilomètre"),
    ("des km, des m²", "des kilomètres, des mètres carrés"),
    ("100 m", "cent mètres"),
    ("20 cm", "vingt centimètres"),
    ("30 mm", "trente millimètres"),
    ("5 kg", "cinq kilogrammes"),
    ("5 KG", "cinq kilogrammes"),
    ("120 m² et 15 m2", "cent vingt mètres carrés et quinze mètres carrés"),
    ("3 km²", "trois kilomètres carrés"),
    ("21 t", "vingt et une tonnes"),
    ("15 min.", "quinze minutes."),
    ("1 min", "une minute"),
    ("45 min. de marche", "quarante-cinq minutes de marche"),
    ("10-15 cm", "dix à quinze centimètres"),
    ("4-12 ans", "quatre à douze ans"),
    ("Salle 2 - 30 places", "Salle deux, trente places"),
    ("3/4, 1/2, les 2/3", "trois quarts, un demi, les deux tiers"),
    ("½ journée", "une demi-journée"),
    (
        "2e, 3ème, 5e, 9e, 21e, 80e, 1000e",
        "deuxième, troisième, cinquième, neuvième, vingt et unième, quatre-vingtième, millième",
    ),
    ("la 1re, la 1ère, les 1ers, la 2nde", "la première, la première, les premiers, la seconde"),
    ("XX 1e", "XX premier"),
    ("21 personnes, 1 place, 11 familles", "vingt et une personnes, un place, onze familles"),
    ("J-3, J+1, 1+1", "J moins trois, J plus un, un plus un"),
    ("> 5, <3, ~10", "plus de cinq, moins de trois, environ dix"),
    ("CO₂, x², ①, Ⅷ, ٣", "CO deux, x au carré, un, huit, trois"),
    ("12bis rue Foch, 92130 Issy", "douze bis rue Foch, quatre-vingt-douze mille cent trente Issy"),
    ("007", "zéro zéro sept"),
    ("1234567890123", "un deux trois quatre cinq six sept huit neuf zéro un deux trois"),
    ("01 41 23 80 00", "zéro un, quarante et un, vingt-trois, quatre-vingts, zéro zéro"),
    ("01.41.23.80.00", "zéro un, quarante et un, vingt-trois, quatre-vingts, zéro zéro"),
    ("0141238000", "zéro un, quarante et un, vingt-trois, quatre-vingts, zéro zéro"),
    ("+33 (0)1 41 23 80 00", "plus trente-trois, un, quarante et un, vingt-trois, quatre-vingts, zéro zéro"),
    ("0 800 123 456", "zéro huit cents, cent vingt-trois, quatre cent cinquante-six"),
    (
        "Appelez le 15, le 17, le 18, le 112 ou le 114",
        "Appelez le quinze, le dix-sept, le dix-huit, le cent douze ou le cent quatorze",
    ),
    ("le 3919, le 116 117", "le trente-neuf dix-neuf, le cent seize, cent dix-sept"),
    ("le 3000 m", "le trois mille mètres"),
]
ABBREVIATIONS = [
    ("M. Dupont et MM. Petit", "monsieur Dupont et messieurs Petit"),
    ("M. le maire, Mme Lee, Mlle Roy", "monsieur le maire, madame Lee, mademoiselle Roy"),
    ("Dr House, Pr Curie", "docteur House, professeur Curie"),
    ("St-Cloud, Ste-Anne, St Denis", "Saint-Cloud, Sainte-Anne, Saint Denis"),
    ("12 av. Foch", "douze avenue Foch"),
    ("12 av.de la Gare", "douze avenue de la Gare"),
    ("bd Foch, Bd. Foch, bld Foch", "boulevard Foch, Boulevard Foch, boulevard Foch"),
    ("rte de Paris, pl. du Marché", "route de Paris, place du Marché"),
    ("Tél. : 15, tél 15, tel. 15", "Téléphone : quinze, téléphone quinze, téléphone quinze"),
    ("un tel homme, comme tel.", "un tel homme, comme tel."),
    ("pommes, etc. Venez", "pommes, et cetera. Venez"),
    ("pommes, etc. et poires, etc.", "pommes, et cetera et poires, et cetera."),
    ("etc...", "et cetera"),
    ("env. 30 pers. max.", "environ trente personnes maximum."),
    ("c.-à-d. à 6 h, cf. art. 5.", "c'est-à-dire à six heures, voir article cinq."),
    ("max. 20, min. 3", "maximum vingt, minimum trois"),
    ("durée min 15 min", "durée minimum quinze minutes"),
    ("Max Dupont", "Max Dupont"),
    ("svp. Merci, SVP", "s'il vous plaît. Merci, s'il vous plaît"),
    ("n°5, N° 12, n°s 4 et 5", "numéro cinq, Numéro douze, numéros quatre et cinq"),
    ("RD7, RN 118, A13", "route départementale sept, route nationale cent dix-huit, A treize"),
    ("SNCF et S.N.C.F.", "SNCF et SNCF"),
    ("R&D, + de 500", "R et D, plus de cinq cents"),
    ("parents/enfants, et/ou", "parents ou enfants, et ou"),
    ("en 50 av. J.-C.", "en cinquante avant Jésus-Christ."),
    ("Covid-19", "Covid dix-neuf"),
    ("5 bd.", "cinq boulevard."),
    ("au 5 pl.", "au cinq place."),
]
ADDRESSES = [
    ("Infos : https://www.ville.fr/crue?x=1#a. Merci", "Infos. Merci"),
    ("Plus d'infos sur www.ville.fr.", "Plus d'infos sur internet."),
    ("Infos sur le site ville.fr et mairie.fr ce soir", "Infos sur internet ce soir"),
    ("à l'adresse suivante : http://localhost:80/a", "sur internet"),
    ("Voir (https://ville.fr) le plan", "Voir le plan"),
    ("Au 15 ou ville.fr", "Au quinze"),
    ("VILLE.FR et t.me/ville", ""),
    ("https://mastodon.social/@ville@x.fr ok", "ok"),
    ("contact@ville.fr", "contact arobase ville point fr"),
    ("À mailto:m.dupont-2@mairie_9.org !", "À m point dupont tiret deux arobase mairie tiret bas neuf point org !"),
    ("rdv@ville.fr", "rdv arobase ville point fr"),
    ("a@b.fr\nou\n- c@d.fr", "a arobase b point fr ou.\nc arobase d point fr."),
    ("Quais fermés.La mairie", "Quais fermés. La mairie"),
    ("tél.au 15", "téléphone au quinze"),
    ("le pont.la rue", "le pont. la rue"),
    ("#IssyLesMoulineaux #Crue", "Issy Les Moulineaux Crue"),
    ("#COVID19 #crue_seine #SNCFTravaux #1", "COVID dix-neuf crue seine SNCF Travaux numéro un"),
    ("@Ville", "arobase Ville"),
    ("http", "H T T P"),
]
LINES = [
    ("« Restez » “chez” vous’ ‘ici’", "Restez chez vous ici"),
    ("l’eau d'aujourd’hui", "l'eau d'aujourd'hui"),
    ("Attention\u202f!  Danger\u00a0: crue", "Attention ! Danger : crue"),
    ("Bonjour !!! Oui... non", "Bonjour ! Oui… non"),
    ("À faire :\n- un\n- deux ;\n• trois !\n\nFin", "À faire :\nun.\ndeux.\ntrois !\nFin"),
    ("1. Un dessin\n2) Deux dessins", "un. Un dessin.\ndeux. Deux dessins."),
    ("- un point\nqui continue", "un point qui continue."),
    ("Une ligne qui\ncontinue\nMais pas là", "Une ligne qui continue\nMais pas là"),
    ("Titre\n\nTexte\r\n\r\n\r\nFin", "Titre.\nTexte.\nFin"),
    ("# Titre\n> cité", "Titre cité"),
    ("⚠️ Alerte 🚨 → Gare", "Alerte vers Gare"),
    ("Bonjour,\nLes quais", "Bonjour,\nLes quais"),
    ("pa\u00adrc\u200b \x00vert\tici", "parc vert ici"),
    ("habitant·e·s *gras* [x]", "habitantes gras x"),
    ("le parc — fermé – rouvre", "le parc, fermé, rouvre"),
    ("", ""),
    (" \n . \n", ""),
]
EXAMPLES = HOURS + DATES + QUANTITIES + ABBREVIATIONS + ADDRESSES + LINES


@pytest.mark.parametrize(("text", "said"), EXAMPLES)
def test_examples(text, said):
    assert spoken(text) == said


@pytest.mark.parametrize("said", [said for _, said in EXAMPLES if "arobase" not in said])
def test_what_is_said_stays_as_it_is(said):
    assert spoken(said) == said


def test_a_whole_message():
    text = (
        "Crue de la Seine : évitez les quais\n\n"
        "Les quais sont fermés depuis 7 h 15. Niveau : 5,80 m (+ 20 cm).\n\n"
        "Ce que fait la ville :\n\n"
        "- la police fait évacuer les voitures ;\n"
        "- un point d’accueil, 12 av. Foch, de 8 h à 20 h\n\n"
        "Tél. : 01 41 23 80 00. En savoir plus : https://ville.example/crue\n"
        "#Crue #IssyLesMoulineaux"
    )
    assert spoken(text) == (
        "Crue de la Seine : évitez les quais.\n"
        "Les quais sont fermés depuis sept heures quinze. Niveau : cinq virgule quatre-vingts mètres (plus vingt centimètres).\n"
        "Ce que fait la ville :\n"
        "la police fait évacuer les voitures.\n"
        "un point d'accueil, douze avenue Foch, de huit heures à vingt heures.\n"
        "Téléphone : zéro un, quarante et un, vingt-trois, quatre-vingts, zéro zéro. En savoir plus\n"
        "Crue Issy Les Moulineaux"
    )


#: Texts near to what the rules look for, which random characters seldom are.
PIECES = st.sampled_from(
    [
        *(text for text, _ in EXAMPLES),
        *(" ", "\n", "\n- ", "-", "/", ".", ",", ":", "h", "€", "°", "°C", "%", "km", "m²", "e", "er", "RDV ", "http", "://"),
        *(
            "0",
            "1",
            "24",
            "2026",
            "000",
            "٣",
            "²",
            "½",
            "(",
            ")",
            "#",
            "@",
            "+",
            "«",
            "’",
            "M.",
            "etc.",
            "n°",
            "sept.",
            "le ",
            "\ud800",
        ),
        *("ht", "tp", "\u00ad", "\ufe0f", "\ufdd0", "\ufdd1", "é", "www.", ".fr", "a@b", "\u2028", "_", "*"),
    ]
)
ANY = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join), st.text("0123456789 .,:/-h€°%+\n", max_size=40))


@settings(max_examples=400)
@given(ANY)
def test_any_text_is_said_without_digits_and_addresses(text):
    said = spoken(text)
    assert "http" not in said.lower()
    assert not any(unicodedata.category(c)[0] in "NC" and c not in "\n" for c in said), said
    assert not list(find_urls(said))
    assert not set(said) & set('«»“”"’\u00a0\u202f\t@#/€%')
    assert "  " not in said and said == said.strip() and "\n\n" not in said


@given(
    st.lists(
        st.sampled_from(["18h30", "12 000", "RDV", "M. Roy", "le", "quai", "2,5 km", "a@b.fr", "!", ",", "\n- ", "."]),
        max_size=12,
    )
)
def test_ordinary_text_said_twice_is_the_same(pieces):
    said = spoken(" ".join(pieces))
    assert spoken(said).split() == said.split()


@given(st.lists(st.sampled_from(["quai", "fermé", "Seine", "berge", "pont"]), min_size=1, max_size=20))
def test_no_word_is_lost(words):
    assert spoken(" ".join(words)) == " ".join(words)


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 5000,
        "1" * 10_000,
        "1," * 5000,
        "1." * 5000,
        "1/" * 5000,
        "1-" * 5000,
        "a" * 10_000 + "@",
        "a." * 5000,
        "http://" * 2000,
    ]
    + [
        "\n- " * 3000,
        " " * 10_000 + "x",
        "(" * 5000,
        ", ;" * 3000,
        "8h-" * 3000,
        "000 " * 3000,
        "A." * 5000,
        "#" * 5000,
        "M. " * 3000,
    ],
)
def test_long_hostile_texts_come_to_an_end(text):
    assert not any(map(str.isdigit, spoken(text)))


@pytest.mark.parametrize(
    ("text", "seconds"), [("", 0.0), ("un deux trois quatre cinq", 2.0), ("un, deux !", 0.8), ("Bonjour ! — …", 0.4)]
)
def test_duration(text, seconds):
    assert duration_s(text) == seconds


def test_the_duration_of_the_example():
    assert duration_s(spoken("RDV 18h30")) == 2.0
