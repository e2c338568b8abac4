"""A FEC of any size with realistic lateness: reproducible from its seed, streamed to disk."""

import random
from datetime import date, timedelta
from pathlib import Path

from bench.names import customer_name

HEADER = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\t"
    "ValidDate\tMontantdevise\tIdevise\n"
)
OPEN_SHARE = 0.1


def write_fec(path: Path, *, customers: int, entries: int, today: date, seed: int = 1) -> int:
    """Write a FEC with `entries` customer lines, a tenth of them open; returns its line count.

    A settled invoice has its payment: two customer lines with one letter. Half of what is open is
    not yet due or little late, as in a company that reminds.
    """
    rng = random.Random(seed)
    # Each settled invoice brings two customer lines, each open one brings one.
    open_invoices = int(entries * OPEN_SHARE)
    settled = (entries - open_invoices) // 2
    lines = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER)
        for number in range(settled + open_invoices):
            code = f"C{number % customers:06d}"
            name = customer_name(number % customers)
            is_open = number >= settled
            day = _invoice_day(rng, today, is_open=is_open)
            cents = int(rng.lognormvariate(11, 1)) + 100
            letter = "" if is_open else _letter(number // customers)
            file.write(_sale(number, (code, name), day, cents, letter))
            lines += 3
            if not is_open:
                paid = min(today, day + timedelta(days=30 + max(-5, int(rng.gauss(8, 12)))))
                file.write(_payment(number, (code, name), paid, cents, letter))
                lines += 2
    return lines


def _invoice_day(rng: random.Random, today: date, *, is_open: bool) -> date:
    if is_open:
        return today - timedelta(days=min(360, int(rng.expovariate(1 / 45))))
    return today - timedelta(days=rng.randint(60, 360))


def _letter(rank: int) -> str:
    letters = ""
    for _ in range(3):
        rank, digit = divmod(rank, 26)
        letters = chr(65 + digit) + letters
    return letters


def _money(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def _sale(number: int, customer: tuple[str, str], day: date, cents: int, letter: str) -> str:
    code, name = customer
    on, amount, net = f"{day:%Y%m%d}", _money(cents), cents * 5 // 6
    head = f"VE\tVentes\tVE{number:07d}\t{on}"
    tail = f"FA{number:07d}\t{on}\tFacture {number:07d} client {code}"
    return (
        f"{head}\t411000\tClients\t{code}\t{name}\t{tail}\t{amount}\t0,00\t"
        f"{letter}\t\t{on}\t\t\n"
        f"{head}\t706000\tPrestations\t\t\t{tail}\t0,00\t{_money(net)}\t\t\t{on}\t\t\n"
        f"{head}\t445710\tTVA collectée\t\t\t{tail}\t0,00\t{_money(cents - net)}\t\t\t{on}\t\t\n"
    )


def _payment(number: int, customer: tuple[str, str], day: date, cents: int, letter: str) -> str:
    code, name = customer
    on, amount = f"{day:%Y%m%d}", _money(cents)
    head = f"BQ\tBanque\tBQ{number:07d}\t{on}"
    tail = f"VIR{number:07d}\t{on}\tVirement {code}"
    return (
        f"{head}\t411000\tClients\t{code}\t{name}\t{tail}\t0,00\t{amount}\t"
        f"{letter}\t{on}\t{on}\t\t\n"
        f"{head}\t512000\tBanque\t\t\t{tail}\t{amount}\t0,00\t\t\t{on}\t\t\n"
    )
