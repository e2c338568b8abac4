"""A line of a FEC, and all the ways software has of writing it."""

from pathlib import Path

import pytest

from encaisse.connectors.fec.line import FecLine, FecOptions
from encaisse.connectors.fec.reader import FecFile
from tests.connectors.fec_files import COLUMNS, HEADER, SALE, invoice, payment, read, text_of, write

DUPONT = FecLine(
    line_number=2,
    account="411000",
    auxiliary="DUPONT",
    customer_name="Dupont SARL",
    journal_code="VE",
    journal_label="Ventes",
    entry_number="1",
    posting_date="2026-01-15",
    document_reference="FA001",
    document_date="2026-01-14",
    label="Facture FA001",
    amount_minor=120_000,
    letter="",
    letter_date="",
    currency="EUR",
    currency_amount_minor=None,
    due_date="",
    invoice_number="",
    payment_mode="",
)


def only_line(tmp_path: Path, text: str | bytes) -> FecLine:
    lines, report = read(write(tmp_path, text))
    assert [set_aside.reason for set_aside in report.set_aside] == []
    (line,) = lines
    return line


def test_only_customers_lines_are_given(tmp_path: Path):
    lines, report = read(write(tmp_path, text_of([invoice(), SALE, payment()])))

    assert lines[0] == DUPONT
    assert [(line.line_number, line.amount_minor) for line in lines] == [
        (2, 120_000),
        (4, -120_000),
    ]
    assert (report.rows, report.customer_rows) == (3, 2)


@pytest.mark.parametrize("separator", ["\t", "|", ";", ","])
@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r\r\n", "\r"])
def test_separators_and_line_ends(tmp_path: Path, separator, eol):
    row = invoice(Debit="1200.00", Credit="0")

    assert only_line(tmp_path, text_of([row], separator=separator, eol=eol)) == DUPONT


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso8859-15", "cp850"]
)
def test_encodings(tmp_path: Path, encoding):
    row = invoice(CompAuxLib="Crèmerie Dégâts", EcritureLib="Règlement reçu à Évreux")

    line = only_line(tmp_path, text_of([row]).encode(encoding))

    assert line == DUPONT._replace(customer_name="Crèmerie Dégâts", label="Règlement reçu à Évreux")


def test_lines_that_end_in_a_separator(tmp_path: Path):
    text = text_of([invoice()], separator="|", eol="|\n")
    file = FecFile(write(tmp_path, text))

    assert file.columns == COLUMNS
    assert list(file.lines()) == [DUPONT]


def test_a_separator_ending_the_lines_but_not_the_header(tmp_path: Path):
    header, row = text_of([invoice()], separator="|").splitlines()

    assert only_line(tmp_path, f"{header}\n{row}|\n") == DUPONT


def test_padded_cells_and_header(tmp_path: Path):
    row = {name: f" {value}  " for name, value in invoice(Debit="+000001200,00").items()}
    header, line = text_of([row]).splitlines()
    padded = "\t".join(name.ljust(14) for name in header.split("\t"))

    assert only_line(tmp_path, f"{padded}\n{line}\n") == DUPONT


def test_header_with_other_names_and_typing_errors(tmp_path: Path):
    header = text_of([]).replace("EcritureLet", "EcrtureLet").replace("Idevise", "IdDevise")
    header = header.replace("CompteLib", "COMPTE LIB").replace("Debit", "DÉBIT")
    row = text_of([invoice(EcritureLet="AA", Idevise="USD")]).splitlines()[1]

    line = only_line(tmp_path, f"{header}{row}\n")

    assert (line.letter, line.currency) == ("AA", "USD")


@pytest.mark.parametrize(
    ("amount", "direction", "expected"),
    [("1200,00", "D", 120_000), ("1200,00", "C", -120_000), ("1200,00", "-1", -120_000),
     ("1200,00", "+1", 120_000), ("-1200,00", "d", -120_000)],
)  # fmt: skip
def test_amount_and_direction(tmp_path: Path, amount, direction, expected):
    columns = HEADER.replace("Debit|Credit", "Montant|Sens").split("|")
    row = invoice(Montant=amount, Sens=direction)

    assert only_line(tmp_path, text_of([row], columns=columns)).amount_minor == expected


