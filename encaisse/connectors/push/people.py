"""Customers and contacts that a program sends."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.operations.profiles import profile_names, take_file_profiles
from encaisse.connectors.push.order import (
    PushOrder,
    PushRefused,
    PushResult,
    Refusal,
    record_push,
)
from encaisse.connectors.result import new_methods_words
from encaisse.core.text import fold
from encaisse.core.wording import told
from encaisse.ledger.models import Contact, Customer, FreeField
from encaisse.ledger.operations.details import Details, DetailsWriter, Person, contact_key
from encaisse.ledger.operations.free_fields import remember_use
from encaisse.ledger.operations.synchronise import customer_ids
from encaisse.ledger.operations.syncs import lock_ledger
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS
from encaisse.ledger.rules.terms import TermsError, parse_terms
from encaisse.tenancy.models import Company


@transaction.atomic
def push_customers(
    order: PushOrder, customers: Sequence[Details], *, profiles: Mapping[str, str] | None = None
) -> PushResult:
    """Create or update customers by their code; an empty field changes nothing.

    `profiles`: the profile of some of them, by its name or code; what a person chose stands. All
    or nothing: raises PushRefused.
    """
    named, known = profiles or {}, profile_names(order.company)
    _refuse([*_wrong_customers(customers), *_wrong_profiles(customers, named, known)])
    lock_ledger(order.company)
    codes = [one.code for one in customers]
    writer = DetailsWriter(order.company, write=True)
    before = _customers(order.company, codes)
    writer.customers(customers)
    writer.finish(codes=codes)
    wanted = {code: known[fold(name)] for code, name in named.items()}
    take_file_profiles(order.company, wanted, write=True)
    after = _customers(order.company, codes)
    remember_use(
        order.company,
        FreeField.About.CUSTOMER,
        ([one.texts.get(column, "") for column in CUSTOMER_COLUMNS] for one in customers),
    )
    result = PushResult(warnings=new_methods_words(writer.methods.created))
    for code in codes:
        result.add(code, code, before, after)
    record_push(order, result, kind="customers", customers=len(codes))
    return result


@transaction.atomic
def push_contacts(order: PushOrder, people: Sequence[Person]) -> PushResult:
    """Add or update contacts of known customers, each by his address, else by his name.

    What somebody typed here is left alone. All or nothing: raises PushRefused.
    """
    lock_ledger(order.company)
    ids = customer_ids(order.company, {one.customer_code for one in people})
    _refuse(_wrong_people(people, ids))
    writer = DetailsWriter(order.company, write=True)
    before = _contacts(ids.values())
    writer.contacts(people)
    writer.finish(codes=list(ids))
    after = _contacts(ids.values())
    result = PushResult()
    for one in people:
        name = one.email or one.name or one.phone or one.mobile
        result.add(name, contact_key(ids[one.customer_code], one), before, after)
    record_push(order, result, kind="contacts", customers=len(ids))
    return result


def _refuse(refusals: Iterable[Refusal]) -> None:
    if found := list(refusals):
        raise PushRefused(found)


def _wrong_customers(customers: Sequence[Details]) -> Iterator[Refusal]:
    seen: set[str] = set()
    for index, one in enumerate(customers):
        if one.code in seen:
            yield Refusal(index, "code", _("Ce code client est déjà plus haut."))
        seen.add(one.code)
        for email in one.emails:
            if not _is_email(email):
                yield Refusal(index, "emails", _("« %s » n’est pas une adresse e-mail.") % email)
        terms = one.texts.get("payment_terms", "")
        try:
            parse_terms(terms or "30")
        except TermsError as error:
            yield Refusal(index, "payment_terms", told(error, _))


def _wrong_profiles(
    customers: Sequence[Details], named: Mapping[str, str], known: Mapping[str, object]
) -> Iterator[Refusal]:
    for index, one in enumerate(customers):
        name = named.get(one.code, "")
        if name and fold(name) not in known:
            text = _("Le profil « %s » n’existe pas dans la société.")
            yield Refusal(index, "profile", text % name)


def _wrong_people(people: Sequence[Person], known: dict[str, int]) -> Iterator[Refusal]:
    for index, one in enumerate(people):
        if one.customer_code not in known:
            text = _("Le client « %(code)s » n’existe pas dans la société.")
            yield Refusal(index, "customer_code", text % {"code": one.customer_code})
        if one.email and not _is_email(one.email):
            yield Refusal(index, "email", _("« %s » n’est pas une adresse e-mail.") % one.email)
        if not (one.email or one.name or one.phone or one.mobile):
            yield Refusal(index, "email", _("Donnez une adresse, un nom ou un téléphone."))


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _customers(company: Company, codes: Sequence[str]) -> dict[Hashable, object]:
    rows = Customer.objects.of(company).filter(account_code__in=codes)
    given = dict(rows.values_list("account_code", "follow_up__profile_id"))
    return {row["account_code"]: (row, given[row["account_code"]]) for row in rows.values()}


def _contacts(ids: Iterable[int]) -> dict[Hashable, object]:
    found: dict[Hashable, object] = {}
    for contact in Contact.objects.filter(customer_id__in=list(ids)).order_by("id"):
        state = (contact.name, contact.role, contact.phone, contact.mobile, contact.language)
        found.setdefault(contact_key(contact.customer_id, contact), state)
    return found
