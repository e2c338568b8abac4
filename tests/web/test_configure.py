"""« Configurer » and « Créer ma société » over HTTP."""

import re

import pytest

from encaisse.collection.models import Scenario
from encaisse.collection.operations.mail_session import outbox
from encaisse.collection.operations.setup import install_defaults
from encaisse.collection.queries.letterhead import legal_mentions, signature_of
from encaisse.jobs.models import Job
from encaisse.tenancy.models import Company, Event, Membership
from encaisse.tenancy.secrets import unseal
from tests.builders import member
from tests.web.reading import words_of

pytestmark = pytest.mark.django_db

SETTINGS = "/s/morel/configurer/"
GET_PAGES = [
    "",
    "expediteur/",
    "regles/",
    "options/",
    "scenarios/",
    "modeles/",
    "reglements/",
    "utilisateurs/",
]
IDENTITY = {"name": "Ateliers Morel", "country": "FR", "language": "fr"}
SENDER = {
    "sender_email": "compta@morel.example",
    "smtp_port": "587",
    "smtp_security": "none",
}
RULES = {
    "timezone": "Europe/Paris",
    "fiscal_year_month": "4",
    "default_payment_terms": "45 jours fin de mois",
    "send_from_hour": "8",
    "send_until_hour": "18",
    "freshness_hours": "48",
}


@pytest.fixture
def administrator(client, morel):
    user = member(morel, "administrator", "claire@morel.example", first_name="Claire")
    client.force_login(user)
    return client


@pytest.mark.parametrize("page", GET_PAGES)
@pytest.mark.parametrize("role", Membership.Role.values)
def test_only_administrators_configure(client, morel, page, role):
    client.force_login(member(morel, role))

    expected = 200 if role == "administrator" else 403
    assert client.get(SETTINGS + page).status_code == expected


def test_the_identity_is_kept_without_the_spaces_people_type(administrator, morel):
    iban = "FR76 3000 6000 0112 3456 7890 189"
    typed = {"siret": "732 829 320 00074", "iban": iban, "bic": "agrifrpp"}
    printed = {"service_name": "Comptabilité clients", "subdivision": "FR:57"}

    assert administrator.post(SETTINGS, IDENTITY | typed | printed).status_code == 302

    morel.refresh_from_db()
    assert (morel.siret, morel.siren) == ("73282932000074", "732829320")
    assert (morel.service_name, morel.subdivision) == ("Comptabilité clients", "57")
    assert (morel.iban, morel.bic) == ("FR7630006000011234567890189", "AGRIFRPP")
    event = Event.objects.get(kind="company.configured")
    assert event.data["before"]["siren"] == ""
    assert "FR76 3000 6000 0112" in words_of(administrator.get(SETTINGS))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"siren": "732829321"}, "Ce n’est pas un SIREN"),
        ({"iban": "FR7630006000011234567890188"}, "Cet IBAN est faux"),
        ({"bic": "AGRI"}, "Ce n’est pas un BIC"),
        ({"vat_number": "FR00732829320"}, "Ce n’est pas un numéro de TVA"),
        ({"siret": "73282932000075"}, "Ce n’est pas un SIRET"),
        ({"siret": "73282932000074", "siren": "552100554"}, "n’est pas celui de ce SIREN"),
        ({"country": "CH", "subdivision": "FR:57"}, "Cette région est dans un autre pays"),
        ({"name": ""}, "obligatoire"),
        ({"phone": "abc"}, "Ce n’est pas un numéro de téléphone"),
        ({"phone": "12"}, "Ce n’est pas un numéro de téléphone"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    administrator, morel, wrong, sentence
):
    response = administrator.post(SETTINGS, IDENTITY | {"city": "Pau"} | wrong)

    assert response.status_code == 422
    assert sentence in words_of(response)
    assert 'value="Pau"' in response.text
    morel.refresh_from_db()
    assert morel.city == ""


