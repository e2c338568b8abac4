"""« Profils », « Modes de règlement » and « Champs libres » over HTTP."""

from datetime import timedelta

import pytest

from encaisse.collection.models import CollectionProfile, CustomerFollowUp, ProfileRule
from encaisse.collection.operations.setup import install_defaults
from encaisse.ledger.models import Customer, FreeField, PaymentMethod
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.models import Company, Event
from encaisse.web.app.audit.words import sentence_of
from tests import builders
from tests.connectors.tables_world import bring, table
from tests.web.reading import events, text_of

pytestmark = pytest.mark.django_db

SETTINGS = "/s/morel/configurer/"
PROFILES = f"{SETTINGS}profils/"
RULES = f"{PROFILES}regles/"
METHODS = f"{SETTINGS}reglements/"
FIELDS = f"{SETTINGS}champs/"
THRESHOLD = {"s": "1", "s0-currency": "EUR", "s0-total_minimum": "12,50"}


@pytest.fixture
def morel(db: None) -> Company:
    made = Company.objects.create(slug="morel", name="Ateliers Morel")
    install_defaults(made)
    return made


@pytest.fixture
def claire(client, morel):
    """An administrator who has logged in."""
    client.force_login(builders.member(morel, "administrator"))
    return client


def profile(code: str) -> CollectionProfile:
    return CollectionProfile.objects.get(company__slug="morel", code=code)


def page_of(code: str, *parts: str) -> str:
    return f"{PROFILES}{profile(code).pk}/" + "".join(parts)


def typed_rule(place: int, profile: str, *conditions: tuple[str, str, str]) -> dict[str, str]:
    row = {f"r{place}-profile": profile, f"r{place}-size": str(len(conditions))}
    for number, condition in enumerate(conditions, start=1):
        for part, value in zip(("about", "test", "value"), condition, strict=True):
            row[f"r{place}-{part}{number}"] = value
    return row


ABROAD = {"r": "1"} | typed_rule(0, "export", ("country", "is_not", "France"))


def test_profiles_are_listed_with_their_customers_and_who_gave_them(claire, morel):
    export = profile("export")
    builders.has_profile(builders.customer(morel), export)
    ruled = builders.has_profile(builders.customer(morel), export)
    CustomerFollowUp.objects.filter(pk=ruled.pk).update(profile_origin="rule")
    builders.customer(morel)

    text = text_of(claire.get(PROFILES))

    assert "1 choisi ici" in text
    assert "1 par règle" in text
    assert "1 par défaut" in text
    assert "aucun : pas relancé en nombre" in text
    assert f"/s/morel/clients/?profil={export.pk}" in text


def test_a_profile_is_added_with_the_scenarios_of_another_or_none(claire):
    claire.post(PROFILES, {"name": "Mairies", "source": profile("export").pk})
    claire.post(PROFILES, {"name": "Artisans", "source": ""})

    assert profile("mairies").scenarios.count() == 2
    assert profile("artisans").scenarios.count() == 0
    refused = claire.post(PROFILES, {"name": "mairies"})
    assert refused.status_code == 422
    assert "Un autre profil s’appelle déjà « mairies »" in text_of(refused)


def test_a_profile_is_renamed_and_both_its_scenarios_get_its_thresholds(claire):
    response = claire.post(page_of("export"), {"name": "Étranger"} | THRESHOLD)

    assert response.status_code == 302
    export = profile("export")
    assert export.name == "Étranger"
    for scenario in export.scenarios.all():
        assert scenario.thresholds.get().total_minimum_minor == 1250

    wrong = THRESHOLD | {"s0-total_maximum": "5"}
    refused = claire.post(page_of("export"), {"name": "Étranger"} | wrong)
    assert refused.status_code == 422
    assert "Le maximum est en dessous du minimum." in text_of(refused)


def test_a_currency_is_added_to_the_form_and_nothing_is_written(claire):
    before = len(events())

    response = claire.post(page_of("export"), {"name": "Autre", "faire": "seuil"} | THRESHOLD)

    assert 'name="s1-currency"' in response.text
    assert 'value="Autre"' in response.text
    assert len(events()) == before


