// Signs in by passkey, or makes one: asks the server how, the browser for it, and
// sends the form with what it answered. Without script, or where the browser has no
// passkeys, the buttons stay hidden.
const able = window.PublicKeyCredential?.parseRequestOptionsFromJSON && PublicKeyCredential.parseCreationOptionsFromJSON;
for (const button of able ? document.querySelectorAll("button[data-passkey]") : []) {
  const form = button.form;
  const said = form.querySelector("[data-said]");
  const say = (text) => {
    said.textContent = text;
    said.hidden = !text;
  };
  button.closest("[data-scripted]")?.removeAttribute("hidden");
  button.hidden = false;
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    button.disabled = true;
    say("");
    try {
      const answer = await fetch(button.dataset.begin, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error();
      const begun = await answer.json();
      if (!answer.ok) {
        say(begun.said);
        return;
      }
      const options = begun.options.publicKey;
      const made = button.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.challenge.value = begun.challenge;
      form.elements.response.value = JSON.stringify(made.toJSON());
      form.submit();
    } catch (wrong) {
      say(wrong.name === "InvalidStateError" ? button.dataset.known ?? button.dataset.failed : button.dataset.failed);
    } finally {
      button.disabled = false;
    }
  });
}
