"""One demonstration company, made once for all the tests of this folder."""

from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from encaisse.demo import ensure_demo
from encaisse.demo.erase import erase_company
from encaisse.tenancy.models import Company, User

# A leap day, on which the books must not stumble either.
NOW = datetime(2028, 2, 29, 9, 30, tzinfo=UTC)
# Enough for every step of every scenario, and quicker than the real number.
DESK_DAYS = 66


@pytest.fixture(scope="package")
def data_folder(tmp_path_factory) -> Generator[Path]:
    """A data folder of its own, where letters and captured mails go."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("demo")
        patch.setattr(settings, "DATA", folder)
        patch.setattr(settings, "MEDIA_ROOT", folder / "files")
        yield folder


@pytest.fixture(scope="package")
def made_company(data_folder, django_db_setup, django_db_blocker) -> Generator[Company]:
    """The demonstration as `ensure_demo` leaves it, kept until the last test of the folder."""
    with django_db_blocker.unblock():
        login = ensure_demo(now=NOW, desk_days=DESK_DAYS)
        assert login is not None
        company = Company.objects.get()
    yield company
    with django_db_blocker.unblock():
        erase_company(company)
        company.memberships.all().delete()
        company.delete()
        User.objects.all().delete()


@pytest.fixture
def morel(made_company, db) -> Company:
    """The demonstration company; what a test changes is undone after it."""
    return Company.objects.get(pk=made_company.pk)
