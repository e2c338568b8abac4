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
