"""The characters of the demonstration: each shows one situation that the desk meets.

Days are counted from today. `waits_at` is the level that the desk has left for today.
"""

from encaisse.demo.stage import BILL, DIRECT_DEBIT, NET_45, NET_60, Stage


def good_payer(stage: Stage) -> None:
    """He pays on the day, sometimes before; his next invoice is not due yet."""
    account = stage.account("Librairie Chardonnel", category="Commerce")
    stage.habit(account, since=500, late=(-3, 0), amount=184_000)
    stage.coming(account, 22, 212_400)
    stage.happens(40, lambda desk: desk.note(account, "Client exemplaire, rien à signaler."))


def late_payer(stage: Stage) -> None:
    """He always pays after the second reminder; the first of his latest invoice has just left."""
    account = stage.account("Brasserie Lormeau", category="Restauration")
    stage.habit(account, since=520, late=(17, 26), amount=260_000)
    stage.late(account, 13, 318_600)
    stage.coming(account, 17, 244_800)


def promise_breaker(stage: Stage) -> None:
    """He promised twice and paid nothing: the call is due again."""
    account = stage.account(
        "Agencement Vautrin-Desmoulières",
        category="Agenceurs",
        sales_rep="Durant",
        is_flagged=True,
        waits_at=2,
    )
    stage.habit(account, since=420, late=(20, 34), amount=420_000)
    invoice = stage.late(account, 48, 648_000)
    said = "Virement promis par M. Vautrin."
    stage.happens(30, lambda desk: desk.promise(account, invoice, days=6, comment=said))
    again = "Deuxième promesse, la banque aurait bloqué le virement."
    stage.happens(18, lambda desk: desk.promise(account, invoice, days=4, comment=again), "claire")


def promise_kept(stage: Stage) -> None:
    """He promised and paid on time: thanked."""
    account = stage.account("Café Belorgey", category="Restauration", sales_rep="Nguyen")
    invoice = stage.paid(account, 40, 22, 176_400)
    stage.happens(25, lambda desk: desk.promise(account, invoice, days=14))
    stage.coming(account, 14, 93_600)


def promise_running(stage: Stage) -> None:
    """His promise runs for some more days: nobody reminds him."""
    account = stage.account(
        "Hôtel des Trois Fontaines", category="Hôtellerie", is_flagged=True, waits_at=2
    )
    stage.habit(account, since=400, late=(4, 18), amount=520_000)
    invoice = stage.late(account, 27, 874_200)
    said = "Réglera dès l’ouverture de la saison."
    stage.happens(5, lambda desk: desk.promise(account, invoice, days=18, comment=said))


def promise_partly_kept(stage: Stage) -> None:
    """He paid half of what he promised; the rest is to be asked for."""
    account = stage.account("Transports Gaillandre", category="Industrie", waits_at=3)
    invoice = stage.late(account, 52, 540_000)
    stage.happens(30, lambda desk: desk.promise(account, invoice, days=14))
    account.pay([invoice], stage.ago(22), 270_000)


def big_account(stage: Stage) -> None:
    """A group that pays in instalments, above its credit limit, with much still to come."""
    account = stage.account(
        "Groupe Hostélia",
        category="Hôtellerie",
        emails=2,
        profile="grand-compte",
        sales_rep="Durant",
        terms=NET_60,
        is_flagged=True,
        credit_limit_minor=15_000_000,
        waits_at=2,
    )
    stage.habit(account, since=530, late=(8, 28), amount=2_600_000)
    oldest = stage.late(account, 44, 3_864_000)
    account.pay([oldest], stage.ago(31), 1_500_000)
    account.pay([oldest], stage.ago(12), 800_000)
    stage.late(account, 21, 2_247_600)
    for days, amount in ((12, 4_920_000), (26, 5_136_000), (41, 3_974_400)):
        stage.coming(account, days, amount)
    stage.happens(10, lambda desk: desk.expect(account, oldest, on=stage.day(15)), "claire")
    text = "Échéancier discuté avec la direction financière : solde attendu sous quinze jours."
    stage.happens(10, lambda desk: desk.note(account, text), "claire")
    asked = "@Claire ils demandent un duplicata avant de payer le solde, tu l’envoies ?"
    stage.happens(3, lambda desk: desk.note(account, asked, oldest))


