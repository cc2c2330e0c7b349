// Talks to authenticators for the pages: what to ask stands in a form's
// data-options, and the answer goes into the form, as base64url in JSON.
(() => {
  "use strict";

  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const decoded = (options) => {
    const named = (list) => (list || []).map((c) => ({ ...c, id: toBytes(c.id) }));
    const publicKey = { ...options, challenge: toBytes(options.challenge) };
    if (options.user) {
      publicKey.user = { ...options.user, id: toBytes(options.user.id) };
      publicKey.excludeCredentials = named(options.excludeCredentials);
    } else {
      publicKey.allowCredentials = named(options.allowCredentials);
    }
    return publicKey;
  };

  const encoded = (credential) => {
    const { response } = credential;
    const out = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) out[name] = toText(response[name]);
    }
    if (response.getTransports) out.transports = response.getTransports();
    return JSON.stringify({
      id: credential.id, rawId: toText(credential.rawId), type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: credential.getClientExtensionResults(), response: out,
    });
  };

  const put = (form, name, value) => {
    const field = form.querySelector(`input[type=hidden][name="${name}"]`) || form.appendChild(document.createElement("input"));
    Object.assign(field, { type: "hidden", name, value });
  };

  let pending; // the offer in the field for the identifier ends before anything else is asked
  const ask = async (form, mediation) => {
    if (pending) pending.abort();
    pending = new AbortController();
    if (!window.PublicKeyCredential) throw new DOMException("this browser has no Web Authentication", "NotSupportedError");
    const options = { publicKey: decoded(JSON.parse(form.dataset.options)), signal: pending.signal };
    if (mediation) options.mediation = mediation;
    const credential = await navigator.credentials[form.dataset.webauthn](options);
    put(form, form.dataset.field, encoded(credential));
    put(form, "action", "default");
    form.submit();
  };

  const failed = (form, error) => {
    const message = form.querySelector("[data-failed]");
    if (message) {
      message.hidden = false;
      return;
    }
    put(form, form.dataset.field, "");
    put(form, "action", "showError::" + JSON.stringify({ name: error.name, message: error.message }));
    form.submit();
  };

  const wait = (form, on) => {
    const waiting = form.querySelector("[data-waiting]");
    if (waiting) waiting.hidden = !on;
  };

  for (const form of document.querySelectorAll("form[data-webauthn]")) {
    form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.name === "action" && event.submitter.value !== "default") return;
      event.preventDefault();
      wait(form, true);
      ask(form).catch((error) => { wait(form, false); failed(form, error); });
    });
    if (form.hasAttribute("data-autofill") && window.PublicKeyCredential && PublicKeyCredential.isConditionalMediationAvailable) {
      PublicKeyCredential.isConditionalMediationAvailable()
        .then((is) => is && ask(form, "conditional"))
        .catch(() => {}); // nobody chose anything: the page goes on without it
    }
  }

  const platform = async () => Boolean(window.PublicKeyCredential
    && await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false));
  const capabilities = [...document.querySelectorAll("form")].filter((form) => form.querySelector("input[name=js-available]"));
  if (capabilities.length) {
    platform().then((available) => {
      for (const form of capabilities) {
        put(form, "js-available", "true");
        put(form, "webauthn-available", String(Boolean(window.PublicKeyCredential)));
        put(form, "is-brave", String(Boolean(navigator.brave)));
        put(form, "webauthn-platform-available", String(available));
        if (form.hasAttribute("data-detect")) form.requestSubmit();
      }
    });
  }
})();
