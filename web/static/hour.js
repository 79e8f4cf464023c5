// Changes of an hour without leaving the page: a form is sent, the answer takes
// the place of the content, and where one was one stays. Without this the same
// forms load the page anew.
const said = document.createElement("p");
said.className = "vh";
said.setAttribute("role", "status");
document.body.append(said);

let busy = false;

document.addEventListener("submit", async e => {
  const form = e.target.closest("form[data-edit]");
  if (!form) return;
  e.preventDefault();
  if (busy) return;
  busy = true;
  const main = document.querySelector("main");
  main.setAttribute("aria-busy", "true");
  const open = [...main.querySelectorAll("details[open]")].map(d => d.id).filter(id => id && !id.startsWith("more-"));
  const by = e.submitter;
  try {
    const body = new URLSearchParams(new FormData(form, by));
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("main");
    if (!next) throw new Error("no page came back");
    main.replaceChildren(...next.childNodes);
    document.title = page.title;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    main.dispatchEvent(new Event("segue:main", { bubbles: true }));
    const hour = main.querySelector("[data-hour]");
    if (hour) {
      keep(by, main);
      said.textContent = hour.dataset.notice || hour.dataset.said || hour.dataset.plain;
      if (hour.dataset.notice) main.querySelector("[role=alert]")?.scrollIntoView({ block: "center" });
    } else {
      main.focus();
    }
  } catch {
    form.removeAttribute("data-edit");
    form.requestSubmit(by); // the plain way
  } finally {
    busy = false;
    main.removeAttribute("aria-busy");
  }
});

// keep puts the focus where it was: on the button that was pressed, beside its
// track if that moved, or on the line itself.
function keep(by, main) {
  if (!by) return;
  let [, what, line] = /^(.*?)(?:-(\d+))?$/.exec(by.id);
  if (what === "minutes") line = undefined;
  if (line && what === "up") line--;
  if (line && what === "down") line++;
  if (what === "up" || what === "down") document.getElementById("more-" + line)?.setAttribute("open", "");
  let to = document.getElementById(line ? `${what}-${line}` : by.id);
  if (!to || to.disabled) to = line ? main.querySelector(`#t${line} button:not(:disabled)`) : main.querySelector("#fresh");
  to?.focus({ preventScroll: true });
  if (line) document.getElementById("t" + line)?.scrollIntoView({ block: "nearest" });
}
