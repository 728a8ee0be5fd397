"""An alert with something in every field, and the newsroom that sends ours."""

from __future__ import annotations

from datetime import timedelta

from broadcast.alerts import Alert, Area, Info, Named, Resource
from broadcast.model import Newsroom
from tests.builders import NOON

ROOM = Newsroom(
    id="ville",
    name="Ville d'Exemple",
    cap_sender="com@example.org",
    base_url="https://example.org",
    areas=("92040",),
    area_names={"92040": "Issy-les-Moulineaux"},
)


def an_alert(**facts: object) -> Alert:
    info = Info(
        language="fr-FR",
        event="Crue",
        categories=("Met", "Safety"),
        urgency="Immediate",
        severity="Severe",
        certainty="Observed",
        response_types=("Avoid",),
        event_codes=(Named("code", "CRUE"),),
        headline="Crue <grave> & rapide",
        description="Ligne 1\nLigne 2",
        instruction="Évitez les quais",
        expires=NOON + timedelta(hours=5),
        resources=(
            Resource(
                resource_desc="carte",
                mime_type="image/png",
                size=12,
                uri="https://example.org/a.png",
            ),
        ),
        areas=(
            Area(
                area_desc="Issy",
                polygons=("48.8,2.2 48.9,2.2 48.9,2.3 48.8,2.2",),
                circles=("48.8,2.2 3",),
                geocodes=(Named("FR-INSEE-COMMUNE", "92040"),),
            ),
        ),
    )
    values = {
        "identifier": "a.1",
        "sender": "com@example.org",
        "sent": NOON,
        "status": "Actual",
        "msg_type": "Alert",
        "scope": "Public",
        "infos": (info,),
    }
    return Alert(**(values | facts))
