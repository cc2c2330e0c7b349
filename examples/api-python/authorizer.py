"""Verifies access tokens as an API Gateway's Lambda authorizer would.

`handler` is the authorizer. Run as a program, this file is a small API that
asks it, so that it can be tried without a cloud.
"""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt

ISSUER = os.environ.get("AUTH0_ISSUER", "http://localhost:4400/")  # with the slash, letter for letter
AUDIENCE = os.environ.get("AUTH0_AUDIENCE", "https://orders.acme.test")
NEEDS = {"GET": "read:orders", "POST": "write:orders"}

keys = jwt.PyJWKClient(ISSUER + ".well-known/jwks.json")


def verify(authorization):
    """Gives the claims of a bearer token, or raises jwt.PyJWTError."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        raise jwt.InvalidTokenError("no bearer token")
    key = keys.get_signing_key_from_jwt(token)
    return jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER, options={"require": ["exp", "sub"]})


def handler(event, context=None):
    """Answers an HTTP API's authorizer event (payload 2.0, simple responses)."""
    method = event["requestContext"]["http"]["method"]
    try:
        claims = verify(event["headers"].get("authorization"))
    except jwt.PyJWTError as error:
        return {"isAuthorized": False, "context": {"status": 401, "reason": str(error)}}
    permissions = claims.get("permissions", [])
    if NEEDS.get(method) not in permissions:
        return {"isAuthorized": False, "context": {"status": 403, "reason": f"the token does not permit {NEEDS.get(method)}"}}
    return {"isAuthorized": True, "context": {"status": 200, "sub": claims["sub"], "permissions": permissions}}


class API(BaseHTTPRequestHandler):
    def do_GET(self):
        event = {"headers": {"authorization": self.headers.get("Authorization")}, "requestContext": {"http": {"method": self.command}}}
        answer = handler(event)["context"]
        body = json.dumps(answer).encode()
        self.send_response(answer["status"])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3001"))), API)
    print(f"Listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
