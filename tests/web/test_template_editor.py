"""Writing the texts of messages: what is refused, what is kept, what customers then read."""

import json
from email import message_from_bytes, policy
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from encaisse.collection.models import Reminder
from encaisse.collection.operations.mail_session import outbox
from encaisse.collection.queries.drafts import Draft
from encaisse.collection.queries.messages import Composer
from encaisse.messaging.models import LetterLayout, MessageTemplate
from encaisse.messaging.rules.placeholders import offered
from encaisse.tenancy.models import Event
from tests.builders import member
from tests.web.plan_desk import ROOT, text_of, told
from tests.web.plan_fixtures import desk

__all__ = ["desk"]

EMAILS = f"{ROOT}etape/emails/"
TEXTS = "/s/morel/configurer/modeles/"
LETTERS = "/s/morel/configurer/courriers/"


@pytest.fixture
def claire(client, desk):
    """An administrator who has logged in."""
    user = member(desk.company, "administrator", "claire@morel.example", first_name="Claire")
    client.force_login(user)
    return client


def row(code: str = "reminder_1_email", language: str = "fr") -> MessageTemplate:
    return MessageTemplate.objects.get(code=code, language=language)


def address(of: MessageTemplate, *parts: object) -> str:
    return TEXTS + "".join(f"{part}/" for part in (of.pk, *parts))


def typed(of: MessageTemplate, **changes: object) -> dict[str, object]:
    """What the form sends for a text, with some fields changed."""
    names = ("label", "kind", "medium", "language", "subject", "body")
    return {name: getattr(of, name) for name in names} | {"seen": of.version} | changes


# -- the editor ----------------------------------------------------------------------------------


def test_every_text_opens_and_fills_in(claire, desk):
    desk.mail("Dupont", phone="04 78 00 00 00")
    assert "Mise en demeure" in claire.get(TEXTS).text

    texts = MessageTemplate.objects.filter(language="fr").exclude(kind="thanks")
    for text in texts.exclude(medium="letter"):
        assert claire.get(address(text)).status_code == 200
        shown = claire.post(f"{TEXTS}apercu/", typed(text))
        assert 'role="alert"' not in shown.text, (text.code, text_of(shown))
        content = claire.post(f"{TEXTS}apercu/contenu/", typed(text))
        assert "script-src" not in content["Content-Security-Policy"]


