"""A letter to one customer: the person it goes to, and who signs it."""

import pytest

from encaisse.collection.models import Reminder
from encaisse.tenancy.models import User
from tests.web.plan_fixtures import desk, karim
from tests.web.test_write import address, dupont, filled

__all__ = ["desk", "dupont", "karim"]

pytestmark = pytest.mark.django_db


def test_a_letter_names_a_person_and_is_signed_like_a_mail(karim, desk, dupont):
    url = address(dupont, "courrier")
    typed = {"address": "Dupont SA\r\nBP 12\r\n75002 Paris", "attention": "Mme Petit"}

    six_lines = {"address": "Dupont SA\r\n1\r\n2\r\n3\r\n4\r\n75002 Paris"}

    assert karim.post(url, filled(karim, url, **typed | six_lines)).status_code == 422
    assert karim.get(url).context["form"].initial["sender"] == "moi"
    karim.post(url, filled(karim, url, **typed))

    written = Reminder.objects.get().written
    assert written.address.splitlines()[:3] == ["Dupont SA", "À l’attention de Mme Petit", "BP 12"]
    assert written.sender_name == User.objects.get().full_name
