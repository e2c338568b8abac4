"""How tests use a real browser: come in without the form, ask axe."""

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from encaisse.tenancy.models import User


def enter(page: Page, email: str, address: str) -> None:
    """Open a page of the test server as someone who has logged in."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": session,
                "domain": "localhost",
                "path": "/",
            }
        ]
    )
    page.goto(address)


def violations(page: Page) -> list[str]:
    """What axe refuses on the page: the rule and the element, one line each."""
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [f"{one['id']} {node['target']}" for one in found for node in one["nodes"]]


def ragged_tables(page: Page) -> list[str]:
    """The headings of the tables of which a row has more or fewer cells than there are headings."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("table")].filter(table => {
          const wide = row => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
          return new Set([...table.rows].map(wide)).size > 1;
        }).map(table => table.tHead?.innerText ?? "")"""
    )
    return found
