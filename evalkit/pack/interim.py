"""Whether an evaluation is an interim look, and how that is said."""

from __future__ import annotations

from datetime import date

from evalkit.amounts import british_date
from evalkit.campaign.header import Campaign


def is_interim(campaign: Campaign, as_of: date) -> bool:
    """Whether a date lies before the end of the campaign or of the effects to be counted."""
    return as_of < max(campaign.end, campaign.effects_until or campaign.end)


def interim_note(campaign: Campaign, as_of: date) -> str:
    """Say that it is an interim look; nothing where the campaign and its effects are over."""
    if not is_interim(campaign, as_of):
        return ""
    over = british_date(max(campaign.end, campaign.effects_until or campaign.end))
    return (
        f"Interim look, as of {british_date(as_of)}: {campaign.title} is not over until {over}. Looking "
        "often and stopping at a good moment finds more than there is; decide when the figures are complete."
    )
