"""Whose fault a refusal is: one recipient's, or everybody's. Pure.

A relay says at a recipient what may concern only that one (a domain for which it does not relay) or everybody (this
machine may not send at all), often in the same words. What becomes of the others tells them apart: once somebody is
accepted, those refused before were each their own; if the first several are refused, nobody is struck off.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from broadcast.errors import ChannelMisconfigured, ChannelRefused, DeliveryError

#: Unclear refusals in a row, nobody accepted in this session, after which others are tried, from the end of the list: it
#: may begin with a domain that the relay does not serve.
FIRST = 5
#: The same after which they concern everybody.
ENOUGH = 8
#: The same where others were accepted before; and refusals that look like one recipient's, nobody accepted before.
LATER = 25


@dataclass
class Suspects:
    """Refusals since somebody was last accepted, in one session with the relay."""

    #: True once somebody was accepted in this session.
    accepted: bool = False
    #: (address, what was said): whom it concerns is not known yet.
    unclear: list[tuple[str, DeliveryError]] = field(default_factory=list)
    #: Refusals of any kind in a row.
    _in_a_row: int = 0
    #: Plain refusals in a row: noted as such, and taken back if the row does not end.
    _plain: list[tuple[str, DeliveryError]] = field(default_factory=list)

    def accept(self) -> list[tuple[str, DeliveryError]]:
        """Note that somebody was accepted; return whose unclear refusals were their own."""
        self.accepted = True
        return self.clear()

    def clear(self) -> list[tuple[str, DeliveryError]]:
        """Return the unclear refusals as each recipient's own."""
        own = self.unclear
        self.unclear, self._plain, self._in_a_row = [], [], 0
        return own

    def refuse(self, address: str, error: DeliveryError) -> None:
        """Note a refusal."""
        (self.unclear if error.unclear else self._plain).append((address, error))
        self._in_a_row += 1

    @property
    def concern_everybody(self) -> bool:
        """True if so many were refused in a row that it must be everybody."""
        plain = not self.accepted and self._in_a_row >= LATER
        return plain or len(self.unclear) >= (LATER if self.accepted else ENOUGH)

    @property
    def wants_others(self) -> bool:
        """True if people from elsewhere in the list should be tried next."""
        return not self.accepted and len(self.unclear) >= FIRST

    def put_back(self) -> list[str]:
        """Return who must be tried again, after all others."""
        back = [address for address, _ in self._plain + self.unclear]
        self.unclear, self._plain, self._in_a_row = [], [], 0
        return back

    def reason(self) -> ChannelMisconfigured:
        """Return what to tell the person who mends it."""
        said = (self.unclear or self._plain)[-1][1]
        many = self._in_a_row
        words = f"{said} – {many} destinataires refusés à la suite" if many > 1 else str(said)
        return ChannelMisconfigured(f"{words} : rien n'est retenu contre eux, ils seront repris en dernier")

    def at_the_end(self, *, reached: bool, tried_before: frozenset[str]) -> list[tuple[str, DeliveryError]] | None:
        """Return whose refusals are their own when nobody is left to compare with; None: they concern everybody.

        Args:
            reached: somebody got this message, in this session or an earlier one.
            tried_before: who was refused in an earlier session, too.
        """
        alone = [error for address, error in self.unclear if isinstance(error, ChannelMisconfigured)]
        if alone and not self.accepted and not (reached and all(a in tried_before for a, _ in self.unclear)):
            return None
        return self.clear()


def is_one_recipients(error: DeliveryError) -> bool:
    """True for a refusal that may be one recipient's own."""
    return isinstance(error, ChannelRefused) or error.unclear
