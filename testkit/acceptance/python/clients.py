"""Authlib and auth0-python against the built binary: python3 clients.py"""

import tempfile
import time
import unittest

from auth0.authentication import Database, GetToken, Passwordless, RevokeToken, Users
from auth0.authentication.back_channel_login import BackChannelLogin
from auth0.authentication.exceptions import Auth0Error
from auth0.authentication.pushed_authorization_requests import PushedAuthorizationRequests
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwk, jwt

from tenant import CALLBACK, ORDERS, ROOT, Records, Tenant

SERVER = "acceptanceServer0000000000000001"
SECRET = "acceptance-server-secret"
KEY_HOLDER = "acceptanceKey0000000000000000001"
KEY = (ROOT / "testkit/acceptance/key.pem").read_text()
DIRECTORY = "Username-Password-Authentication"
SCOPE = "openid profile email offline_access read:orders"

records = Records()


def flow(package, name):
    """Marks a test as one flow of a package."""

    def wrap(test):
        def walked(self):
            entry = records.walk(package, name, test.__name__)
            test(self)
            entry["result"] = "passed"

        return walked

    return wrap


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.tenant = Tenant(folder.name)
        cls.addClassCleanup(cls.tenant.stop)
        cls.addClassCleanup(records.write)

    def client(self, kind, **more):
        return kind(self.tenant.domain, SERVER, **{"client_secret": SECRET, **more})

    def permitted(self, token, *expected):
        keys = jwk.KeySet.import_key_set(self.session().get(self.tenant.issuer + ".well-known/jwks.json", withhold_token=True).json())
        claims = jwt.decode(token, keys).claims
        self.assertEqual(sorted(claims["permissions"]), sorted(expected or ("read:orders", "write:orders")))

    # Authlib

    def session(self, **more):
        return OAuth2Session(SERVER, SECRET, redirect_uri=CALLBACK, scope=SCOPE, code_challenge_method="S256", **{"token_endpoint_auth_method": "client_secret_post", **more})

    def exchanged(self, session, verifier="a verifier of at least forty-three characters"):
        verifier = verifier.replace(" ", "-")
        url, _ = session.create_authorization_url(self.tenant.issuer + "authorize", code_verifier=verifier, audience=ORDERS, nonce="n")
        return session.fetch_token(self.tenant.issuer + "oauth/token", authorization_response=self.tenant.log_in(url), code_verifier=verifier)

    @flow("authlib", "code + PKCE")
    def test_authlib_code(self):
        for method in ("client_secret_post", "client_secret_basic"):
            session = self.session(token_endpoint_auth_method=method)
            tokens = self.exchanged(session)
            self.permitted(tokens["access_token"])
            self.assertEqual(session.get(self.tenant.issuer + "userinfo").json()["sub"], "auth0|ada")

    @flow("authlib", "refresh")
    def test_authlib_refresh(self):
        session = self.session()
        first = self.exchanged(session)["refresh_token"]
        second = session.refresh_token(self.tenant.issuer + "oauth/token", refresh_token=first)
        self.permitted(second["access_token"])
        with self.assertRaises(OAuthError) as refused:
            session.refresh_token(self.tenant.issuer + "oauth/token", refresh_token=first)
        self.assertEqual(refused.exception.error, "invalid_grant")

    @flow("authlib", "revoke")
    def test_authlib_revoke(self):
        session = self.session()
        token = self.exchanged(session)["refresh_token"]
        self.assertEqual(session.revoke_token(self.tenant.issuer + "oauth/revoke", token=token).status_code, 200)
        with self.assertRaises(OAuthError):
            session.refresh_token(self.tenant.issuer + "oauth/token", refresh_token=token)

    @flow("authlib", "client_credentials")
    def test_authlib_machine(self):
        session = OAuth2Session("acceptanceM2m0000000000000000001", "acceptance-worker-secret")
        tokens = session.fetch_token(self.tenant.issuer + "oauth/token", grant_type="client_credentials", audience=ORDERS)
        self.permitted(tokens["access_token"], "read:orders")

    @flow("authlib", "private_key_jwt")
    def test_authlib_key(self):
        url = self.tenant.issuer + "oauth/token"
        session = OAuth2Session(KEY_HOLDER, KEY, token_endpoint_auth_method="private_key_jwt")
        short = {"exp": int(time.time()) + 60}  # Auth0 refuses more than five minutes, and Authlib takes an hour
        session.register_client_auth_method(PrivateKeyJWT(url, claims=short))
        self.permitted(session.fetch_token(url, grant_type="client_credentials", audience=ORDERS)["access_token"], "read:orders")

    # auth0-python

    def log_in(self, username="ada@acme.test", password="Correct-Horse-9"):
        return self.client(GetToken).login(username, password, scope=SCOPE, realm=DIRECTORY, audience=ORDERS, grant_type="http://auth0.com/oauth/grant-type/password-realm")

    @flow("auth0-python", "password-realm")
    def test_auth0_password(self):
        tokens = self.log_in()
        self.permitted(tokens["access_token"])
        signature = AsymmetricSignatureVerifier(self.tenant.issuer + ".well-known/jwks.json")
        TokenVerifier(signature_verifier=signature, issuer=self.tenant.issuer, audience=SERVER).verify(tokens["id_token"])
        self.assertEqual(Users(self.tenant.domain).userinfo(tokens["access_token"])["email"], "ada@acme.test")
        with self.assertRaises(Auth0Error) as refused:
            self.log_in(password="wrong")
        self.assertEqual((refused.exception.status_code, refused.exception.error_code), (403, "invalid_grant"))

    @flow("auth0-python", "refresh")
    def test_auth0_refresh(self):
        get_token = self.client(GetToken)
        tokens = get_token.refresh_token(self.log_in()["refresh_token"])
        self.permitted(tokens["access_token"])
        self.client(RevokeToken).revoke_refresh_token(tokens["refresh_token"])
        with self.assertRaises(Auth0Error):
            get_token.refresh_token(tokens["refresh_token"])

    @flow("auth0-python", "client_credentials")
    def test_auth0_machine(self):
        self.permitted(self.client(GetToken).client_credentials(ORDERS)["access_token"], "read:orders")

    @flow("auth0-python", "private_key_jwt")
    def test_auth0_key(self):
        by_key = GetToken(self.tenant.domain, KEY_HOLDER, client_assertion_signing_key=KEY)
        self.permitted(by_key.client_credentials(ORDERS)["access_token"], "read:orders")

    @flow("auth0-python", "sign-up")
    def test_auth0_sign_up(self):
        database = self.client(Database)
        made = database.signup("python@acme.test", "Correct-Horse-9", DIRECTORY, user_metadata={"plan": "free"})
        self.assertEqual(made["email"], "python@acme.test")
        self.assertIn("id_token", self.log_in("python@acme.test"))
        self.assertIn("email to reset your password", database.change_password("python@acme.test", DIRECTORY))
        with self.assertRaises(Auth0Error) as refused:
            database.signup("python@acme.test", "Correct-Horse-9", DIRECTORY)
        self.assertEqual(refused.exception.status_code, 400)

    @flow("auth0-python", "passwordless")
    def test_auth0_passwordless(self):
        start, get_token = self.client(Passwordless), self.client(GetToken)
        start.email("code-python@acme.test", send="code")
        self.assertIn("id_token", get_token.passwordless_login("code-python@acme.test", self.tenant.code_sent("code-python@acme.test"), "email", "openid", ""))
        start.sms("+12025550188")
        self.assertIn("id_token", get_token.passwordless_login("+12025550188", self.tenant.code_sent("+12025550188"), "sms", "openid", ""))

    @flow("auth0-python", "PAR")
    def test_auth0_par(self):
        pushed = self.client(PushedAuthorizationRequests).pushed_authorization_request("code", CALLBACK, scope="openid", audience=ORDERS)
        answer = self.tenant.log_in(f"{self.tenant.issuer}authorize?client_id={SERVER}&request_uri={pushed['request_uri']}")
        self.permitted(self.client(GetToken).authorization_code(answer.split("code=")[1].split("&")[0], CALLBACK)["access_token"])

    @flow("auth0-python", "CIBA")
    def test_auth0_ciba(self):
        hint = f'{{"format": "iss_sub", "iss": "{self.tenant.issuer}", "sub": "auth0|ada"}}'
        asked = self.client(BackChannelLogin).back_channel_login("Order 4711", hint, "openid read:orders", audience=ORDERS)
        self.tenant.control("approvals", {"auth_req_id": asked["auth_req_id"], "answer": "approve"})
        self.permitted(self.client(GetToken).backchannel_login(asked["auth_req_id"])["access_token"])


if __name__ == "__main__":
    unittest.main()
