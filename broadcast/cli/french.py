"""What click itself says, in French: it looks its words up through two names that its modules hold."""

from __future__ import annotations

import sys
from collections.abc import Mapping

#: click's words -> ours. What is not here stays as it is.
WORDS: Mapping[str, str] = {
    "Aborted!": "abandonné",
    "Options": "Options",
    "Positional arguments": "Arguments",
    "Commands": "Commandes",
    "Usage:": "Usage :",
    "Error: {message}": "broadcast : {message}",
    "Try '{command} {option}' for help.": "Aide : {command} {option}",
    "Missing command.": "commande manquante",
    "Missing argument": "argument manquant :",
    "Missing option": "option manquante :",
    "Missing parameter": "paramètre manquant :",
    "Missing {param_type}": "manque : {param_type}",
    "Missing parameter: {param_name}": "paramètre manquant : {param_name}",
    "No such option {name!r}.": "option inconnue : {name}",
    "No such command {name!r}.": "commande inconnue : {name}",
    "Did you mean {possibility}?": "; vouliez-vous dire {possibility} ?",
    "(Did you mean one of: {possibilities}?)": "; vouliez-vous dire l'une de : {possibilities} ?",
    "Invalid value: {message}": "valeur incorrecte : {message}",
    "Invalid value for {param_hint}: {message}": "valeur incorrecte pour {param_hint} : {message}",
    "{value!r} is not a valid {number_type}.": "« {value} » n'est pas un nombre",
    "Got unexpected extra argument ({args})": "argument en trop : {args}",
    "Got unexpected extra arguments ({args})": "arguments en trop : {args}",
    "Option {name!r} requires an argument.": "l'option {name} attend une valeur",
    "Option {name!r} requires {nargs} arguments.": "l'option {name} attend {nargs} valeurs",
    "Option {name!r} does not take a value.": "l'option {name} ne prend pas de valeur",
    "default: {default}": "par défaut : {default}",
    "Show the version and exit.": "Afficher la version.",
    "Show this message and exit.": "Afficher cette aide.",
}


def install() -> None:
    """Make click speak French; harmless when done twice, or if a click to come has no such names."""
    for name, module in list(sys.modules.items()):
        if not name.startswith("click."):
            continue
        for theirs, ours in (("_", _word), ("ngettext", _words)):
            if hasattr(module, theirs):
                setattr(module, theirs, ours)


def _word(text: str) -> str:
    return WORDS.get(text, text)


def _words(one: str, many: str, count: int) -> str:
    return _word(one if count == 1 else many)
