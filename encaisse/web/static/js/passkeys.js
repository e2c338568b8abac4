// Passkeys: the browser signs what the server asks, and the answer leaves with the form around the
// button. The form goes where the browser cannot do it.
const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const withIds = (list) => (list ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));

async function askedBy(form) {
  if (!form.dataset.passkey) {
    return JSON.parse(document.getElementById("passkey-asked").textContent).publicKey;
  }
  const answer = await fetch(form.dataset.passkey, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return (await answer.json()).request_options.publicKey;
}

function signed(asked) {
  const challenge = bytesOf(asked.challenge);
  if (!asked.user) {
    const allowCredentials = withIds(asked.allowCredentials);
    return navigator.credentials.get({ publicKey: { ...asked, challenge, allowCredentials } });
  }
  const user = { ...asked.user, id: bytesOf(asked.user.id) };
  const excludeCredentials = withIds(asked.excludeCredentials);
  return navigator.credentials.create({
    publicKey: { ...asked, challenge, user, excludeCredentials },
  });
}

const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

function written(key) {
  const response = {};
  for (const part of PARTS) {
    if (key.response[part]) response[part] = textOf(key.response[part]);
  }
  return JSON.stringify({
    id: key.id,
    rawId: textOf(key.rawId),
    type: key.type,
    authenticatorAttachment: key.authenticatorAttachment,
    clientExtensionResults: key.getClientExtensionResults(),
    response,
  });
}

async function answer(event) {
  const form = event.target.closest("form[data-passkey]");
  if (!form) return;
  event.preventDefault();
  const sentences = {
    known: form.querySelector("[data-passkey-known]"),
    failed: form.querySelector("[data-passkey-failed]"),
  };
  const button = form.querySelector("button");
  sentences.known.hidden = sentences.failed.hidden = button.disabled = true;
  try {
    form.elements.credential.value = written(await signed(await askedBy(form)));
    form.submit();
  } catch (failure) {
    sentences[failure.name === "InvalidStateError" ? "known" : "failed"].hidden = false;
    button.disabled = false;
  }
}

const isAble = Boolean(window.PublicKeyCredential && window.isSecureContext);
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !isAble;
  form.querySelector("button").disabled = !isAble;
}
for (const notice of document.querySelectorAll("[data-no-passkey]")) notice.hidden = isAble;
document.addEventListener("submit", answer);
