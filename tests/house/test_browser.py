"""A real browser on a real server: the first screen works under the content security policy."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_stranger_lands_on_the_login_screen(browser_page: Page):
    response = browser_page.goto("/")

    assert response is not None
    assert response.status == 200
    assert "/connexion/" in browser_page.url
    expect(browser_page.locator("html")).to_have_attribute("lang", "fr")
    expect(browser_page.locator("input[type=password]")).to_be_visible()


def test_the_styles_of_the_login_screen_are_loaded(browser_page: Page):
    failed: list[str] = []
    browser_page.on(
        "response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None
    )

    browser_page.goto("/connexion/", wait_until="networkidle")

    assert failed == []
    assert browser_page.evaluate("document.styleSheets.length") > 0