@pytest.mark.parametrize(
    ("debit", "credit", "expected"),
    [
        ("683,23", "0", 68_323),
        ("0000000069,60", "0000000000,00", 6_960),
        ("+000000069,40", "", 6_940),
        ("-708,91", "0,00", -70_891),
        ("1444,8", "", 144_480),
        ("15000", "", 1_500_000),
        ("", "12.5", -1_250),
        ("", "-12,50", 1_250),
        ("12,00-", "", -1_200),
        ("1\u00a0234,56", "0,00", 123_456),
        ("1\u202f234,56", "0,00", 123_456),
        ("1.234,56", "0,00", 123_456),
    ],
)
def test_amounts(tmp_path: Path, debit, credit, expected):
    line = only_line(tmp_path, text_of([invoice(Debit=debit, Credit=credit)]))

    assert line.amount_minor == expected


@pytest.mark.parametrize("written", ["20260114", "14/01/2026", "2026-01-14", "14.01.26"])
def test_dates(tmp_path: Path, written):
    line = only_line(tmp_path, text_of([invoice(EcritureDate=written, PieceDate=written)]))

    assert (line.posting_date, line.document_date) == ("2026-01-14", "2026-01-14")


@pytest.mark.parametrize("written", ["", "pas une date", "31/07/1898"])
def test_the_posting_date_stands_for_a_missing_date(tmp_path: Path, written):
    lines, report = read(write(tmp_path, text_of([invoice(PieceDate=written)])))

    assert lines[0].document_date == "2026-01-15"
    assert report.without_date == 1
    assert "date comptable" in report.warnings[0]


@pytest.mark.parametrize(
    "filler", ["-", "x", "/", "RAN", "A nouveau", "0000000", "", "  ", "--", "sans"]
)
def test_a_reference_that_means_none(tmp_path: Path, filler):
    assert only_line(tmp_path, text_of([invoice(PieceRef=filler)])).document_reference == ""


@pytest.mark.parametrize(
    ("account", "auxiliary", "expected"),
    [
        ("411000", "DUPONT", "DUPONT"),
        ("411BEJO00", "", "411BEJO00"),
        ("41101590", "", "41101590"),
        ("41100000000", "", ""),
        ("4111", "", ""),
        ("411100000", "", ""),
        ("41199999", "", ""),
        ("416000", "", ""),
        ("4191DUPONT", "", "4191DUPONT"),
    ],
)
def test_whose_account_it_is(tmp_path: Path, account, auxiliary, expected):
    row = invoice(CompteNum=account, CompAuxNum=auxiliary, CompAuxLib="", CompteLib="Bejo")
    lines, report = read(write(tmp_path, text_of([row])))

    assert lines[0].auxiliary == expected
    assert lines[0].customer_name == ("Bejo" if expected == account else "")
    assert report.without_auxiliary == (expected == "")


def test_a_name_without_a_code_is_kept(tmp_path: Path):
    line = only_line(tmp_path, text_of([invoice(CompAuxNum="", CompteNum="41199999")]))

    assert (line.auxiliary, line.customer_name) == ("", "Dupont SARL")


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        (FecOptions(), ["411000", "413000", "416000", "419100"]),
        (FecOptions(accounts=("411",)), ["411000"]),
        (FecOptions(accounts=("41",)), ["411000", "413000", "416000", "417000", "419100"]),
    ],
)
def test_the_accounts_that_are_customers(tmp_path: Path, accounts, expected):
    numbers = ["401000", "411000", "413000", "416000", "417000", "418000", "419100", "419800"]
    rows = [invoice(CompteNum=number) for number in numbers]

    lines, _ = read(write(tmp_path, text_of(rows)), options=accounts)

    assert [line.account for line in lines] == expected


