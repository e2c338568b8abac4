"""Texts are found wherever they are written, and an imperfect catalogue is refused."""

from pathlib import Path

import pytest

from tools import translations
from tools.translations import (
    NotLiteral,
    Text,
    problems,
    texts_of_python,
    texts_of_template,
    update,
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("_('Relance')", Text("Relance")),
        ("gettext_lazy('Relance ' 'envoyée')", Text("Relance envoyée")),
        ("ngettext('%d client', '%d clients', n)", Text("%d client", plural="%d clients")),
        ("pgettext('mois', 'mars')", Text("mars", context="mois")),
        ("npgettext('c', 'un', 'des', n)", Text("un", plural="des", context="c")),
        ("translation.gettext('Relance')", Text("Relance")),
    ],
)
def test_texts_of_python(source, expected):
    assert list(texts_of_python(source)) == [expected]


def test_a_text_kept_in_a_variable_is_not_a_text():
    assert list(texts_of_python("_(label)")) == []


@pytest.mark.parametrize("source", ["_(f'{n} clients')", "_('%d clients' % n)", "_('a' + b)"])
def test_a_text_built_on_the_spot_is_refused(source):
    with pytest.raises(NotLiteral):
        list(texts_of_python(source))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{% translate "Relance" %}', Text("Relance")),
        ("{% trans 'mars' context 'mois' as month %}", Text("mars", context="mois")),
        ('<a title="x">{{ _("Aujourd’hui") }}</a>', Text("Aujourd’hui")),
        ('{% include "x.html" with label=_("L’état") %}', Text("L’état")),
        (
            "{% blocktranslate trimmed %}\n  Bonjour\n  {{ name }}, à 5 %\n{% endblocktranslate %}",
            Text("Bonjour %(name)s, à 5 %%"),
        ),
        (
            "{% blocktranslate count n=n %}{{ n }} client{% plural %}{{ n }} clients"
            "{% endblocktranslate %}",
            Text("%(n)s client", plural="%(n)s clients"),
        ),
    ],
)
def test_texts_of_a_template(source, expected):
    assert list(texts_of_template(f"<p>l’un (d’eux) </p>\n{source} {{# note #}}")) == [expected]


@pytest.fixture
def product(tmp_path: Path, monkeypatch) -> Path:
    """A product of one module, whose catalogues are up to date and translated."""
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "SOURCES", tmp_path)
    (tmp_path / "views.py").write_text(
        "_('Relance de %(name)s')\nngettext('%d client', '%d clients', n)\n"
    )
    update()
    translate(tmp_path, 'msgid "Relance de %(name)s"\nmsgstr ""', "Reminder for %(name)s")
    catalogue = tmp_path / "locale/en/LC_MESSAGES/django.po"
    text = catalogue.read_text()
    text = text.replace('msgstr[0] ""', 'msgstr[0] "%d customer"')
    catalogue.write_text(text.replace('msgstr[1] ""', 'msgstr[1] "%d customers"'))
    return tmp_path


def translate(product: Path, entry: str, translation: str) -> None:
    catalogue = product / "locale/en/LC_MESSAGES/django.po"
    text = catalogue.read_text()
    assert entry in text
    start = entry.rsplit("msgstr", 1)[0]
    catalogue.write_text(text.replace(entry, f'{start}msgstr "{translation}"'))


def test_a_complete_catalogue_has_no_problem(product):
    assert problems() == []


def test_updating_again_changes_nothing(product):
    before = (product / "locale/en/LC_MESSAGES/django.po").read_text()

    update()

    assert (product / "locale/en/LC_MESSAGES/django.po").read_text() == before


def test_a_new_text_is_missing_until_it_is_translated(product):
    (product / "views.py").write_text((product / "views.py").read_text() + "_('Litige')")
    (missing,) = [line for line in problems() if line.startswith("en")]
    assert "absent : 'Litige'" in missing

    update()

    assert problems() == ["en : à traduire : 'Litige'"]


def test_a_text_that_went_is_obsolete(product):
    (product / "views.py").write_text("ngettext('%d client', '%d clients', n)")
    assert "ne sert plus" in problems()[0]

    update()

    assert problems() == ["en : obsolète : 'Relance de %(name)s'"]


def test_a_text_whose_spaces_alone_change_keeps_its_translation(product):
    source = (product / "views.py").read_text()
    (product / "views.py").write_text(source.replace("Relance de", "Relance\u00a0de"))

    update()

    assert problems() == []


def test_a_translation_with_other_variables_is_refused(product):
    entry = 'msgid "Relance de %(name)s"\nmsgstr "Reminder for %(name)s"'
    translate(product, entry, "Reminder for %(nom)s")

    assert "variables différentes" in problems()[0]


def test_a_fuzzy_translation_is_refused(product):
    catalogue = product / "locale/en/LC_MESSAGES/django.po"
    catalogue.write_text(
        catalogue.read_text().replace("#, python-format\nmsgid", "#, fuzzy, python-format\nmsgid")
    )

    assert any("fuzzy" in line for line in problems())


def test_french_knows_its_plurals_after_an_update(product):
    (product / "views.py").write_text(
        (product / "views.py").read_text() + "ngettext('%d litige', '%d litiges', n)"
    )
    assert "fr : pas à jour (python tools/translations.py update)" in problems()
