"""What the DNS says of a sender's domain, asked of a real name server."""

import socket

import pytest
from dns.resolver import Resolver

from encaisse.messaging.domain import DnsUnreachable, DomainCheck, DomainUnknown, Finding
from tests.support.dns import Records, name_server

RELAY = {("smtp.relay.example", "A"): ["192.0.2.25"]}


def check(records: Records, *, relay: str = "smtp.relay.example") -> dict[str, Finding]:
    with name_server({**RELAY, **records}) as resolver:
        findings = DomainCheck("acme.example", relay, resolver=resolver).findings()
    return {finding.name: finding for finding in findings}


def test_a_domain_that_says_nothing_is_told_so():
    found = check({("acme.example", "A"): ["192.0.2.80"]})

    assert [found[name].state for name in ("SPF", "DKIM", "DMARC")] == ["bad", "warn", "bad"]


def test_a_domain_that_does_not_exist_is_told_so():
    with pytest.raises(DomainUnknown, match="n’existe pas"):
        check({})


@pytest.mark.parametrize(
    "records",
    [
        {("acme.example", "TXT"): ['"v=spf1 include:spf.relay.example -all"']},
        {("acme.example", "TXT"): ['"other"', '"v=spf1 ip4:192.0.2.0/24 ~all"']},
        {("acme.example", "TXT"): ['"v=spf1 a:smtp.relay.example -all"']},
        {
            ("acme.example", "TXT"): ['"v=spf1 mx -all"'],
            ("acme.example", "MX"): ["10 mx.acme.example."],
            ("mx.acme.example", "A"): ["192.0.2.25"],
        },
        {
            ("acme.example", "TXT"): ['"v=spf1 include:_spf.host.example -all"'],
            ("_spf.host.example", "TXT"): ['"v=spf1 ip4:192.0.2.16/" "28 -all"'],
        },
    ],
)
def test_a_relay_that_the_rule_allows_is_recognised(records: Records):
    assert check(records)["SPF"].state == "good"


def test_a_relay_that_the_rule_does_not_name_is_a_warning():
    found = check({("acme.example", "TXT"): ['"v=spf1 ip4:198.51.100.0/24 -all"']})

    assert found["SPF"].state == "warn"
    assert "smtp.relay.example" in found["SPF"].text


def test_a_rule_that_includes_itself_ends():
    assert (
        check({("acme.example", "TXT"): ['"v=spf1 include:acme.example"']})["SPF"].state == "warn"
    )


@pytest.mark.parametrize(
    ("policy", "state"), [("reject", "good"), ("quarantine", "good"), ("none", "warn")]
)
def test_keys_and_policies_are_found(policy: str, state: str):
    found = check(
        {
            ("google._domainkey.acme.example", "TXT"): ['"v=DKIM1; k=rsa; p=MIGf"'],
            ("_dmarc.acme.example", "TXT"): [f'"v=DMARC1; p={policy}; rua=mailto:a@acme.example"'],
        }
    )

    assert found["DKIM"].state == "good"
    assert found["DMARC"].state == state


def test_without_an_answer_nothing_is_claimed():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        resolver = Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], silent.getsockname()[1]
        with pytest.raises(DnsUnreachable, match="injoignable"):
            DomainCheck("acme.example", "", resolver=resolver).findings()