@pytest.mark.parametrize("country", ["MA", "TN", "CA", "GB"])
def test_the_countries_of_every_currency_are_offered(administrator, morel, country):
    phone = "+212 (0)5 22-00-00-00 poste 12"

    assert administrator.post(SETTINGS, IDENTITY | {"country": country, "phone": phone})

    morel.refresh_from_db()
    assert (morel.country, morel.phone) == (country, phone)


def test_the_registry_is_named_only_with_its_town(morel):
    morel.siren, morel.registry_city = "732829320", ""
    assert "732 829 320" in legal_mentions(morel)
    assert "RCS" not in legal_mentions(morel)

    morel.registry_city = "Lyon"
    assert "732 829 320 RCS Lyon" in legal_mentions(morel)


def test_each_form_of_a_page_says_where_it_goes(administrator, morel):
    """What is shown after one of them was refused has the address of that one."""
    refused = {"do": "test", "imap_host": "", "imap_port": "993", "imap_security": "ssl"}
    page = administrator.post(f"{SETTINGS}expediteur/boite/", refused)

    main = page.text.partition('class="configure-main')[2].partition("</main>")[0]
    forms = re.findall(r'<form method="post"[^>]*>', main)
    sender = [form for form in forms if f'action="{SETTINGS}expediteur/"' in form]
    assert len(sender) == 1
    assert len([form for form in forms if "action=" in form]) == len(forms) > 1


def test_the_service_stands_below_whoever_signs(morel):
    morel.sender_name, morel.service_name = "Ateliers Morel", "Comptabilité clients"

    assert signature_of(morel) == "Ateliers Morel\nComptabilité clients"
    assert signature_of(morel, "Claire Martin") == "Claire Martin\nComptabilité clients"


def test_rules_are_kept(administrator, morel):
    administrator.post(f"{SETTINGS}regles/", RULES | {"automatic_paused": "on"})

    morel.refresh_from_db()
    assert (morel.fiscal_year_month, morel.freshness_hours) == (4, 48)
    assert morel.default_payment_terms == "45 jours fin de mois"
    assert morel.automatic_paused


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"send_until_hour": "8"}, "L’heure de fin doit suivre l’heure de début."),
        ({"default_payment_terms": "un jour"}, "n’est pas compris"),
        ({"timezone": "Europe/Lutèce"}, "Europe/Lutèce"),
    ],
)
def test_wrong_rules_are_refused(administrator, morel, wrong, sentence):
    response = administrator.post(f"{SETTINGS}regles/", RULES | wrong)

    assert response.status_code == 422
    assert sentence in words_of(response)


def test_the_password_is_written_sealed_and_never_shown(administrator, morel):
    url = f"{SETTINGS}expediteur/"
    administrator.post(url, SENDER | {"smtp_password": "très secret"})
    morel.refresh_from_db()

    assert unseal(morel.smtp_password_sealed) == "très secret"
    page = administrator.get(url).text
    assert "très secret" not in page
    assert "Un mot de passe est enregistré." in page
    assert "secret" not in str(Event.objects.get().data)

    administrator.post(url, SENDER | {"smtp_password": "", "sender_name": "Morel"})
    morel.refresh_from_db()
    assert unseal(morel.smtp_password_sealed) == "très secret"


def try_to_send(client, smtp_server, **changes):
    server = {"smtp_host": smtp_server.host, "smtp_port": str(smtp_server.port), "do": "test"}
    return client.post(f"{SETTINGS}expediteur/", SENDER | server | changes)


def test_the_test_mail_reaches_oneself(administrator, smtp_server):
    response = try_to_send(administrator, smtp_server, sender_name="Compta Morel")

    (received,) = smtp_server.received
    assert received.sender == "compta@morel.example"
    assert received.recipients == ("claire@morel.example",)
    assert received.message["Subject"] == "Essai d’envoi – Ateliers Morel"
    assert "envoyé à claire@morel.example" in words_of(response)
    assert Event.objects.filter(kind="mail.tried").exists()


