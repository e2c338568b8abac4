"""A desk on a database that other processes share."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.chaos.crew import Crew
from tests.collection.world import Desk, open_desk


@pytest.fixture
def desk(transactional_db: None, tmp_path: Path) -> Desk:
    """ACME without any customer."""
    return open_desk(tmp_path / "outbox")


@pytest.fixture
def crew(transactional_db: None, tmp_path: Path) -> Generator[Crew]:
    """Processes that end with the test."""
    folder = tmp_path / "crew"
    folder.mkdir()
    found = Crew(folder)
    yield found
    found.stop()
