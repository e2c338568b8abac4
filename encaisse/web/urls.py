"""Addresses: the doors, then everything of a company under /s/<slug>/.

A screen is a folder of encaisse/web/app with its own `urls.py`; SCREENS lists the folders.
"""

from django.urls import include, path

SCREENS = [
    "home",
    "start",
    "aging",
    "due_items",
    "receipts",
    "customer_list",
    "promises",
    "disputes",
    "answers",
    "forecast",
    "saved_views",
    "cash_report",
    "customers",
    "activities",
    "plan",
    "write",
    "criteria",
    "search",
    "jobs",
    "documents",
    "imports",
    "configure",
    "options",
    "currencies",
    "rehearsal",
    "profiles",
    "free_fields",
    "audit",
    "people",
    "webhooks",
    "api_tokens",
    "help",
]

_screens = [path("", include(f"encaisse.web.app.{screen}.urls")) for screen in SCREENS]

urlpatterns = [
    path("api/", include("encaisse.web.api.urls")),
    path("", include("encaisse.web.app.account.urls")),
    path(
        "",
        include(
            (
                [
                    path("", include("encaisse.web.app.companies.urls")),
                    path("", include("encaisse.web.app.founding.urls")),
                    path("", include("encaisse.web.app.help.guide_urls")),
                    path("", include("encaisse.web.app.answers.opening_urls")),
                    path("", include("encaisse.web.app.events.urls")),
                    path("", include("encaisse.web.app.portal.urls")),
                    path("", include("encaisse.web.app.people.door_urls")),
                    path("s/<slug:slug>/", include(_screens)),
                ],
                "web",
            )
        ),
    ),
]