def test_a_changed_text_is_what_the_plan_shows_at_once(claire, desk):
    desk.mail("Dupont")
    body = "<p>Chère société {{ client }},</p><p>{{ tableau }}</p>"

    response = claire.post(address(row()), typed(row(), subject="Petit rappel", body=body))

    assert response.status_code == 302
    customer_id = desk.entries["Dupont"].customer_id
    page = claire.get(f"{EMAILS}{customer_id}/apercu/")
    assert "Petit rappel" in page.text
    event = Event.objects.get(kind="template.changed")
    assert event.data["before"]["subject"].startswith("Rappel")
    assert event.data["after"]["subject"] == "Petit rappel"
    assert "label" not in event.data["after"]


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"body": "<p>{{ inconnue }}</p>"}, "body", "Balise inconnue « inconnue »."),
        ({"subject": "{{ tableau }}"}, "subject", "ne peut pas figurer dans l’objet"),
        ({"subject": "Dû : %inconnue%"}, "subject", "Balise inconnue « inconnue »."),
        ({"body": "<p>{% for a in b %}{% endfor %}</p>"}, "body", "sont permises"),
        ({"body": "<p>{% if b2b %}</p>"}, "body", "mal fermée"),
        ({"body": "{{ client.legal_name }}"}, "body", "sont permises"),
        ({"body": ""}, "body", "Donnez un texte"),
        ({"subject": ""}, "subject", "Donnez un objet"),
        ({"label": ""}, "label", "Donnez un nom"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(claire, wrong, field, sentence):
    response = claire.post(address(row()), typed(row(), **wrong))

    assert response.status_code == 422
    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert sentence in text_of(response)
    assert row().version == 1


def test_a_text_of_another_product_is_taken_with_its_tags(claire):
    body = (
        "<p>{% if telephone %}</p><p>Client %client_code%, %client_nom% : %total_a_venir%</p>"
        "<p>{% endif %}</p><p>%tableau_comptable2%</p>"
    )
    claire.post(address(row()), typed(row(), subject="Total %total%", body=body))

    assert row().subject == "Total {{ total }}"
    assert row().body == (
        "{% if telephone %}\n<p>Client {{ client_code }}, {{ client }} : {{ total_a_echoir }}</p>"
        "{% endif %}\n<p>{{ tableau }}</p>"
    )


def test_a_text_saved_as_it_was_makes_no_version(claire):
    response = claire.post(address(row()), typed(row(), body=row().body.replace("\n", "\r\n")))

    assert told(response) == ["Rien n’avait changé."]
    assert row().version == 1
    assert not Event.objects.filter(kind="template.changed").exists()


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(claire):
    before = typed(row())
    claire.post(address(row()), typed(row(), subject="De Claire"))

    late = claire.post(address(row()), before | {"subject": "En retard"})

    assert late.status_code == 422
    assert "Claire a changé ce modèle entre-temps" in text_of(late)
    assert 'value="En retard"' in late.text
    assert row().subject == "De Claire"


# -- versions ------------------------------------------------------------------------------------


def test_each_version_stays_and_can_be_taken_back(claire, desk):
    original = row().body
    claire.post(address(row()), typed(row(), body="<p>Un</p>"))
    claire.post(address(row()), typed(row(), body="<p>Un</p><p>Deux &amp; {{ client }}</p>"))

    shown = claire.get(address(row(), "versions"))
    page = text_of(shown)
    assert "<span>Un</span>" in shown.text
    assert "<ins>\nDeux &amp; {{ client }}</ins>" in shown.text
    assert "<del>" in shown.text  # what version 2 took away
    assert "&lt;p&gt;" not in shown.text
    assert "Version 3 actuelle Claire" in page
    assert "Version 1 texte d’origine" in page

    claire.post(address(row(), "versions", 2, "reprendre"))
    assert (row().body, row().version) == ("<p>Un</p>", 4)
    claire.post(address(row(), "origine"))
    assert row().body == original.strip()
    assert claire.post(address(row(), "versions", 9, "reprendre")).status_code == 404


# -- new, copied, translated, deleted --------------------------------------------------------------


def test_a_copy_gets_a_code_of_its_own_and_goes_when_nothing_uses_it(claire):
    start = claire.get(f"{TEXTS}nouveau/?depuis={row().pk}").context["form"]
    assert start["label"].value() == "Relance 1 (copie)"

    made = claire.post(f"{TEXTS}nouveau/", typed(row(), label="Relance douce"))
    copy = row("relance_douce")
    assert made.url == address(copy)
    claire.post(f"{TEXTS}nouveau/", typed(row(), label="Relance douce !"))
    assert row("relance_douce_2").label == "Relance douce !"

    claire.post(address(copy, "supprimer"))
    assert not MessageTemplate.objects.filter(pk=copy.pk).exists()
    assert Event.objects.filter(kind="template.deleted").count() == 1


def test_a_text_in_use_keeps_its_kind_and_its_last_language(claire):
    text = row()
    page = claire.get(address(text))
    assert "son type et son média ne changent pas" in text_of(page)
    claire.post(address(text), typed(text, medium="letter", subject="Autre"))
    assert (row().medium, row().subject) == ("email", "Autre")

    claire.post(address(row(language="en"), "supprimer"))
    refused = claire.post(address(row(), "supprimer"))

    assert "Ce modèle sert encore" in told(refused)[-1]
    assert row().pk == text.pk


def test_a_language_that_was_removed_is_written_anew(claire):
    claire.post(address(row(language="en"), "supprimer"))
    url = f"{TEXTS}nouveau/?depuis={row().pk}&langue=en"
    assert "Anglais" in text_of(claire.get(address(row())))
    start = claire.get(url).context["form"]

    claire.post(url, typed(row(), language="en", subject="Reminder", label=start["label"].value()))

    assert row(language="en").subject == "Reminder"
    assert row(language="en").kind == "reminder"
    again = claire.post(url, typed(row(), language="en"))
    assert "existe déjà dans cette langue" in text_of(again)


def test_the_kind_of_a_text_that_nothing_uses_changes_in_all_its_languages(claire):
    text = row("pre_due_letter")
    claire.post(address(text), typed(text, kind="reminder", medium="email"))

    assert {one.medium for one in MessageTemplate.objects.filter(code="pre_due_letter")} == {
        "email"
    }


# -- previews --------------------------------------------------------------------------------------


def test_the_preview_is_of_the_customer_who_is_searched(claire, desk):
    desk.mail("Dupont")
    desk.mail("Martin", 300)

    for asked, name in (("mart", "Martin"), ("411DUPONT", "Dupont")):
        shown = claire.post(f"{TEXTS}apercu/", typed(row(), cherche=asked))
        assert shown.context["shown"].customer.legal_name == name
    nobody = claire.post(f"{TEXTS}apercu/", typed(row(), cherche="zzzz"))
    assert "Aucun client ne répond" in text_of(nobody)


def test_the_preview_is_in_the_language_of_the_text(claire, desk):
    desk.mail("Dupont")
    shown = claire.post(f"{TEXTS}apercu/contenu/", typed(row(language="en")))

    assert "Dear Sir or Madam" in shown.text
    assert "Invoice" in shown.text


def test_a_letter_is_seen_as_pages_and_as_a_pdf(claire, desk):
    desk.letter("Lemoine")
    text = typed(row("reminder_1_letter"))

    assert claire.post(f"{TEXTS}apercu/", text).text.count("data:image/png") == 1
    assert claire.post(f"{TEXTS}apercu/courrier.pdf", text).content.startswith(b"%PDF-")


def test_why_a_text_could_not_leave_is_said(claire, desk):
    desk.mail("Dupont")
    shown = claire.post(f"{TEXTS}apercu/", typed(row(), body="<p>{{ penalites }}</p>"))

    assert "« penalites »" in text_of(shown)
    unknown = claire.post(f"{TEXTS}apercu/", typed(row(), subject="{{ inconnue }}"))
    assert "Balise inconnue « inconnue »." in text_of(unknown)


def test_a_trial_reaches_oneself_and_nobody_else(claire, desk):
    desk.mail("Dupont")
    response = claire.post(f"{TEXTS}essai/", typed(row(), subject="Essai %client_code%"))

    assert response.status_code == 200
    (mail,) = [
        message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in outbox(desk.company).iterdir()
    ]
    assert "claire@morel.example" in mail["To"]
    assert mail["Subject"] == "Essai 411DUPONT"
    assert not Reminder.objects.exists()


def test_what_is_offered_is_what_messages_can_say(claire, desk):
    dupont = desk.mail("Dupont")
    draft = Draft(dupont.pk, "EUR", "reminder", 1, "email", "reminder_1_email", ())
    facts = Composer(desk.company, desk.today, [draft]).facts(draft)

    said = {*facts.values, "tableau", "rib", "qr_virement", "logo"}
    assert {one.name for one in offered()} == said


# -- files -----------------------------------------------------------------------------------------


def upload(content: str) -> BytesIO:
    file = BytesIO(content.encode())
    file.name = "modeles.json"
    return file


def test_texts_go_from_one_company_to_another_after_a_look(claire):
    exported = claire.get(f"{TEXTS}exporter/?code=reminder_1_email").text
    document = json.loads(exported)
    assert [one["language"] for one in document["templates"]] == ["fr", "en"]
    document["templates"][0]["subject"] = "Repris"
    document["templates"].append({**document["templates"][0], "code": "tout_neuf"})

    look = claire.post(f"{TEXTS}importer/", {"file": upload(json.dumps(document))})
    assert "remplacé" in look.text
    assert "identique" in look.text
    assert "Reprendre 2 modèles" in text_of(look)
    assert row().version == 1

    claire.post(f"{TEXTS}importer/", {"do": "take", "document": look.context["document"]})
    assert (row().subject, row().version) == ("Repris", 2)
    assert row("tout_neuf").subject == "Repris"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("pas du JSON", "Choisissez un fichier JSON de modèles."),
        ("[]", "n’est pas une configuration"),
        ('{"format": "encaisse-config/1"}', "aucun modèle"),
        (
            '{"format": "encaisse-config/1", "templates": [{"code": "x", "kind": "reminder",'
            ' "medium": "email", "body": "{{ rien }}"}]}',
            "Balise inconnue « rien ».",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(claire, content, sentence):
    response = claire.post(f"{TEXTS}importer/", {"file": upload(content)})

    assert response.status_code == 422
    assert sentence in text_of(response)


def test_the_list_asks_for_the_same_number_of_queries_however_long_it_is(claire, desk):
    claire.get(TEXTS)
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            claire.get(TEXTS)
        counts.append(len(queries))
        for name in ("a", "b", "c"):
            MessageTemplate.objects.create(
                company=desk.company, code=f"{name}{number}", label=name, kind="reminder",
                medium="email", body="x",
            )  # fmt: skip
    assert counts[0] == counts[1]


# -- the layout of letters -------------------------------------------------------------------------

LAYOUT = {
    "window": "left", "font": "Source Serif Pro", "margin_left": "25", "margin_right": "20",
    "margin_top": "20", "margin_bottom": "30", "has_code": "on", "footer": " Un \n\n Deux ",
}  # fmt: skip


def test_the_layout_is_kept_shown_and_used(claire, desk):
    svg = upload(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M0 0h9'/></svg>"
    )
    svg.name = "logo.svg"

    assert claire.post(f"{LETTERS}apercu/", LAYOUT | {"logo": svg}).text.count("<img") == 1
    assert not LetterLayout.objects.exists()
    svg.seek(0)
    assert claire.post(LETTERS, LAYOUT | {"logo": svg}).status_code == 302

    row = LetterLayout.objects.get()
    assert (row.window, row.margin_left, row.footer, row.has_sender) == (
        "left",
        25,
        "Un\nDeux",
        False,
    )
    assert "logo.svg" in claire.get(LETTERS).text
    assert claire.post(f"{LETTERS}apercu.pdf", LAYOUT).content.startswith(b"%PDF-")
    claire.post(LETTERS, LAYOUT | {"drop_logo": "on"})
    row.refresh_from_db()
    assert (row.logo, row.logo_name) == ("", "")


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"margin_left": "5"}, "margin_left", "supérieure ou égale à 10"),
        ({"font": "Comic"}, "font", "Comic"),
        ({"footer": "1\n2\n3\n4"}, "footer", "Trois lignes au plus."),
        ({"logo": upload("rien")}, "logo", "Donnez une image PNG, JPEG ou SVG."),
    ],
)
def test_a_wrong_layout_is_refused_beside_its_field(claire, wrong, field, sentence):
    response = claire.post(LETTERS, LAYOUT | wrong)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert sentence in text_of(response)
