"""Real processes: the very first command of a new house, and what goes to which stream."""

import json

from tests.support.processes import Processes


def test_the_first_command_of_a_new_house_may_be_any(bare_processes: Processes, tmp_path):
    created = bare_processes.run("company", "create", "morel", "--name", "Morel", "--json")

    assert created.wait() == 0, created.errors()
    assert json.loads(created.output())["slug"] == "morel"
    assert "mise à jour du schéma" in created.errors()

    listed = bare_processes.run("company", "list", "--json")

    assert [row["slug"] for row in json.loads(listed.output())["companies"]] == ["morel"]
    assert listed.errors() == ""


def test_statuses_and_streams_of_a_real_process(processes: Processes):
    refused = processes.run("plan", "--company", "absente", "--json")
    misused = processes.run("plan", "--company", "absente", "--on", "hier")

    assert (refused.wait(), refused.output()) == (1, "")
    assert refused.errors().splitlines()[-1].startswith("Il n’y a pas de société")
    assert (misused.wait(), misused.output()) == (2, "")
    assert misused.errors().startswith("--on")


def test_a_database_that_does_not_answer_is_a_french_sentence(bare_processes: Processes, tmp_path):
    absent = bare_processes.run(
        "company", "list", DATABASE_URL=f"postgresql://nobody@/rien?host={tmp_path}"
    )

    assert (absent.wait(), absent.output()) == (1, "")
    assert absent.errors().startswith("La base de données ne répond pas")
    assert "Traceback" not in absent.errors()
