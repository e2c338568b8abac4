"""What a customer reads: placeholders, tables and blocks, in French and in English."""

import json

from encaisse.messaging.rules.rendering import render
from tests.messaging.facts import BANK, NOT_YET_DUE, facts, row, table

NB, NNB = "\u00a0", "\u202f"


def text_of(body: str, **changes) -> str:
    return render("Objet", body, facts(**changes)).text


def test_a_french_message_in_plain_text():
    body = "<p>{{ formule_appel }}</p><p>Reste dû&nbsp;:</p><p>{{ tableau }}</p><p>Merci.</p>"

    rendered = render("Rappel – {{ total }} – {{ client }}", body, facts())

    assert rendered.subject == f"Rappel – 1{NNB}200,00{NB}€ – Dupont & Fils"
    assert rendered.text == (
        "Madame, Monsieur,\n\n"
        f"Reste dû{NB}:\n\n"
        f"N°{NB}facture    Date        Échéance    Montant TTC  Déjà réglé    Reste dû"
        "  Retard (j)\n"
        "-------------------------------------------------------------------------------------\n"
        f"FA-101        01/10/2026  31/10/2026   1{NNB}000,00{NB}€              1{NNB}000,00{NB}€"
        "          30\n"
        f"FA-102        01/10/2026  31/10/2026     300,00{NB}€     50,00{NB}€    250,00{NB}€"
        "          30\n"
        f"AV-7 – Avoir  01/10/2026                 -50,00{NB}€                -50,00{NB}€\n"
        "-------------------------------------------------------------------------------------\n"
        f"Total                                                          1{NNB}200,00{NB}€\n\n"
        "Merci.\n"
    )


def test_an_english_message_in_plain_text():
    entries = table((row("INV-1"),), credits=())

    rendered = render("Reminder", "<p>{{ tableau }}</p>", facts("en", entries=entries))

    assert rendered.text == (
        "Invoice  Date        Due date    Amount (incl. VAT)  Balance due  Days overdue\n"
        "------------------------------------------------------------------------------\n"
        "INV-1    01/10/2026  31/10/2026           €1,000.00    €1,000.00            30\n"
        "------------------------------------------------------------------------------\n"
        "Total                                                  €1,000.00\n"
    )


def test_the_html_is_a_whole_page_with_inline_styles():
    html = render("Rappel <1>", "<p>Bonjour <b>{{ client }}</b></p>", facts()).html

    assert html.startswith('<!DOCTYPE html>\n<html lang="fr">')
    assert "<title>Rappel &lt;1&gt;</title>" in html
    assert '<p style="margin:0 0 16px">Bonjour <strong>Dupont &amp; Fils</strong></p>' in html
    assert "max-width:640px" in html
    assert "class=" not in html


def test_amounts_are_aligned_in_html():
    html = render("Rappel", "<p>{{ tableau }}</p>", facts()).html

    assert html.count("<tr>") == 5  # heading, two invoices, a credit note, the total
    assert f'font-variant-numeric:tabular-nums;font-weight:700">1{NNB}200,00{NB}€</td>' in html


def test_the_paid_column_is_hidden_when_nothing_was_paid():
    text = text_of("<p>{{ tableau }}</p>", entries=table((row(),), credits=()))

    assert "Déjà réglé" not in text
    assert "Reste dû" in text


def test_a_notice_before_the_due_date_never_speaks_of_delay():
    text = text_of("<p>{{ tableau }}</p>", entries=table((NOT_YET_DUE,), credits=()))

    assert "Retard" not in text


def test_a_thank_you_adds_up_the_amounts_settled():
    settled = row(paid_minor=100_000, remaining_minor=0, days_late=0)

    text = text_of("<p>{{ tableau }}</p>", entries=table((settled, settled), credits=()))

    assert "Reste dû" not in text
    assert text.splitlines()[-1].split(" ")[-1] == f"2{NNB}000,00{NB}€"


def test_other_entries_are_listed_apart_and_not_claimed():
    text = text_of("<p>{{ tableau }}</p>", entries=table(others=(NOT_YET_DUE,)))

    claimed, others = text.split(f"Pour information, autres pièces de votre compte{NB}:")
    assert "FA-140" not in claimed
    assert "FA-140" in others
    assert claimed.rstrip().endswith(f"1{NNB}200,00{NB}€")


def test_the_bank_block_gives_iban_rib_and_reference():
    assert text_of("<p>{{ rib }}</p>").splitlines()[:6] == [
        f"Titulaire du compte{NB}: ATELIERS MOREL",
        f"Banque{NB}: La Banque Postale",
        f"RIB{NB}: Code{NB}banque{NB}20041, Code{NB}guichet{NB}01005, "
        f"N°{NB}de{NB}compte{NB}0500013M026, Clé{NB}RIB{NB}06",
        f"IBAN{NB}: FR14{NB}2004{NB}1010{NB}0505{NB}0001{NB}3M02{NB}606",
        f"BIC{NB}: PSSTFRPPLYO",
        f"Référence à indiquer{NB}: CLI00117",
    ]


