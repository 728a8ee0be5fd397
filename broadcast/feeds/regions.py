"""Departments, collectivities and regions of France with their INSEE and NUTS-3 codes. Pure; nothing is downloaded.

Source: INSEE, code officiel géographique 2026; Eurostat NUTS 2024 (codes of 2016 and after).
"""

from __future__ import annotations

from dataclasses import dataclass

REGIONS = {
    "01": "Guadeloupe",
    "02": "Martinique",
    "03": "Guyane",
    "04": "La Réunion",
    "06": "Mayotte",
    "11": "Île-de-France",
    "24": "Centre-Val de Loire",
    "27": "Bourgogne-Franche-Comté",
    "28": "Normandie",
    "32": "Hauts-de-France",
    "44": "Grand Est",
    "52": "Pays de la Loire",
    "53": "Bretagne",
    "75": "Nouvelle-Aquitaine",
    "76": "Occitanie",
    "84": "Auvergne-Rhône-Alpes",
    "93": "Provence-Alpes-Côte d'Azur",
    "94": "Corse",
}
#: ISO 3166-2 of the regions.
ISO_REGIONS = {
    "GP": "01", "MQ": "02", "GF": "03", "RE": "04", "YT": "06", "GUA": "01", "MTQ": "02", "GUF": "03", "LRE": "04",
    "MAY": "06", "IDF": "11", "CVL": "24", "BFC": "27", "NOR": "28", "HDF": "32", "GES": "44", "PDL": "52", "BRE": "53",
    "NAQ": "75", "OCC": "76", "ARA": "84", "PAC": "93", "COR": "94", "20R": "94",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Department:
    """A department or an overseas collectivity (those have no region)."""

    code: str
    name: str
    region: str
    nuts: str


_TABLE = """
01 84 FRK21 Ain
02 32 FRE21 Aisne
03 84 FRK11 Allier
04 93 FRL01 Alpes-de-Haute-Provence
05 93 FRL02 Hautes-Alpes
06 93 FRL03 Alpes-Maritimes
07 84 FRK22 Ardèche
08 44 FRF21 Ardennes
09 76 FRJ21 Ariège
10 44 FRF22 Aube
11 76 FRJ11 Aude
12 76 FRJ22 Aveyron
13 93 FRL04 Bouches-du-Rhône
14 28 FRD11 Calvados
15 84 FRK12 Cantal
16 75 FRI31 Charente
17 75 FRI32 Charente-Maritime
18 24 FRB01 Cher
19 75 FRI21 Corrèze
2A 94 FRM01 Corse-du-Sud
2B 94 FRM02 Haute-Corse
21 27 FRC11 Côte-d'Or
22 53 FRH01 Côtes-d'Armor
23 75 FRI22 Creuse
24 75 FRI11 Dordogne
25 27 FRC21 Doubs
26 84 FRK23 Drôme
27 28 FRD21 Eure
28 24 FRB02 Eure-et-Loir
29 53 FRH02 Finistère
30 76 FRJ12 Gard
31 76 FRJ23 Haute-Garonne
32 76 FRJ24 Gers
33 75 FRI12 Gironde
34 76 FRJ13 Hérault
35 53 FRH03 Ille-et-Vilaine
36 24 FRB03 Indre
37 24 FRB04 Indre-et-Loire
38 84 FRK24 Isère
39 27 FRC22 Jura
40 75 FRI13 Landes
41 24 FRB05 Loir-et-Cher
42 84 FRK25 Loire
43 84 FRK13 Haute-Loire
44 52 FRG01 Loire-Atlantique
45 24 FRB06 Loiret
46 76 FRJ25 Lot
47 75 FRI14 Lot-et-Garonne
48 76 FRJ14 Lozère
49 52 FRG02 Maine-et-Loire
50 28 FRD12 Manche
51 44 FRF23 Marne
52 44 FRF24 Haute-Marne
53 52 FRG03 Mayenne
54 44 FRF31 Meurthe-et-Moselle
55 44 FRF32 Meuse
56 53 FRH04 Morbihan
57 44 FRF33 Moselle
58 27 FRC12 Nièvre
59 32 FRE11 Nord
60 32 FRE22 Oise
61 28 FRD13 Orne
62 32 FRE12 Pas-de-Calais
63 84 FRK14 Puy-de-Dôme
64 75 FRI15 Pyrénées-Atlantiques
65 76 FRJ26 Hautes-Pyrénées
66 76 FRJ15 Pyrénées-Orientales
67 44 FRF11 Bas-Rhin
68 44 FRF12 Haut-Rhin
69 84 FRK26 Rhône
70 27 FRC23 Haute-Saône
71 27 FRC13 Saône-et-Loire
72 52 FRG04 Sarthe
73 84 FRK27 Savoie
74 84 FRK28 Haute-Savoie
75 11 FR101 Paris
76 28 FRD22 Seine-Maritime
77 11 FR102 Seine-et-Marne
78 11 FR103 Yvelines
79 75 FRI33 Deux-Sèvres
80 32 FRE23 Somme
81 76 FRJ27 Tarn
82 76 FRJ28 Tarn-et-Garonne
83 93 FRL05 Var
84 93 FRL06 Vaucluse
85 52 FRG05 Vendée
86 75 FRI34 Vienne
87 75 FRI23 Haute-Vienne
88 44 FRF34 Vosges
89 27 FRC14 Yonne
90 27 FRC24 Territoire de Belfort
91 11 FR104 Essonne
92 11 FR105 Hauts-de-Seine
93 11 FR106 Seine-Saint-Denis
94 11 FR107 Val-de-Marne
95 11 FR108 Val-d'Oise
971 01 FRY10 Guadeloupe
972 02 FRY20 Martinique
973 03 FRY30 Guyane
974 04 FRY40 La Réunion
975 - - Saint-Pierre-et-Miquelon
976 06 FRY50 Mayotte
977 - - Saint-Barthélemy
978 - - Saint-Martin
986 - - Wallis-et-Futuna
987 - - Polynésie française
988 - - Nouvelle-Calédonie
"""
DEPARTMENTS = {
    code: Department(code, name, region.strip("-"), nuts.strip("-"))
    for code, region, nuts, name in (line.split(" ", 3) for line in _TABLE.strip().splitlines())
}
#: Communes whose arrondissements have INSEE codes of their own.
_DISTRICTS = {"751": "75056", "6938": "69123", "132": "13055"}


def department_of(code: str) -> str:
    """Return the department of a commune or department code, "" where it is none."""
    code = code.strip().upper()
    if code in DEPARTMENTS:
        return code
    head = code[:3] if code.startswith(("97", "98")) else code[:2]
    return head if len(code) == 5 and head in DEPARTMENTS else ""


def region_of(department: str) -> str:
    """Return the region of a department, "" for a collectivity or an unknown code."""
    found = DEPARTMENTS.get(department)
    return found.region if found else ""


def whole_commune(code: str) -> str:
    """Return the commune of an arrondissement of Paris, Lyon or Marseille; other codes as they are."""
    return next((commune for head, commune in _DISTRICTS.items() if len(code) == 5 and code.startswith(head)), code)