def test_thresholds_that_differ_are_said_so(claire):
    assert "n’ont pas les mêmes seuils" not in claire.get(page_of("export")).text
    profile("export").scenarios.get(with_email=True).thresholds.update(total_minimum_minor=9900)

    assert "n’ont pas les mêmes seuils" in claire.get(page_of("export")).text


def test_a_profile_becomes_the_default_one_after_saying_what_that_changes(claire, morel, today):
    reached, unreached, held = (
        builders.customer(morel, name, email=email)
        for name, email in (("A", "a@a.example"), ("B", ""), ("C", "c@c.example"))
    )
    CustomerFollowUp.objects.create(customer=held, company=morel, profile=profile("standard"))
    for one in (reached, unreached, held):
        builders.invoice(one, euros=100, due=today - timedelta(days=20))
    profile("export").scenarios.filter(with_email=False).delete()
    page = text_of(claire.get(page_of("export")))
    assert "2 clients à qui rien n’a donné de profil suivent aujourd’hui « Standard »" in page

    said = text_of(claire.get(page_of("export", "defaut/")))
    assert "1 client changerait de scénario." in said
    assert "1 client n’aurait plus de scénario (sans e-mail)" in said
    assert "Parmi eux, 1 à relancer" in said
    assert "au lieu de 2." in said
    assert profile("standard").is_default

    claire.post(page_of("export", "defaut/"))

    assert profile("export").is_default
    assert not profile("standard").is_default


def test_a_profile_is_copied_from_its_page(claire):
    response = claire.post(page_of("export", "dupliquer/"), {"copie-name": "Export (copie)"})

    assert response.url == page_of("export-copie")
    assert profile("export-copie").scenarios.count() == 2


def test_a_profile_goes_once_another_one_takes_its_customers(claire, morel):
    export = profile("export")
    dupont = builders.customer(morel, "Dupont")
    builders.has_profile(dupont, export)
    url = page_of("export", "supprimer/")

    refused = claire.post(url, {"replacement": ""})
    assert refused.status_code == 422
    assert "Choisissez le profil qui remplace celui-ci." in refused.text

    claire.post(url, {"replacement": profile("grand-compte").pk})
    assert not CollectionProfile.objects.filter(pk=export.pk).exists()
    assert CustomerFollowUp.objects.get(customer=dupont).profile == profile("grand-compte")


def test_a_profile_that_nobody_follows_just_goes(claire, morel):
    export = profile("export")
    page = claire.get(page_of("export")).text
    assert "Profil de remplacement" not in page
    assert "Personne ne le suit, aucune règle ne le donne." in page

    claire.post(page_of("export", "supprimer/"))
    assert not CollectionProfile.objects.filter(pk=export.pk).exists()
    told = Event.objects.get(kind="profile.deleted")
    assert sentence_of(told) == "Profil supprimé · Export"


def test_a_profile_that_a_rule_or_newcomers_would_follow_is_replaced(claire, morel):
    claire.post(RULES, ABROAD)

    for code in ("export", "standard"):
        assert "Profil de remplacement" in claire.get(page_of(code)).text
        assert claire.post(page_of(code, "supprimer/")).status_code == 422
        assert profile(code)


def test_the_profiles_of_another_company_do_not_exist(claire):
    other = builders.company("Petit")
    foreign = other.collectionprofile_set.get()
    url = f"{PROFILES}{foreign.pk}/"

    assert claire.get(url).status_code == 404
    for part in ("", "defaut/", "dupliquer/", "supprimer/"):
        assert claire.post(url + part, {"name": "Pris"}).status_code == 404
    taken = {"replacement": foreign.pk}
    assert claire.post(page_of("export", "supprimer/"), taken).status_code == 422