def disputed_invoice(stage: Stage) -> None:
    """He contests the invoice whole: reminders are suspended."""
    account = stage.account(
        "Clinique du Val d’Ombrelle", category="Santé", is_flagged=True, waits_at=2
    )
    stage.habit(account, since=330, late=(2, 12), amount=610_000)
    invoice = stage.late(account, 31, 792_000)
    stage.happens(
        15,
        lambda desk: desk.dispute(
            account,
            invoice,
            reason="Livraison incomplète",
            comment="Quatre fauteuils manquent ; le transporteur a été relancé.",
        ),
    )


def part_in_dispute(stage: Stage) -> None:
    """He contests a part of the invoice: the rest is asked for."""
    account = stage.account("Cabinet médical Saint-Orens", category="Santé", waits_at=3)
    invoice = stage.late(account, 40, 506_400)
    stage.happens(
        28,
        lambda desk: desk.dispute(
            account, invoice, reason="Écart de prix", amount=120_000, comment="Remise de 10 % due ?"
        ),
    )


def dispute_closed(stage: Stage) -> None:
    """The dispute ended with a credit note; the rest of the invoice is asked for again."""
    account = stage.account("Résidence Les Charmilles", category="Hôtellerie", waits_at=2)
    invoice = stage.late(account, 72, 438_000)
    note = account.credit_note(stage.ago(26), 66_000)
    account.match([invoice, note], stage.ago(26))
    stage.happens(
        60, lambda desk: desk.dispute(account, invoice, reason="Marchandise endommagée"), "claire"
    )
    stage.happens(25, lambda desk: desk.settle_dispute(account, outcome="Avoir accordé"), "claire")


def dispute_that_suspends_nothing(stage: Stage) -> None:
    """He contests, but the desk goes on: the ground is not serious."""
    account = stage.account("Imprimerie Gaudremont", category="Industrie", waits_at=2)
    invoice = stage.late(account, 29, 259_200)
    stage.happens(
        11,
        lambda desk: desk.dispute(
            account, invoice, reason="Bon de commande demandé", suspends=False
        ),
    )


def stopped_customer(stage: Stage) -> None:
    """A town hall: its payments follow an order of their own, reminders are useless."""
    account = stage.account("Mairie de Sainte-Aubière", category="Collectivités", waits_at=4)
    stage.habit(account, since=480, late=(10, 40), amount=380_000)
    stage.late(account, 45, 612_000)
    reason = "Mandat en cours de signature à la trésorerie"
    stage.happens(20, lambda desk: desk.stop(account, reason=reason), "claire")


def held_for_a_while(stage: Stage) -> None:
    """No reminder until a day that was agreed."""
    account = stage.account("Auberge du Pont Vieil", category="Restauration", waits_at=3)
    stage.late(account, 34, 147_600)
    until = stage.day(12)
    stage.happens(6, lambda desk: desk.stop(account, reason="Fermeture annuelle", until=until))


def stopped_invoice(stage: Stage) -> None:
    """One invoice is not to be mentioned; nothing else is due."""
    account = stage.account("Cabinet Moncel & Brugère", category="Bureaux", waits_at=3)
    invoice = stage.late(account, 37, 98_400)
    stage.happens(
        9,
        lambda desk: desk.stop(account, reason="Facture à refaire au nom du groupe", debit=invoice),
    )


def stop_lifted(stage: Stage) -> None:
    """His STOP was lifted: the cycle goes on."""
    account = stage.account("Optique Vermandel", category="Commerce", waits_at=2)
    stage.late(account, 58, 121_200)
    stage.happens(48, lambda desk: desk.stop(account, reason="Changement de propriétaire"))
    stage.happens(16, lambda desk: desk.lift(account), "claire")


