"""Which role may do what. The only place that says so."""

from encaisse.tenancy.models.membership import Membership

Role = Membership.Role

_READS = frozenset({"ledger.view", "activity.view", "ledger.export"})
_ACTS = _READS | {
    "reminder.send",
    "reminder.cancel",
    "reminder.resolve",
    "hold.set",
    "dispute.open",
    "promise.record",
    "note.write",
    "level.set",
    "followup.edit",
    "ledger.import",
}
_CONFIGURES = _ACTS | {"company.configure", "user.manage", "audit.view", "demo.reset"}

CAPABILITIES: dict[str, frozenset[str]] = {
    Role.READER: _READS,
    Role.COLLECTOR: _ACTS,
    Role.ADMINISTRATOR: _CONFIGURES,
}


def role_can(role: str, capability: str) -> bool:
    """True when the role holds the capability. An unknown capability is a programming error."""
    if capability not in _CONFIGURES:
        raise KeyError(capability)
    return capability in CAPABILITIES[role]


# What shows or changes the whole company: not for someone limited to a portfolio.
_WHOLE_COMPANY = frozenset(
    {"ledger.import", "company.configure", "user.manage", "audit.view", "demo.reset"}
)


def needs_whole_company(capability: str) -> bool:
    """True for what someone limited to a portfolio may not do, whatever his role."""
    return capability in _WHOLE_COMPANY


def member_holds(membership: Membership, capability: str) -> bool:
    """True when the member holds the capability: his role does, and his portfolio allows it."""
    if membership.limited_to_portfolio and needs_whole_company(capability):
        return False
    return role_can(membership.role, capability)
