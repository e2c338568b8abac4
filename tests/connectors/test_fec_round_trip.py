"""Whatever the mix of separator, encoding, line end and style, the same lines are read."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connectors.fec_files import COLUMNS, invoice, read, text_of, write

# Accents enough for any encoding to be told; no separator, and no space at the ends.
WORDS = st.lists(
    st.sampled_from(["réglé", "à", "Évreux", "forêt", "reçu", "SARL", "n° 12", "F-7"]),
    min_size=1,
    max_size=5,
).map(" ".join)
AMOUNTS = st.integers(min_value=-(10**11), max_value=10**11).filter(bool)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
ROWS = st.lists(st.tuples(AMOUNTS, DAYS, WORDS), min_size=1, max_size=8)


def with_comma(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100},{abs(minor) % 100:02d}"


def padded(minor: int) -> str:
    return f"{'-' if minor < 0 else '+'}{abs(minor) // 100:012d},{abs(minor) % 100:02d}"


def with_thousands(minor: int) -> str:
    whole = f"{abs(minor) // 100:,}".replace(",", "\u00a0")
    return f"{whole},{abs(minor) % 100:02d}{'-' if minor < 0 else ''}"


def with_point(minor: int) -> str:
    return with_comma(minor).replace(",", ".")


@given(
    rows=ROWS,
    separator=st.sampled_from(["\t", "|", ";"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp850"]),
    eol=st.sampled_from(["\n", "\r\n", "\r\r\n", "\r"]),
    amount=st.sampled_from([with_comma, padded, with_thousands, with_point]),
    day_format=st.sampled_from(["%Y%m%d", "%d/%m/%Y", "%Y-%m-%d"]),
    signed=st.booleans(),
    trailing=st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_any_mix_reads_back(rows, separator, encoding, eol, amount, day_format, signed, trailing):
    columns = ["Montant" if name == "Debit" else name for name in COLUMNS] if signed else COLUMNS
    columns = ["Sens" if name == "Credit" else name for name in columns] if signed else columns
    written = [
        invoice(
            CompAuxLib="Crédit réglé à forêt",
            EcritureDate=day.strftime(day_format),
            PieceDate=day.strftime(day_format),
            EcritureLib=label,
            **(
                {"Montant": amount(minor), "Sens": "D"}
                if signed
                else {"Debit": amount(minor), "Credit": amount(0)}
            ),
        )
        for minor, day, label in rows
    ]
    text = text_of(
        written,
        columns=columns,
        separator=separator,
        eol=separator + eol if trailing else eol,
    )

    with TemporaryDirectory() as folder:
        lines, report = read(write(Path(folder), text.encode(encoding)))

    assert [aside.reason for aside in report.set_aside] == []
    assert [
        (line.amount_minor, line.posting_date, line.document_date, line.label) for line in lines
    ] == [(minor, day.isoformat(), day.isoformat(), label) for minor, day, label in rows]
    assert {line.customer_name for line in lines} == {"Crédit réglé à forêt"}
