"""E-mail services reached by their API: what each needs, sending, and what they report since."""

import warnings

# anymail speaks here of settings for a whole site; ours are given one company at a time, and the
# address that events arrive at is their secret.
for _said in ("Your Anymail webhooks are insecure", "django-anymail has dropped official support"):
    warnings.filterwarnings("ignore", message=_said)