def test_without_bank_details_the_block_vanishes():
    assert text_of("<p>Avant</p><p>{{ rib }}</p><p>Après</p>", bank=None) == "Avant\n\nAprès\n"


def test_a_block_interrupts_its_paragraph_and_the_emphasis_goes_on():
    nodes = render("Objet", "<p>Avant <b>gras {{ rib }} suite</b> fin</p>", facts()).nodes

    assert [node["name"] for node in nodes] == ["p", "bank", "p"]
    assert nodes[2]["children"] == [
        {"name": "strong", "children": [{"text": "suite"}]},
        {"text": " fin"},
    ]


def test_conditions_choose_what_is_said():
    body = "{% if b2b and not penalites_actives %}A{% else %}B{% endif %}"

    assert text_of(body, b2b=True, penalites_actives=False) == "A\n"
    assert text_of(body, b2b=True, penalites_actives=True) == "B\n"


def test_empty_values_leave_no_dangling_separator():
    body = (
        "<p>{{ expediteur }}, {{ fonction }} – {{ societe }} – {{ telephone }}<br>"
        "{{ telephone }} · {{ email_reponse }}</p>"
        "<p>{{ fonction }}</p><p>Bonjour {{ contact }},</p>"
    )

    text = text_of(body, fonction="", telephone=None, email_reponse="", contact="")

    assert text == "Jeanne Morel – Ateliers Morel\n\nBonjour,\n"


def test_the_subject_is_trimmed_too():
    rendered = render("Rappel – {{ telephone }}", "<p>x</p>", facts(telephone=""))

    assert rendered.subject == "Rappel"


def test_a_payment_link_can_be_clicked():
    html = render("Objet", "<p>Payer : {{ lien_paiement }}.</p>", facts()).html

    address = "https://payer.example/f/12?a=1&amp;b=2"
    assert f'<a href="{address}">{address}</a>.</p>' in html


def test_a_link_written_by_the_author_keeps_its_words():
    body = '<p><a href="{{ lien_paiement }}">Payer en ligne</a></p>'

    assert text_of(body) == "Payer en ligne (https://payer.example/f/12?a=1&b=2)\n"


def test_an_address_in_a_customer_name_is_not_made_a_link():
    html = render("Objet", "<p>{{ client }}</p>", facts(client="https://evil.example")).html

    assert "href" not in html


def test_values_never_become_tags():
    data = facts(client='<script>alert(1)</script><a href="https://evil.example">x</a> {{ total }}')

    rendered = render("{{ client }}", "<p>{{ client }}</p>", data)

    assert "<script" not in rendered.html
    assert "<a " not in rendered.html
    assert "{{ total }}" in rendered.text


def test_dangerous_markup_of_a_template_is_dropped():
    body = (
        '<p onclick="x()">Bonjour<script>alert(1)</script><img src="https://x/y.png"> '
        '<a href="javascript:alert(1)">ici</a> <a href="/relatif">là</a></p>'
    )

    html = render("Objet", body, facts()).html

    assert '<p style="margin:0 0 16px">Bonjour ici là</p>' in html


def test_lines_of_a_value_are_kept():
    text = text_of("<p>{{ mentions_legales }}</p>", mentions_legales="SAS\n732 829 320 RCS Lyon")

    assert text == "SAS\n732 829 320 RCS Lyon\n"


def test_a_plain_text_template_keeps_its_lines():
    assert (
        text_of("Bonjour,\n\nligne 1\nligne 2\n\n\nFin") == "Bonjour,\n\nligne 1\nligne 2\n\nFin\n"
    )


def test_lists_quotes_and_tables_of_the_author():
    body = (
        "<ul><li>un</li><li>deux<ol><li>a</li></ol></li></ul><blockquote>cité</blockquote>"
        "<table><tr><td>x</td><td>y</td></tr></table>"
    )

    assert text_of(body) == "– un\n– deux\n  1. a\n\n> cité\n\nx | y\n"


def test_older_tags_are_understood():
    text = text_of("<p>%client_code% : %total%</p><p>%tableau_comptable2%</p>")

    assert text.startswith(f"CLI00117 : 1{NNB}200,00{NB}€")
    assert "FA-101" in text


def test_the_transfer_reference_defaults_to_that_of_the_message():
    assert text_of("{{ reference_virement }}") == "CLI00117\n"


def test_the_tree_is_json_and_never_deep():
    nodes = render("Objet", "<blockquote>" * 60 + "fond", facts()).nodes

    text = json.dumps(nodes)
    assert text.count('"blockquote"') == 11
    assert "fond" in text


def test_half_characters_and_controls_are_dropped():
    assert text_of("{{ client }}", client="Du\ud800p\x00o\u202ent") == "Dupont\n"


def test_a_foreign_account_has_no_rib_line():
    bank = type(BANK)(holder="Firma", iban="BE68539007547034", bic="")

    text = text_of("{{ rib }}", bank=bank)

    assert "RIB" not in text
    assert f"IBAN{NB}: BE68{NB}5390{NB}0754{NB}7034" in text
