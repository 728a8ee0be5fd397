"""French words for the codes that people see on a terminal; `--json` keeps the codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

ABILITY_WORDS: Mapping[str, str] = {
    "count": "compter l'audience",
    "doubts": "relire les signes",
    "draw": "se dessiner",
    "find": "retrouver une publication",
    "probe": "se tester",
    "send_each": "envoyer à chacun",
    "take_down": "retirer",
    "update": "corriger sur place",
}
ROLE_WORDS: Mapping[str, str] = {
    "editor": "rédaction",
    "approver": "relecture",
    "publisher": "publication",
    "duty_officer": "permanence",
    "auditor": "contrôle",
    "administrator": "administration",
}
LEVEL_WORDS: Mapping[str, str] = {
    "extreme": "extrême",
    "severe": "grave",
    "moderate": "modéré",
    "minor": "mineur",
    "unknown": "inconnu",
}
TASK_WORDS: Mapping[str, str] = {
    "flood": "trop d'un coup",
    "moved": "source déménagée",
    "quarantine": "illisible",
    "rule_void": "règle sans effet",
    "source_changed": "source modifiée",
    "source_conflict": "source contradictoire",
    "source_ended": "fin à la source",
    "stale": "source muette",
}
ACT_WORDS: Mapping[str, str] = {
    "add_feed": "ajoute la source",
    "add_person": "ajoute la personne",
    "adopt": "reprend",
    "all_clear": "fin d'alerte",
    "approve": "approuve",
    "approve_rule": "approuve la règle",
    "claim": "prend en charge",
    "dismiss": "écarte",
    "ended": "terminé",
    "failed": "échec",
    "pause": "met le canal en pause",
    "pause_feed": "met la source en pause",
    "prepare_all_clear": "prépare la fin d'alerte",
    "receipts": "envois",
    "reject": "rejette",
    "reject_rule": "rejette la règle",
    "remove_person": "retire la personne",
    "resolve": "règle l'envoi",
    "retry": "redemande l'envoi",
    "resume": "lève l'arrêt",
    "resume_channel": "reprend le canal",
    "resume_feed": "reprend la source",
    "return": "renvoie",
    "return_rule": "renvoie la règle",
    "settle_task": "clôt la tâche",
    "stop": "arrêt général",
    "submit": "soumet",
    "submit_rule": "soumet la règle",
    "withdraw": "retire",
    "withdraw_rule": "retire la règle",
}


def in_words(codes: Iterable[str], words: Mapping[str, str]) -> str:
    """Return codes in French, "a, b"; one without a word stays as it is, its words apart."""
    return ", ".join(words.get(code, code.replace("_", " ")) for code in codes)


def roles_in_words(roles: Iterable[str]) -> str:
    """Return roles in French with the word that commands take: "relecture (approver)"."""
    return ", ".join(f"{ROLE_WORDS[role]} ({role})" if role in ROLE_WORDS else role for role in roles)