def test_the_effect_of_rules_is_shown_and_saving_applies_them(claire, morel):
    belgian = builders.customer(morel, "Brasserie", country="Belgique")
    builders.has_profile(builders.customer(morel, country="Suisse"), profile("interne"))

    effect = text_of(claire.post(f"{RULES}effet/", ABROAD))
    assert "1 client changerait de profil." in effect
    assert "1 client garde le profil choisi ici" in effect
    assert "Brasserie" in effect
    assert not ProfileRule.objects.exists()

    claire.post(RULES, ABROAD)
    found = CustomerFollowUp.objects.get(customer=belgian)
    assert (found.profile, found.profile_origin) == (profile("export"), "rule")
    said = text_of(claire.get(PROFILES))
    assert "Pays n’est pas France → Export" in said
    assert "règles</span> (vide) → <strong>Pays n’est pas France → export" in text_of(
        claire.get("/s/morel/configurer/journal/")
    )
    assert 'value="France"' in claire.get(RULES).text


def test_rules_are_moved_and_completed_on_the_screen_before_anything_is_kept(claire):
    second = typed_rule(1, "interne", ("balance", "at_least", "5 000"))
    two = ABROAD | second | {"r": "2"}

    moved = claire.post(RULES, two | {"faire": "monter-1"}).text
    assert moved.index('value="5 000"') < moved.index('value="France"')
    assert 'name="r1-value2"' in claire.post(RULES, two | {"faire": "critere-1"}).text
    assert 'value="5 000"' not in claire.post(RULES, two | {"faire": "supprimer-1"}).text
    assert 'name="r2-profile"' in claire.post(RULES, two | {"faire": "ajouter"}).text
    assert claire.post(RULES, two | {"faire": "monter-9"}).status_code == 200
    assert not ProfileRule.objects.exists()

    claire.post(RULES, two)
    kept = ProfileRule.objects.order_by("position").values_list("conditions", flat=True)
    assert [one[0]["value"] for one in kept] == ["France", "5000.00"]


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (("country", "is", ""), "Dites à quoi ce critère se compare."),
        (("balance", "is", "5"), "Ce critère se compare par"),
        (("balance", "at_least", "beaucoup"), "montant"),
    ],
)
def test_a_faulty_rule_is_said_beside_its_value_and_nothing_is_lost(claire, condition, sentence):
    faulty = typed_rule(1, "interne", condition)

    response = claire.post(RULES, ABROAD | faulty | {"r": "2"})

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert 'value="France"' in response.text
    assert not ProfileRule.objects.exists()


def test_a_customer_is_given_back_to_the_rules_from_his_page(claire, morel):
    belgian = builders.customer(morel, "Brasserie", country="Belgique")
    builders.has_profile(belgian, profile("interne"))
    claire.post(RULES, ABROAD)
    url = f"/s/morel/clients/{belgian.pk}/profil/"
    assert "Automatique" in claire.get(url).text

    claire.post(url, {"profile": "0"})

    assert CustomerFollowUp.objects.get(customer=belgian).profile == profile("export")


# -- payment methods -------------------------------------------------------------------------------


def test_a_method_is_named_and_says_how_many_entries_leave_the_reminders(claire, morel, today):
    method = PaymentMethod.objects.create(company=morel, code="lcr", label="LCR", is_new=True)
    own = builders.customer(morel, "Dupont", payment_method=method)
    builders.invoice(own, euros=100, due=today)
    builders.invoice(builders.customer(morel), euros=50, due=today, payment_method=method)
    page = text_of(claire.get(METHODS))
    assert "nouveau" in page
    assert "2 pièces sortiraient des relances." in page
    assert "150,00 €" in page

    row = {f"m{method.pk}-label": "Traite", f"m{method.pk}-nature": "automatique"}
    assert claire.post(METHODS, row).status_code == 302

    method.refresh_from_db()
    assert (method.label, method.is_automatic, method.is_new) == ("Traite", True, False)
    event = Event.objects.get(kind="payment_method.set")
    assert event.data["before"] == {"label": "LCR", "is_automatic": False}
    claire.post(METHODS, row)
    assert events().count("payment_method.set") == 1


