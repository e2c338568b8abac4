"""Reading a PDF as its reader would."""

import shutil
import subprocess

import pytest

needs_pdftotext = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed"
)


def text_of(pdf: bytes) -> str:
    """What can be copied from the paper; no-break spaces become plain ones."""
    command = ["pdftotext", "-layout", "-", "-"]
    text = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return text.replace("\u00a0", " ").replace("\u202f", " ")