def more_credit_than_debt(stage: Stage) -> None:
    """His unmatched payment exceeds what is due: nothing to claim, something to match."""
    account = stage.account("Pharmacie Delvaux-Rey", category="Commerce")
    stage.late(account, 15, 82_000)
    account.receive(stage.ago(20), 150_000)


def credit_to_deduct(stage: Stage) -> None:
    """His credit note lowers what is asked for."""
    account = stage.account("Collège Jean-Vaubanel", category="Collectivités", waits_at=2)
    stage.late(account, 33, 402_000)
    account.credit_note(stage.ago(14), 60_000)


def no_email(stage: Stage) -> None:
    """He has no e-mail address: his first reminder is a letter."""
    account = stage.account("Boulangerie Tissandre", category="Commerce", emails=0, waits_at=1)
    stage.habit(account, since=300, late=(5, 20), amount=64_000)
    stage.late(account, 16, 73_200)


def bounced_address(stage: Stage) -> None:
    """His server refused his address yesterday, and where to post a letter is not known."""
    account = stage.account("Optique Verdellan", category="Commerce", has_address=False)
    first_reminder_yesterday = (stage.today - stage.ago(1)).days + 8
    stage.late(account, first_reminder_yesterday, 168_000)
    stage.endings[account.code, "email"] = "failed"


def below_the_minimum(stage: Stage) -> None:
    """He paid a few cents too little: not worth a message."""
    account = stage.account("Menuiserie Quentric", category="Agenceurs")
    invoice = stage.late(account, 50, 184_260)
    account.pay([invoice], stage.ago(40), 183_940)


def direct_debit(stage: Stage) -> None:
    """The bank rejected his direct debit; an automatic method is never reminded in mass."""
    account = stage.account(
        "Camping des Grands Chênes", category="Hôtellerie", method=DIRECT_DEBIT, is_flagged=True
    )
    stage.habit(account, since=420, late=(0, 0), amount=96_000)
    payment = account.pay([stage.late(account, 40, 115_200)], stage.ago(40))
    account.reject(stage.ago(34), payment)


def bill_of_exchange(stage: Stage) -> None:
    """His bills of exchange are presented by the bank on the day."""
    account = stage.account("Lycée Aubrac-Sud", category="Collectivités", method=BILL, terms=NET_45)
    stage.habit(account, since=390, late=(0, 0), amount=310_000)
    stage.coming(account, 31, 366_000)


def foreign_currency(stage: Stage) -> None:
    """An American customer, invoiced in dollars and written to in English."""
    account = stage.account(
        "Harrow & Finch Interiors",
        category="Export",
        country="États-Unis",
        profile="export",
        currency="USD",
        waits_at=1,
    )
    stage.habit(account, since=360, late=(6, 16), amount=780_000)
    stage.late(account, 19, 936_000)
    stage.coming(account, 25, 1_140_000)


def english_customer(stage: Stage) -> None:
    """An English customer invoiced in euros: his second reminder is due by e-mail."""
    account = stage.account(
        "Oakhurst Joinery Ltd",
        category="Export",
        country="Royaume-Uni",
        emails=2,
        profile="export",
        waits_at=2,
    )
    stage.habit(account, since=440, late=(5, 25), amount=350_000)
    stage.late(account, 30, 427_200)


def new_overdue(stage: Stage) -> None:
    """His invoice is late since a few days only: his first reminder is not due yet."""
    account = stage.account("Étude Lamarque-Vial", category="Bureaux")
    stage.habit(account, since=350, late=(-2, 2), amount=142_000)
    stage.late(account, 3, 156_000)


def hopeless_case(stage: Stage) -> None:
    """Every step was taken, the formal notice too: the rest is for a bailiff."""
    account = stage.account(
        "Restaurant Le Vieux Moulin d’Orsac", category="Restauration", is_flagged=True
    )
    stage.late(account, 262, 318_000)
    stage.late(account, 231, 204_000)
    text = "Mise en demeure restée sans réponse. Préparer une injonction de payer."
    stage.happens(24, lambda desk: desk.note(account, text), "claire")