def test_the_effect_of_natures_is_shown_before_they_are_saved(claire, morel, today):
    method = PaymentMethod.objects.create(company=morel, code="lcr", label="LCR")
    late = today - timedelta(days=40)
    drawn = builders.customer(morel, "Dupont", email="d@dupont.example", payment_method=method)
    builders.invoice(drawn, euros=100, due=late)
    other = builders.customer(morel, "Petit", email="p@petit.example")
    builders.invoice(other, euros=50, due=late)
    # What the entry says goes before what its customer says.
    card = PaymentMethod.objects.create(company=morel, code="cb", label="Carte")
    builders.invoice(drawn, euros=30, due=late, payment_method=card)

    row = {f"m{method.pk}-label": "", f"m{method.pk}-nature": "automatique"}
    row |= {f"m{card.pk}-label": "Carte", f"m{card.pk}-nature": "manuel"}
    effect = text_of(claire.post(f"{METHODS}effet/", row))
    assert "2 clients seraient relancés" in effect
    assert "180,00 €" in effect
    assert "<b>80,00 €</b>" in effect

    row[f"m{card.pk}-nature"] = "automatique"
    assert "1 client serait relancé" in claire.post(f"{METHODS}effet/", row).text
    assert "au lieu de 2" in claire.post(METHODS, row | {"faire": "effet"}).text
    assert not PaymentMethod.objects.filter(is_automatic=True).exists()

    unchanged = {f"m{method.pk}-label": "LCR", f"m{method.pk}-nature": "manuel"}
    assert "Changez une nature" in claire.post(f"{METHODS}effet/", unchanged).text


def test_a_method_takes_no_name_of_another_and_those_of_others_do_not_exist(claire, morel):
    lcr = PaymentMethod.objects.create(company=morel, code="lcr", label="LCR")
    PaymentMethod.objects.create(company=morel, code="cheque", label="Chèque")
    foreign = PaymentMethod.objects.create(company=builders.company("Petit"), code="a", label="A")

    first = PaymentMethod.objects.create(company=morel, code="carte", label="Carte")
    row = {f"m{lcr.pk}-label": "CHEQUE", f"m{lcr.pk}-nature": "manuel"}
    row |= {f"m{first.pk}-label": "Carte bleue", f"m{first.pk}-nature": "automatique"}
    refused = claire.post(METHODS, row)
    assert refused.status_code == 422
    first.refresh_from_db()  # nothing of a refused form is kept
    assert (first.label, first.is_automatic) == ("Carte", False)
    assert "Un autre mode s’appelle déjà « CHEQUE »." in text_of(refused)

    claire.post(METHODS, {f"m{foreign.pk}-label": "B", f"m{foreign.pk}-nature": "automatique"})
    foreign.refresh_from_db()
    assert (foreign.label, foreign.is_automatic) == ("A", False)


# -- free fields -----------------------------------------------------------------------------------


def field_data(**changes: str) -> dict[str, str]:
    """What the form sends: every field on its page and nowhere else."""
    names = ("customer1", "customer2", "entry1", "entry2", "entry3")
    shown = {f"{name}-shown": "1" for name in names}
    return shown | {f"{name}-on_page": "on" for name in names} | changes


def test_a_field_has_a_name_a_column_and_a_filter_where_it_was_asked_for(claire, morel, today):
    lyon = builders.customer(morel, "Dupont", free1="Lyon", free2="A")
    builders.invoice(lyon, euros=100, due=today, free1="CHANTIER-7")
    builders.invoice(lyon, euros=100, due=today, free1="CHANTIER-8")
    claire.post(
        FIELDS,
        field_data(
            **{
                "customer1-label": "Région", "customer1-in_customers": "on",
                "customer1-filters_customers": "on",
                "entry1-label": "Affaire", "entry1-in_due_items": "on",
                "entry1-filters_due_items": "on",
            }
        ),
    )  # fmt: skip

    customers = claire.get("/s/morel/clients/").text
    aging = claire.get("/s/morel/qui-vous-doit-quoi/").text
    due = claire.get("/s/morel/echeances/").text
    file = claire.get(f"/s/morel/clients/{lyon.pk}/").text
    for page in (customers, aging, file):
        assert "Région" in page
    assert 'name="champ1"' in aging
    assert 'name="champ2"' not in aging
    assert 'name="champ1"' not in due
    assert "CHANTIER-7" in due
    only = claire.get("/s/morel/echeances/", {"piece1": "chantier-7"}).text
    assert "CHANTIER-7" in only
    assert "CHANTIER-8" not in only
    assert events()[-1] == "free_fields.set"
    journal = text_of(claire.get("/s/morel/configurer/journal/"))
    assert "champ 1 du client, nom</span> (vide) → <strong>Région" in journal
    assert FreeField.objects.filter(company=morel).count() == 5