def test_the_exact_sentence_of_the_server_is_shown(administrator, smtp_server):
    smtp_server.refused["claire@morel.example"] = "550 5.7.1 Relais interdit"

    response = try_to_send(administrator, smtp_server)

    assert response.status_code == 422
    assert "550 5.7.1 Relais interdit" in words_of(response)
    assert "Les réglages sont enregistrés." in words_of(response)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"smtp_host": "127.0.0.1", "smtp_port": "1"}, "refuse la connexion sur le port 1"),
        ({"smtp_host": ""}, "Donnez d’abord le serveur SMTP."),
        ({"smtp_host": "", "sender_email": ""}, "Donnez d’abord l’adresse de l’expéditeur."),
    ],
)
def test_a_test_that_cannot_leave_says_why(administrator, smtp_server, changes, sentence):
    response = try_to_send(administrator, smtp_server, **changes)

    assert response.status_code == 422
    assert sentence in words_of(response)
    assert smtp_server.received == []


def test_the_other_modes_hold_the_test_back_too(administrator, smtp_server, morel):
    Company.objects.update(mail_mode="redirect", redirect_to="tout@morel.example")
    try_to_send(administrator, smtp_server)
    assert smtp_server.received[0].recipients == ("tout@morel.example",)

    Company.objects.update(mail_mode="capture")
    response = try_to_send(administrator, smtp_server)
    assert "Rien n’est parti" in words_of(response)
    assert len(smtp_server.received) == 1
    assert len(list(outbox(morel).glob("*.eml"))) == 1


def test_a_scenario_is_a_line_of_time(administrator, morel):
    Scenario.objects.all().delete()
    morel.collectionprofile_set.all().delete()
    install_defaults(morel)

    text = words_of(administrator.get(f"{SETTINGS}scenarios/"))

    for words in ("Clients « Standard » avec e-mail", "J − 8", "J + 8", "J + 40"):
        assert words in text
    assert "8 jours après l’étape précédente" in text
    assert "Rien en dessous de 5,00 € au total." in text


def test_only_a_demonstration_can_be_reset(administrator, morel):
    url = f"{SETTINGS}demonstration/"
    assert administrator.post(url).status_code == 404
    assert "Réinitialiser la démonstration" not in administrator.get(SETTINGS).text

    Company.objects.filter(pk=morel.pk).update(is_demo=True)
    assert "Réinitialiser la démonstration" in administrator.get(SETTINGS).text
    administrator.post(url)
    assert Job.objects.get().function == "encaisse.demo.tasks.reset"


NEW = {"name": "Héron & Fils", "base_currency": "EUR", "default_payment_terms": "30 jours"}


def test_a_company_is_created_with_its_scenarios_and_leads_to_the_import(administrator):
    response = administrator.post("/societes/nouvelle/", NEW | {"siren": "732 829 320"})

    made = Company.objects.get(name="Héron & Fils")
    assert response.url == f"/s/{made.slug}/importer/"
    assert made.siren == "732829320"
    assert Scenario.objects.filter(company=made).exists()
    assert made.memberships.get().role == "administrator"
    assert "Mise en route" in administrator.get(response.url).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"slug": "morel"}, "Une société porte déjà le nom court « morel »"),
        ({"slug": "!!"}, "Écrivez des lettres"),
        ({"siren": "1"}, "Ce n’est pas un SIREN"),
        ({"default_payment_terms": "bientôt"}, "n’est pas compris"),
        ({"base_currency": "ZZZ"}, "ZZZ"),
    ],
)
def test_a_wrong_company_is_refused(administrator, wrong, sentence):
    response = administrator.post("/societes/nouvelle/", NEW | wrong)

    assert response.status_code == 422
    assert sentence in words_of(response)
    assert Company.objects.count() == 1


@pytest.mark.parametrize("role", ["reader", "collector"])
def test_only_who_configures_a_company_makes_another(client, morel, role):
    client.force_login(member(morel, role))

    assert client.get("/societes/nouvelle/").status_code == 403
    assert client.post("/societes/nouvelle/", NEW).status_code == 403


def test_a_visitor_creates_nothing(client):
    assert client.get("/societes/nouvelle/").status_code == 302
