"""The examples of the documentation are run, in their order, as they stand."""

import re
import shlex
from pathlib import Path

import pytest

from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).resolve().parents[2] / "docs" / "dev" / "api.md"
EXAMPLES = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.S | re.M)


def run(example: str, caller: Caller):
    """What curl would do of it."""
    command = example.replace("$HOST", "").replace("$TOKEN", caller.secret)
    words = iter(shlex.split(command))
    assert next(words) == "curl"
    headers, body, path = {}, None, ""
    for word in words:
        if word == "-H":
            name, value = next(words).split(": ", 1)
            headers[name] = value
        elif word == "-d":
            body = next(words)
        else:
            path = word
    if body is None:
        return caller.client.get(path, headers=headers)
    kind = headers.pop("Content-Type")
    return caller.client.post(path, body, content_type=kind, headers=headers)


def test_every_example_of_the_page_works(caller):
    answers = [run(example, caller) for example in EXAMPLES]

    assert [one.status_code for one in answers] == [200] * len(EXAMPLES)
    assert len(EXAMPLES) >= 10
    settled, remaining = answers[3].json(), answers[4].json()
    assert [one["outcome"] for one in settled["items"]] == ["updated", "created"]
    assert [(one["source_id"], one["remaining"]) for one in remaining["data"]] == [
        ("FA-002", 30_000)
    ]