@pytest.mark.parametrize(
    ("written", "currency", "debit", "expected"),
    [
        ("1350,25", "USD", "1200,00", ("USD", 135_025)),
        ("-1350,25", "USD", "1200,00", ("USD", 135_025)),
        ("1350,25", "USD", "-1200,00", ("USD", -135_025)),
        ("500000", "XOF", "762,25", ("XOF", 500_000)),
        ("", "", "1200,00", ("EUR", None)),
        ("0,00", "EUR", "1200,00", ("EUR", None)),
        ("1200,00", "€", "1200,00", ("EUR", 120_000)),
    ],
)
def test_amounts_in_another_currency(tmp_path: Path, written, currency, debit, expected):
    row = invoice(Montantdevise=written, Idevise=currency, Debit=debit)
    lines, report = read(write(tmp_path, text_of([row])))

    assert (lines[0].currency, lines[0].currency_amount_minor) == expected
    assert report.foreign_currencies == ({currency} - {"", "EUR", "€"})


def test_extra_columns_bring_due_date_invoice_and_mode(tmp_path: Path):
    columns = [*COLUMNS, "DateLimitReglmt", "NumFacture", "ModeRglt", "Autre"]
    row = invoice(DateLimitReglmt="20260228", NumFacture="F-1", ModeRglt="CH", Autre="?")

    line = only_line(tmp_path, text_of([row], columns=columns))

    assert (line.due_date, line.invoice_number, line.payment_mode) == ("2026-02-28", "F-1", "CH")


def test_a_file_without_the_optional_columns(tmp_path: Path):
    columns = [name for name in COLUMNS if name not in {"JournalLib", "DateLet", "Idevise"}]

    assert only_line(tmp_path, text_of([invoice()], columns=columns)) == DUPONT._replace(
        journal_label=""
    )


def test_quoted_cells(tmp_path: Path):
    text = text_of([invoice(EcritureLib='Vente ""Clos"" | lot 2')], separator="|")
    quoted = "\n".join(
        "|".join(f'"{cell}"' for cell in line.replace(" | ", " ¦ ").split("|")).replace("¦", "|")
        for line in text.splitlines()
    )

    assert only_line(tmp_path, quoted).label == 'Vente "Clos" | lot 2'


def test_quotation_marks_that_quote_nothing(tmp_path: Path):
    row = invoice(EcritureLib='12" écran "plat')

    assert only_line(tmp_path, text_of([row])).label == '12" écran "plat'


@pytest.mark.parametrize(
    ("column", "field"), [("EcritureLib", "label"), ("CompAuxLib", "customer_name")]
)
@pytest.mark.parametrize("text", ["lot|2", "a|b|c", "|"])
def test_a_separator_inside_a_text(tmp_path: Path, column, field, text):
    line = only_line(tmp_path, text_of([invoice(**{column: text})], separator="|"))

    assert line == DUPONT._replace(**{field: text})


def test_final_blank_cells_may_be_left_out(tmp_path: Path):
    header, row = text_of([invoice(), SALE]).splitlines()[:2]

    assert only_line(tmp_path, f"{header}\n{row.rstrip()}\n") == DUPONT


def test_blank_lines_and_repeated_headers_are_no_data(tmp_path: Path):
    header, row = text_of([invoice()]).splitlines()
    blank = "\t" * (len(COLUMNS) - 1)
    lines, report = read(write(tmp_path, f"\n{header}\n\n{blank}\n{row}\n{header}\n  \n\n"))

    assert [line.line_number for line in lines] == [5]
    assert (report.rows, report.set_aside) == (1, [])


def test_another_base_currency(tmp_path: Path):
    path = write(tmp_path, text_of([invoice(Debit="1200")]))
    (line,) = FecFile(path, base_currency="XOF").lines()

    assert (line.amount_minor, line.currency) == (1200, "XOF")


def test_a_file_can_be_read_again(tmp_path: Path):
    file = FecFile(write(tmp_path, text_of([invoice()])))

    assert list(file.lines()) == list(file.lines())
    assert file.report.rows == 1
