"""Looking up whether receivers will trust the mail that leaves in a domain's name."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from dns.exception import DNSException, Timeout
from dns.resolver import NXDOMAIN, NoAnswer, NoNameservers, NoResolverConfiguration, Resolver

from encaisse.messaging.rules.domain import Spf, dmarc_policy, is_dkim_key, same_house, spf_of

State = Literal["good", "warn", "bad"]
_TIMEOUT = 3.0  # seconds for one question: somebody is waiting
_MOST_QUESTIONS = 10  # RFC 7208 4.6.4
# Keys have any name; those that the usual services give.
_SELECTORS = (
    "selector1", "google", "default", "dkim", "mail", "s1", "k1", "brevo", "mailjet", "ovhmo1",
)  # fmt: skip


class DnsUnreachable(Exception):
    """No name server answers; the text is fit to show to the user."""


class DomainUnknown(Exception):
    """The domain does not exist; the text is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one rule: its name, whether it is well, a sentence, the record."""

    name: str
    state: State
    text: str
    record: str = ""


class DomainCheck:
    """Asks the DNS about a domain and the relay that its mail leaves by."""

    def __init__(self, domain: str, relay: str, *, resolver: Resolver | None = None) -> None:
        self.domain = domain.lower().rstrip(".")
        self.relay = relay.lower().rstrip(".")
        self._resolver = resolver or _resolver()
        self._resolver.lifetime = self._resolver.timeout = _TIMEOUT

    def findings(self) -> list[Finding]:
        """SPF, DKIM and DMARC. Raises DomainUnknown and DnsUnreachable."""
        if not self._exists():
            raise DomainUnknown(_("Ce domaine n’existe pas : vérifiez l’adresse."))
        return [self._spf(), self._dkim(), self._dmarc()]

    def _spf(self) -> Finding:
        rule = spf_of(self._texts(self.domain), self.domain)
        if rule is None:
            text = _("Aucune règle : n’importe qui peut écrire en votre nom, et vos e-mails sont"
                     " suspects.")  # fmt: skip
            return Finding("SPF", "bad", text)
        if not self.relay:
            return Finding("SPF", "warn", _("Règle trouvée ; aucun serveur d’envoi à comparer."),
                           rule.record)  # fmt: skip
        if self._covers(rule):
            text = _("Règle trouvée, et le serveur %(relay)s y semble autorisé.")
            return Finding("SPF", "good", text % {"relay": self.relay}, rule.record)
        text = _("Règle trouvée, mais le serveur %(relay)s n’y figure pas : demandez à son"
                 " fournisseur ce qu’il faut y ajouter.")  # fmt: skip
        return Finding("SPF", "warn", text % {"relay": self.relay}, rule.record)

    def _dkim(self) -> Finding:
        for selector in _SELECTORS:
            if is_dkim_key(self._texts(f"{selector}._domainkey.{self.domain}")):
                text = _("Clé « %(selector)s » trouvée.") % {"selector": selector}
                return Finding("DKIM", "good", text)
        text = _("Aucune clé sous les noms habituels. Votre fournisseur dit si vos e-mails sont"
                 " signés, et sous quel nom.")  # fmt: skip
        return Finding("DKIM", "warn", text)

    def _dmarc(self) -> Finding:
        texts = self._texts(f"_dmarc.{self.domain}")
        policy = dmarc_policy(texts)
        sentences: dict[str, tuple[State, str]] = {
            "reject": ("good", _("Les e-mails qui ne sont pas de vous sont refusés.")),
            "quarantine": ("good", _("Les e-mails qui ne sont pas de vous vont aux indésirables.")),
            "none": ("warn", _("Règle d’observation : rien n’est encore refusé.")),
        }
        missing: tuple[State, str] = (
            "bad",
            _("Aucune règle : les grandes messageries l’attendent de qui écrit souvent."),
        )
        state, text = sentences.get(policy, missing)
        record = next((one for one in texts if one.upper().startswith("V=DMARC1")), "")
        return Finding("DMARC", state, text, record)

    # -- asking ----------------------------------------------------------------------------------

    def _covers(self, rule: Spf) -> bool:
        """True when the relay's addresses are allowed, or the rules of its own house are added."""
        addresses = self._addresses(self.relay)
        for one in self._with_includes(rule):
            if any(same_house(name, self.relay) for name in one.includes):
                return True
            servers = [*one.hosts, *(host for name in one.mail_hosts for host in self._mx(name))]
            if self.relay in servers or any(_within(addresses, net) for net in one.networks):
                return True
            if any(addresses & self._addresses(server) for server in servers[:_MOST_QUESTIONS]):
                return True
        return False

    def _with_includes(self, rule: Spf) -> Iterator[Spf]:
        """The rule and those it adds, no more of them than receivers would read."""
        waiting, seen = [rule], 0
        while waiting:
            current = waiting.pop(0)
            yield current
            for name in current.includes:
                seen += 1
                if seen > _MOST_QUESTIONS:
                    return
                added = spf_of(self._texts(name), name)
                if added is not None:
                    waiting.append(added)

    def _texts(self, name: str) -> list[str]:
        answers = self._ask(name, "TXT")
        return [b"".join(answer.strings).decode("utf-8", "replace") for answer in answers]

    def _mx(self, name: str) -> list[str]:
        return [str(answer.exchange).lower().rstrip(".") for answer in self._ask(name, "MX")]

    def _addresses(self, name: str) -> set[str]:
        return {str(answer.address) for kind in ("A", "AAAA") for answer in self._ask(name, kind)}

    def _exists(self) -> bool:
        """False when the DNS says that there is no such name, nor anything below it."""
        try:
            self._resolver.resolve(self.domain, "TXT", search=False)
        except NXDOMAIN:
            return False
        except (Timeout, NoNameservers) as error:
            raise _unreachable() from error
        except DNSException:
            return True
        return True

    def _ask(self, name: str, kind: str) -> list[Any]:
        try:
            return list(self._resolver.resolve(name, kind, search=False))
        except (NXDOMAIN, NoAnswer):
            return []
        except (Timeout, NoNameservers) as error:
            raise _unreachable() from error
        except DNSException:  # a name that cannot be one
            return []


def _resolver() -> Resolver:
    try:
        return Resolver()
    except NoResolverConfiguration as error:
        raise _unreachable() from error


def _unreachable() -> DnsUnreachable:
    return DnsUnreachable(_("DNS injoignable : aucun serveur de noms ne répond d’ici."))


def _within(addresses: set[str], network: str) -> bool:
    try:
        allowed = ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
    return any(ipaddress.ip_address(address) in allowed for address in addresses)
