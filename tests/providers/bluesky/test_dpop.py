"""Proofs: whoever checks them as the RFC says finds them right."""

import base64
import hashlib
import time
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from socialapp.providers.bluesky import dpop
from socialapp.providers.bluesky.dpop import Proofs
from socialapp.providers.http import Answer

KEY = dpop.new_key()
URL = "https://pds.example.org/xrpc/com.atproto.repo.putRecord"


def claims_of(headers: dict[str, str]) -> dict[str, Any]:
    """What a proof says, checked with the key that it carries."""
    shown = dict(jws.extract_compact(headers["DPoP"].encode()).headers())
    assert (shown["typ"], shown["alg"]) == ("dpop+jwt", "ES256")
    assert "d" not in shown["jwk"]
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    found = jwt.decode(headers["DPoP"], ECKey.import_key(shown["jwk"]), registry=registry)
    return dict(found.claims)


WANTS = b'{"error": "use_dpop_nonce"}'


def refusal(status: int = 401, *, nonce: str = "n-1", body: bytes = WANTS, www: str = "") -> Answer:
    headers = {"DPoP-Nonce": nonce, "WWW-Authenticate": www}
    return Answer(status, body, {name: words for name, words in headers.items() if words})


def test_a_proof_is_of_one_request() -> None:
    claims = claims_of(Proofs().headers(KEY, "POST", f"{URL}?a=b#c"))

    assert (claims["htm"], claims["htu"]) == ("POST", URL)
    assert abs(claims["iat"] - time.time()) < 60
    assert "ath" not in claims
    assert "nonce" not in claims


def test_a_proof_is_bound_to_the_token_that_goes_with_it() -> None:
    headers = Proofs().headers(KEY, "GET", URL, token="a-token")

    digest = hashlib.sha256(b"a-token").digest()
    assert headers["Authorization"] == "DPoP a-token"
    assert claims_of(headers)["ath"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")


def test_no_two_proofs_have_the_same_number() -> None:
    proofs = Proofs()

    assert len({claims_of(proofs.headers(KEY, "GET", URL))["jti"] for _ in range(50)}) == 50


def test_the_number_of_a_server_is_in_every_proof_for_it_and_in_none_for_another() -> None:
    proofs = Proofs()
    other = "https://other.example.org/"

    assert proofs.wants_another(URL, refusal(nonce="n-1"))
    assert claims_of(proofs.headers(KEY, "GET", URL))["nonce"] == "n-1"
    assert "nonce" not in claims_of(proofs.headers(KEY, "GET", other))
    assert not proofs.wants_another(URL, Answer(200, b"{}", {"dpop-nonce": "n-2"}))
    assert claims_of(proofs.headers(KEY, "GET", URL))["nonce"] == "n-2"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refusal(400), True),
        (refusal(401), True),
        (refusal(401, nonce=""), False),
        (refusal(500), False),
        (refusal(401, body=b"", www='DPoP error="use_dpop_nonce"'), True),
        (refusal(401, body=b'{"error": "invalid_token"}'), False),
        (refusal(200), False),
    ],
)
def test_only_the_want_of_a_number_is_worth_another_try(answer: Answer, expected: bool) -> None:
    assert Proofs().wants_another(URL, answer) is expected


def test_servers_without_end_do_not_fill_the_memory() -> None:
    proofs = Proofs()

    for number in range(1500):
        proofs.wants_another(f"https://{number}.example.org/", refusal(nonce=str(number)))

    assert len(proofs._nonces) <= 1000
    assert claims_of(proofs.headers(KEY, "GET", "https://1499.example.org/"))["nonce"] == "1499"
