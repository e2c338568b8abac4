from encaisse.collection.models.followup import (
    CustomerFollowUp,
    EntryFollowUp,
    LevelChange,
    Note,
)
from encaisse.collection.models.obstacles import (
    Dispute,
    DisputeEntry,
    Hold,
    PaymentPromise,
    PromiseEntry,
)
from encaisse.collection.models.reminder import Reminder, ReminderLine
from encaisse.collection.models.scenario import CollectionProfile, Scenario, Step, Threshold

__all__ = [
    "CollectionProfile",
    "CustomerFollowUp",
    "Dispute",
    "DisputeEntry",
    "EntryFollowUp",
    "Hold",
    "LevelChange",
    "Note",
    "PaymentPromise",
    "PromiseEntry",
    "Reminder",
    "ReminderLine",
    "Scenario",
    "Step",
    "Threshold",
]
