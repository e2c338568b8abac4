"""2,000 two-page letters in one PDF, against a bare loop that compiles the same letters."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from bench.house import Result, peak_megabytes, seconds, tell

LETTERS = 2_000
BOUND = 0.8
MEMORY_BOUND = 500.0


def main() -> list[Result]:
    """The rate of compiling and merging over the rate of compiling alone."""
    from encaisse.messaging.letters.press import LetterPress, merge_letters

    press = LetterPress()
    letters = list(_letters())
    press.compile(letters[0])
    with tempfile.TemporaryDirectory() as folder:

        def whole() -> None:
            files = []
            for number, letter in enumerate(letters):
                path = Path(folder) / f"{number}.pdf"
                path.write_bytes(press.compile(letter))
                files.append(path)
            merge_letters(files, Path(folder) / "all.pdf")

        spent = seconds(whole)
        size = (Path(folder) / "all.pdf").stat().st_size / 1e6
    memory = peak_megabytes()
    bare = seconds(lambda: [press.compile(letter) for letter in letters] and None)
    return [
        Result(
            "2 000 courriers en un PDF / compilation nue", "–", bare / spent, BOUND,
            at_most=False,
            detail=f"{LETTERS / spent:.0f}/s contre {LETTERS / bare:.0f}/s, {size:.0f} Mo",
        ),
        Result("2 000 courriers en un PDF, mémoire", "–", memory, MEMORY_BOUND, unit="Mo"),
    ]  # fmt: skip


def _letters() -> Iterator[object]:
    from encaisse.messaging.defaults import load_defaults
    from encaisse.messaging.letters.letter import LetterData
    from encaisse.messaging.rules.content import BankDetails, EntryRow, EntryTable, MessageData
    from encaisse.messaging.rules.rendering import render

    template = next(text for text in load_defaults("fr") if text.code == "reminder_3_letter")
    bank = BankDetails("Mesure SAS", "FR1420041010050500013M02606", "PSSTFRPPLYO")
    day = date(2026, 11, 20)
    rows = tuple(
        EntryRow(f"FA{n:05d}", day, day - timedelta(days=40), 120_000, 0, 120_000, 40, 3)
        for n in range(24)
    )
    table = EntryTable("EUR", rows)
    values = json.loads(
        '{"client": "Client", "client_code": "C1", "formule_appel": "Madame, Monsieur,",'
        '"societe": "Mesure SAS", "expediteur": "Claire Morel", "telephone": "04 72 00 00 00",'
        '"date_limite": "30 novembre 2026", "date_jour": "20 novembre 2026",'
        '"date_arrete": "20 novembre 2026", "nb_factures": "24", "total": "28 800,00 €",'
        '"total_general": "28 800,00 €", "reference_virement": "C1", "ville": "Lyon",'
        '"date_relance_1": "1er octobre 2026", "date_derniere_relance": "1er novembre 2026",'
        '"b2b": true, "penalites_actives": false}'
    )
    data = MessageData("fr", "EUR", values, table, bank, table.total_minor, "C1")
    rendered = render(template.subject, template.body, data)
    letter = LetterData(
        language="fr",
        title=rendered.subject,
        letter_date=day,
        sender_lines=("Mesure SAS", "12 rue des Lilas", "69003 Lyon"),
        recipient_lines=("Client", "1 rue de la Paix", "75002 Paris"),
        place_and_date="Lyon, le 20 novembre 2026",
        subject=rendered.subject,
        nodes=rendered.nodes,
        signature_name="Claire Morel",
    )
    for number in range(LETTERS):
        yield replace(
            letter, recipient_lines=(f"Client {number}", "1 rue de la Paix", "75002 Paris")
        )


if __name__ == "__main__":
    tell(main())
