from encaisse.collection.models.followup import (
    CustomerFollowUp,
    EntryFollowUp,
    LevelChange,
    Note,
    NoteMention,
)
from encaisse.collection.models.forecast import CashTarget
from encaisse.collection.models.obstacles import (
    Dispute,
    DisputeEntry,
    Hold,
    PaymentPromise,
    PromiseEntry,
)
from encaisse.collection.models.reminder import IncomingMail, Reminder, ReminderLine, WrittenText
from encaisse.collection.models.scenario import (
    CollectionProfile,
    ProfileRule,
    Scenario,
    ScenarioVersion,
    Step,
    Threshold,
)

__all__ = [
    "CashTarget",
    "CollectionProfile",
    "CustomerFollowUp",
    "Dispute",
    "DisputeEntry",
    "EntryFollowUp",
    "Hold",
    "IncomingMail",
    "LevelChange",
    "Note",
    "NoteMention",
    "PaymentPromise",
    "ProfileRule",
    "PromiseEntry",
    "Reminder",
    "ReminderLine",
    "Scenario",
    "ScenarioVersion",
    "Step",
    "Threshold",
    "WrittenText",
]