def test_the_page_shows_the_fields_in_use_and_one_more_is_added(claire, morel, today):
    empty = claire.get(FIELDS).text
    assert "customer1-label" not in empty
    assert empty.count("Aucun n’est encore rempli ni nommé.") == 2

    builders.customer(morel, "Dupont", free2="Sud", free6="VIP")
    page = text_of(claire.get(FIELDS))
    assert "customer2-label" in page
    assert "customer6-label" in page
    assert "customer1-label" not in page
    assert "Déjà rempli" in page

    sent = {"customer2-shown": "1", "customer6-shown": "1", "customer6-label": "Rang"}
    more = text_of(claire.post(FIELDS, sent | {"faire": "ajouter-client"}))
    assert "customer1-label" in more
    assert 'value="Rang"' in more
    assert not FreeField.objects.exists()

    boxes = ("on_page", "filters_customers", "filters_due_items", "filters_criteria")
    usual = {f"{place}-{box}": "on" for place in ("customer6", "customer1") for box in boxes}
    sent = {"customer6-shown": "1", "customer6-label": "Rang", "customer1-shown": "1"}
    claire.post(FIELDS, sent | usual)
    assert [field.name for field in FreeField.objects.all()] == ["Rang"]
    aging = claire.get("/s/morel/clients/?colonnes=name,free6,balance").text
    assert "<td>VIP</td>" in aging
    assert 'name="champ6"' in aging
    assert "Dupont" in claire.get("/s/morel/clients/?champ6=VIP").text
    assert "Rang" in claire.post(RULES, {"r": "0", "faire": "ajouter"}).text

    # Without its name it stays in use as long as something fills it.
    nameless = {"customer6-shown": "1", "customer6-label": ""} | usual
    claire.post(FIELDS, nameless)
    assert FreeField.objects.get().name == "Champ 6"
    Customer.objects.update(free6="")
    claire.post(FIELDS, nameless | {"customer6-label": "Rang"})
    claire.post(FIELDS, nameless)
    assert not FreeField.objects.exists()


def test_the_editor_offers_the_tags_of_the_fields_in_use_by_their_names(claire, morel):
    FreeField.objects.create(company=morel, about="customer", number=5, label="Agence")
    text = MessageTemplate.objects.filter(company=morel, medium="email").first()

    page = claire.get(f"{SETTINGS}modeles/{text.pk}/").text

    assert "client_champ5" in page
    assert "Agence" in page
    assert "client_champ6" not in page


def test_two_fields_of_customers_have_two_names(claire, morel):
    page = "/s/morel/configurer/champs/"
    twins = field_data(**{"customer1-label": "Région", "customer2-label": "région"})

    assert "Un autre champ porte déjà ce nom." in text_of(claire.post(page, twins))
    assert claire.post(page, twins).status_code == 422


def test_a_field_is_called_after_the_column_of_the_last_file_until_it_has_a_name(
    claire, morel, tmp_path
):
    text = "Code;Nom;Zone libre 1;Mode de règlement\n411A;Alpha;Sud;Traite\n"
    bring(morel, "customers", table(tmp_path, text))

    assert "Colonne « Zone libre 1 » du dernier fichier." in text_of(claire.get(FIELDS))
    assert "Zone libre 1" in claire.get("/s/morel/clients/").text
    assert PaymentMethod.objects.get().is_new

    claire.post(FIELDS, field_data(**{"customer1-label": "Région"}))
    assert FreeField.objects.get(about="customer", number=1).name == "Région"


def test_a_field_that_is_not_shown_on_the_page_leaves_it(claire, morel):
    dupont = builders.customer(morel, "Dupont", free2="SECRET")
    assert "SECRET" in claire.get(f"/s/morel/clients/{dupont.pk}/").text

    claire.post(FIELDS, field_data(**{"customer2-on_page": ""}))

    assert "SECRET" not in claire.get(f"/s/morel/clients/{dupont.pk}/").text
