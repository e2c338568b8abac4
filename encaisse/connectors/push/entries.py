"""Entries that a program sends: invoices, credit notes, payments, and which settle which."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.connectors.push.order import (
    SOURCE,
    Outcome,
    PushedEntry,
    PushOrder,
    PushRefused,
    PushResult,
    Refusal,
    record_push,
    upsert,
)
from encaisse.connectors.result import new_methods_words, outside_words
from encaisse.ledger.models import FreeField, LedgerEntry
from encaisse.ledger.operations.customers import CustomerDirectory
from encaisse.ledger.operations.free_fields import remember_use
from encaisse.ledger.operations.invoice_files import recognise_leftovers
from encaisse.ledger.operations.payment_methods import MethodDirectory
from encaisse.ledger.operations.synchronise import SourceRow, Synchroniser, follow_customers
from encaisse.ledger.operations.syncs import has_entries_of_others, lock_ledger
from encaisse.ledger.queries.stored import ledger_scope
from encaisse.ledger.rules.free_fields import padded
from encaisse.ledger.rules.terms import PaymentTerms, parse_terms
from encaisse.tenancy.models import Company

_DEBITS = frozenset({"invoice", "rejected_payment"})
_CREDITS = frozenset({"credit_note", "payment"})
_HIGHEST_MINOR = 10**15


class _State(NamedTuple):
    """What the ledger holds of an entry: whose, whether it counts, and all that can change."""

    customer_id: int
    is_counted: bool
    fingerprint: int
    remaining_minor: int
    settled_date: date | None


@transaction.atomic
def push_entries(
    order: PushOrder, entries: Sequence[PushedEntry], *, removed: Collection[str] = ()
) -> PushResult:
    """Create or update entries by their id, take `removed` out, and settle the accounts touched.

    The other entries stay as they are. A customer who is not known yet is created by his code.
    Nothing at all is a push too: it says that the ledger is up to date. All or nothing: raises
    PushRefused.
    """
    refusals = list(_wrong(entries, frozenset(removed)))
    if refusals:
        raise PushRefused(refusals)
    lock_ledger(order.company)
    push = _Push(order, entries, frozenset(removed))
    return push.run()


def _wrong(entries: Sequence[PushedEntry], removed: frozenset[str]) -> Iterator[Refusal]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry.id in seen:
            yield Refusal(index, "id", _("Cet identifiant est déjà plus haut."))
        if entry.id in removed:
            yield Refusal(index, "id", _("Cet identifiant est aussi dans les écritures retirées."))
        seen.add(entry.id)
        if not 0 < abs(entry.amount_minor) <= _HIGHEST_MINOR:
            yield Refusal(index, "amount", _("Le montant est nul, ou trop grand."))
        elif entry.kind in _DEBITS and entry.amount_minor < 0:
            yield Refusal(index, "amount", _("Une facture ou un impayé a un montant positif."))
        elif entry.kind in _CREDITS and entry.amount_minor > 0:
            yield Refusal(index, "amount", _("Un avoir ou un règlement a un montant négatif."))
        if entry.base_minor is not None and (entry.base_minor > 0) != (entry.amount_minor > 0):
            yield Refusal(index, "base_amount", _("Les deux montants n’ont pas le même signe."))


class _Push:
    """One push over a ledger that is locked."""

    def __init__(
        self, order: PushOrder, entries: Sequence[PushedEntry], removed: frozenset[str]
    ) -> None:
        self._order = order
        self._company = order.company
        self._entries = entries
        self._removed = removed
        scope = ledger_scope(order.company)
        self._outside = {
            entry.id for entry in entries if not scope.covers(entry.account, entry.journal)
        }
        self._methods = MethodDirectory(order.company, write=True)
        self._directory = CustomerDirectory(order.company, write=True)
        self._default = parse_terms(order.company.default_payment_terms)
        self._computed = 0

    def run(self) -> PushResult:
        """Write everything, and tell what became of each item."""
        names = [entry.id for entry in self._entries]
        before = _states(self._company, [*names, *self._removed])
        owners = {state.customer_id for state in before.values()}
        bundle = self._bundle()
        customers = len(bundle)
        coverage = upsert(self._removed | self._outside)
        follow_customers(self._company, coverage, bundle)
        # Whoever had one of them is settled without it.
        bundle |= dict.fromkeys(owners - bundle.keys(), ())
        sync = Synchroniser(self._company, coverage, write=True)
        sync.add(bundle)
        remember_use(self._company, FreeField.About.ENTRY, (one.free for one in self._entries))
        recognise_leftovers(self._company, author=self._order.author, now=self._order.now)
        result = self._told(names, before)
        record_push(
            self._order,
            result,
            customers=customers,
            new_customers=self._directory.created,
            computed_due_dates=self._computed,
        )
        return result

    def _bundle(self) -> dict[int, Sequence[SourceRow]]:
        names: dict[str, str] = {}
        taken = [entry for entry in self._entries if entry.id not in self._outside]
        for entry in taken:
            names[entry.customer_code] = entry.customer_name or names.get(entry.customer_code, "")
        ids = self._directory.ids(names)
        rows: defaultdict[int, list[SourceRow]] = defaultdict(list)
        for entry in taken:
            terms = self._directory.terms(entry.customer_code, self._default)
            rows[ids[entry.customer_code]].append(self._row(entry, terms))
        return dict(rows)

    def _row(self, entry: PushedEntry, terms: PaymentTerms) -> SourceRow:
        amount = entry.amount_minor
        free1, free2, free3 = padded(entry.free[:3], 3)
        due, due_source = entry.due_date, "given"
        if due is None:
            due_source = "computed"
            # A payment that the bank sent back is due at once, and so is a credit.
            follows = amount > 0 and entry.kind != LedgerEntry.Kind.REJECTED_PAYMENT
            due = terms.due_date(entry.document_date) if follows else entry.document_date
            self._computed += follows
        return SourceRow(
            source_id=entry.id,
            kind=entry.kind or ("invoice" if amount > 0 else "payment"),
            account=entry.account,
            journal_code=entry.journal,
            entry_number="",
            document_number=entry.document_number,
            document_date=entry.document_date.isoformat(),
            posting_date=(entry.posting_date or entry.document_date).isoformat(),
            due_date=due.isoformat(),
            due_date_source=due_source,
            label=entry.label,
            currency=entry.currency or self._company.base_currency,
            amount_minor=amount,
            base_minor=amount if entry.base_minor is None else entry.base_minor,
            match_code=entry.match_code,
            match_date=entry.match_date.isoformat() if entry.match_date else "",
            payment_method_id=self._methods.id_of(entry.payment_method),
            free1=free1,
            free2=free2,
            free3=free3,
            more_free=entry.free[3:],
        )

    def _told(self, names: Sequence[str], before: Mapping[str, _State]) -> PushResult:
        after = _states(self._company, names)
        counted: dict[Hashable, object] = {
            name: state for name, state in before.items() if state.is_counted
        }
        result = PushResult(warnings=new_methods_words(self._methods.created))
        for name in names:
            if name in self._outside:
                result.items.append((name, Outcome.LEFT_OUT))
            else:
                result.add(name, name, counted, after)
        if self._outside:
            result.warnings.append(outside_words(len(self._outside)))
        for name in sorted(self._removed):
            known = name in counted
            result.items.append((name, Outcome.REMOVED if known else Outcome.UNCHANGED))
        if has_entries_of_others(self._company, SOURCE):
            result.warnings.append(
                _(
                    "La société a déjà des écritures venues d’un fichier : elles s’ajoutent à "
                    "celles-ci. Si ce sont les mêmes factures, elles comptent deux fois."
                )
            )
        return result


def _states(company: Company, names: Collection[str]) -> dict[str, _State]:
    rows = LedgerEntry.objects.filter(company=company, source=SOURCE, source_id__in=list(names))
    return {
        source_id: _State._make(state)
        for source_id, *state in rows.values_list("source_id", *_State._fields)
    }
