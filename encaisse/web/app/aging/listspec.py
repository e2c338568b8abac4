"""The list « Qui vous doit quoi ? »: its columns and filters, and what they mean."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from encaisse.insights.choices import Choices
from encaisse.insights.criteria import Accounts, Criteria
from encaisse.web.charts import late_labels
from encaisse.web.lists import Column, Filter, ListSpec, ListState, Text

_PARTS = {"retard": "overdue", "avenir": "not_due"}
_ACCOUNTS = {"crediteurs": Accounts.CREDITORS, "tous": Accounts.ALL}
_LEVELS = range(1, 10)


def aging_spec(bounds: Sequence[int], choices: Choices) -> ListSpec:
    """The list for some ageing periods, with the values that exist in the ledger."""
    return ListSpec(
        columns=_columns(bounds, several_currencies=len(choices.currencies) > 1),
        filters=tuple(_filters(bounds, choices)),
        sort="-overdue",
        search=_("Nom ou code du client"),
        caption=_("Qui vous doit quoi ?"),
        rows="aging/_rows.html",
        totals="aging/_totals.html",
        summary="aging/_summary.html",
        empty="aging/_empty.html",
        menus="aging/_periods.html",
        keeps=("tranches",),
    )


def _columns(bounds: Sequence[int], *, several_currencies: bool) -> tuple[Column, ...]:
    labels = late_labels(bounds)
    late = [
        Column(f"late_{rank}", labels[rank], numeric=True) for rank in reversed(range(len(labels)))
    ]
    return (
        Column("name", _("Client"), fixed=True, titles=(_("Client"), _("Code client"))),
        Column("profile", _("Profil"), wide=True),
        Column("sales_rep", _("Commercial"), wide=True),
        Column("level", _("Relance"), titles=(_("Niveau"), _("Dernière relance"))),
        *late,
        Column(
            "credits",
            _("Crédits"),
            numeric=True,
            wide=True,
            help=_("Avoirs et règlements reçus qui ne sont pas encore lettrés"),
        ),
        Column("overdue", _("En retard"), numeric=True, fixed=True),
        Column("not_due", _("À venir"), numeric=True),
        Column("balance", _("Total"), numeric=True),
        Column("currency", _("Devise"), sortable=False, hidden=not several_currencies),
    )


def _filters(bounds: Sequence[int], choices: Choices) -> Iterable[Filter]:
    yield Filter(
        "relance",
        _("Relances"),
        (("oui", _("À relancer")), ("stop", _("À ne pas relancer (STOP)"))),
    )
    yield Filter("tranche", _("Échéances"), tuple(_parts(bounds)))
    yield Filter("niveau", _("Niveau"), tuple(_levels()))
    profiles = [(str(profile.pk), profile.name) for profile in choices.profiles]
    methods = [(str(method.pk), method.label) for method in choices.payment_methods]
    for key, label, values in (
        ("profil", _("Profil"), profiles),
        ("commercial", _("Commercial"), [(name, name) for name in choices.sales_reps]),
        ("categorie", _("Catégorie"), [(name, name) for name in choices.categories]),
        ("mode", _("Mode de règlement"), methods),
        ("devise", _("Devise"), [(code, code) for code in choices.currencies]),
    ):
        if len(values) > 1:
            yield Filter(key, label, tuple(values))
    yield Filter(
        "comptes",
        _("Comptes"),
        (("crediteurs", _("Comptes créditeurs")), ("tous", _("Débiteurs et créditeurs"))),
    )
    yield Filter("litige", _("En litige"), kind="toggle")


def _parts(bounds: Sequence[int]) -> Iterable[tuple[str, Text]]:
    yield "retard", _("En retard")
    yield "avenir", _("À venir")
    for rank, label in enumerate(late_labels(bounds)):
        yield str(rank), label


def _levels() -> Iterable[tuple[str, Text]]:
    yield "0", _("Jamais relancé")
    for level in _LEVELS:
        yield str(level), f"R{level}"


def criteria_of(state: ListState, choices: Choices) -> Criteria:
    """What the filters ask of the balances."""
    part = state.get("tranche")
    profile, level, method = state.get("profil"), state.get("niveau"), state.get("mode")
    return Criteria(
        search=state.search,
        accounts=_ACCOUNTS.get(state.get("comptes"), Accounts.DEBTORS),
        part=_PARTS.get(part) or (f"late_{part}" if part else ""),
        currency=state.get("devise"),
        sales_rep=state.get("commercial"),
        category=state.get("categorie"),
        payment_method_id=int(method) if method else None,
        profile_id=int(profile) if profile else None,
        is_default_profile=profile == str(choices.default_profile_id),
        level=int(level) if level else None,
        is_stopped={"oui": False, "stop": True}.get(state.get("relance")),
        is_disputed=bool(state.get("litige")),
    )
