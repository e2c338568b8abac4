"""Fixtures of « Agir par scénario »; a test module imports those it uses."""

import pytest

from tests.builders import member
from tests.web.plan_desk import Desk, make_desk


@pytest.fixture
def desk(db, settings, tmp_path) -> Desk:
    settings.DATA = settings.MEDIA_ROOT = settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    settings.UNDO_SECONDS = 0
    return make_desk(tmp_path)


@pytest.fixture
def karim(client, desk):
    """A collector who has logged in."""
    client.force_login(member(desk.company, "collector", first_name="Karim", last_name="Benali"))
    return client