def carried_over(stage: Stage) -> None:
    """What he owes goes back to the year before the books begin (à nouveau)."""
    account = stage.account("Hôtel Beaurivage-les-Bains", category="Hôtellerie")
    opening = account.opening(stage.ago(545), 930_000, due=stage.day(-600))
    account.pay([opening], stage.ago(430), 400_000)
    account.pay([opening], stage.ago(290), 250_000)


def own_company(stage: Stage) -> None:
    """A company of the same owners: no scenario applies to its profile."""
    account = stage.account("SCI Morel Immobilier", category="Interne", profile="interne")
    stage.late(account, 55, 240_000)


def no_due_date(stage: Stage) -> None:
    """An invoice entered without its due date: shown, never reminded."""
    account = stage.account("Lycée professionnel Aubevoie", category="Collectivités")
    account.undated_invoice(stage.ago(62), 187_200)


def call_in_progress(stage: Stage) -> None:
    """A call is on the list of Karim since a few days."""
    account = stage.account("Agence Pellegrin & Fils", category="Architectes")
    stage.late(account, 25, 223_200)
    stage.endings[account.code, "phone"] = "to_do"


def letter_to_post(stage: Stage) -> None:
    """His letter is printed and waits for the postman."""
    account = stage.account("Ébénisterie Roquebrun", category="Agenceurs", emails=0)
    stage.late(account, 14, 134_400)
    stage.endings[account.code, "letter"] = "printed"


def unknown_outcome(stage: Stage) -> None:
    """The line broke while his e-mail was leaving: somebody must check."""
    account = stage.account("Cabinet comptable Sorguelle", category="Bureaux")
    stage.late(account, 14, 199_200)
    stage.endings[account.code, "email"] = "unknown"


def instalments_running(stage: Stage) -> None:
    """He pays two invoices in three times: the first payment came, the others are to come."""
    account = stage.account(
        "Traiteur Ravigneau", category="Restauration", sales_rep="Nguyen", waits_at=2
    )
    first, second = stage.late(account, 62, 330_000), stage.late(account, 55, 210_000)
    said = "Échéancier convenu avec Mme Ravigneau : trois virements de 1 800 €."
    stage.happens(
        40,
        lambda desk: desk.instalments(
            account, first, second, days=(12, 50, 80), amount=180_000, comment=said
        ),
        "claire",
    )
    account.pay([first], stage.ago(29), 180_000)


def instalment_missed(stage: Stage) -> None:
    """He paid the first of three instalments, not the second: that part is asked for."""
    account = stage.account(
        "Garage Montrichet", category="Industrie", sales_rep="Durant", is_flagged=True, waits_at=2
    )
    invoice = stage.late(account, 52, 600_000)
    said = "Trois fois 2 000 €, accord du gérant par téléphone."
    stage.happens(
        45,
        lambda desk: desk.instalments(
            account, invoice, days=(10, 25, 75), amount=200_000, comment=said
        ),
    )
    account.pay([invoice], stage.ago(37), 200_000)


def dispute_to_close(stage: Stage) -> None:
    """He contested, then paid: the dispute is still open, although nothing of it is owed."""
    account = stage.account("Papeterie Delorge-Vassin", category="Commerce", sales_rep="Roussel")
    invoice = stage.paid(account, 38, 30, 132_000)
    stage.happens(26, lambda desk: desk.dispute(account, invoice, reason="Quantité livrée"))
    stage.coming(account, 12, 88_800)


CHARACTERS = (
    good_payer, late_payer, promise_breaker, promise_kept, promise_running, promise_partly_kept,
    big_account, disputed_invoice, part_in_dispute, dispute_closed, dispute_that_suspends_nothing,
    stopped_customer, held_for_a_while, stopped_invoice, stop_lifted, more_credit_than_debt,
    credit_to_deduct, no_email, bounced_address, below_the_minimum, direct_debit,
    bill_of_exchange, foreign_currency, english_customer, new_overdue, hopeless_case, carried_over,
    own_company, no_due_date, call_in_progress, letter_to_post, unknown_outcome,
    instalments_running, instalment_missed, dispute_to_close,
)  # fmt: skip
