// Brings files without leaving the page: drag and drop, a folder, progress while
// sending and while reading. Without this script the form does the same by itself.

const main = () => document.getElementById("main");
const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

// show puts another page of ours in place of this one's content.
function show(html, path) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const next = page.getElementById("main");
  if (!next) return location.assign(path);
  main().replaceWith(next);
  document.title = page.title;
  history.pushState(null, "", path);
  main().focus({ preventScroll: true });
  scrollTo(0, 0);
  begin();
}

addEventListener("popstate", () => location.reload());

// tell fills a block of progress.
function tell(block, at) {
  const said = block.querySelector("[data-said]");
  if (said.textContent !== at.said) said.textContent = at.said; // a live region: only what is new
  block.querySelector("[data-amount]").textContent = at.amount;
  const bar = block.querySelector("progress");
  if (at.share < 0) bar.removeAttribute("value");
  else bar.value = at.share;
  for (const li of block.querySelectorAll("[data-stage]")) {
    const n = Number(li.dataset.stage);
    li.className = n < at.stage ? "past" : "";
    if (n === at.stage) li.setAttribute("aria-current", "step");
    else li.removeAttribute("aria-current");
  }
}

// follow listens to a job until it ends, then shows what came of it.
function follow(block) {
  const path = "/bring/" + block.dataset.job;
  const events = new EventSource(path + "/events");
  const done = () => {
    events.close();
    fetch(path).then((r) => r.text()).then((html) => {
      if (block.isConnected) show(html, path);
    }, () => location.reload());
  };
  events.addEventListener("progress", (e) => tell(block, JSON.parse(e.data)));
  events.addEventListener("end", done);
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) done(); // refused: the page itself says why
  });
}

// files returns what was dropped, with what lies in folders, as a list.
async function dropped(items) {
  const found = [];
  const walk = async (entry) => {
    if (entry.isFile) found.push(await new Promise((ok, no) => entry.file(ok, no)));
    else if (entry.isDirectory) {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((ok, no) => reader.readEntries(ok, no)); // in batches, to an empty one
        if (!some.length) break;
        for (const e of some) await walk(e);
      }
    }
  };
  const entries = [...items].filter((i) => i.kind === "file").map((i) => i.webkitGetAsEntry?.() || i.getAsFile());
  for (const e of entries) {
    if (e instanceof File) found.push(e);
    else if (e) await walk(e);
  }
  return found;
}

// send uploads files with progress, then follows the job.
function send(form, files) {
  const wrong = form.querySelector("[data-wrong]");
  wrong.hidden = true;
  const complain = (text) => {
    wrong.textContent = text;
    wrong.hidden = false;
  };
  const total = files.reduce((n, f) => n + f.size, 0);
  if (!files.length) return;
  if (total > Number(form.dataset.most)) return complain(form.dataset.tooMuch);
  const body = new FormData();
  for (const f of files) body.append("file", f, f.name);
  const before = [...main().childNodes];
  main().replaceChildren(document.querySelector("template[data-upload]")?.content.cloneNode(true) || "");
  const block = main().querySelector(".reading");
  main().focus({ preventScroll: true });
  scrollTo(0, 0);
  const back = (text) => {
    main().replaceChildren(...before);
    if (text) complain(text);
    form.querySelector("[data-files]").focus();
  };
  const megabytes = (n) => block.dataset.unit.replace("{n}", numbers.format(n / 1e6));
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (e) => {
    if (!e.lengthComputable) return;
    block.querySelector("progress").value = (100 * e.loaded) / e.total;
    const of = block.dataset.of.replace("{done}", megabytes(e.loaded)).replace("{total}", megabytes(e.total));
    block.querySelector("[data-amount]").textContent = of;
  });
  request.addEventListener("load", () => show(request.responseText, new URL(request.responseURL).pathname));
  request.addEventListener("error", () => back(form.dataset.lost));
  request.addEventListener("abort", () => back(""));
  block.querySelector("[data-stop]").addEventListener("click", () => request.abort());
  request.send(body);
}

// offer makes a form take files by all ways.
function offer(form) {
  for (const el of form.querySelectorAll("[data-scripted]")) el.hidden = false;
  const input = form.querySelector("[data-files]");
  const tree = form.querySelector("[data-tree]");
  if (!("webkitdirectory" in tree)) form.querySelector("[data-folder]").hidden = true;
  // The browser's own control speaks the browser's language; ours speaks the page's.
  form.querySelector("[data-choose]").classList.add("btn");
  form.querySelector("[data-choose-word]").classList.remove("vh");
  input.classList.add("over");
  const chosen = form.querySelector("[data-chosen]");
  const tell = () => {
    const files = [...input.files, ...tree.files];
    input.required = !tree.files.length;
    chosen.textContent = files.length === 1 ? files[0].name.slice(0, 72) : files.length ? form.dataset.many.replace("{n}", numbers.format(files.length)) : "";
  };
  input.addEventListener("change", tell);
  tree.addEventListener("change", tell);
  tell(); // a browser may bring back a choice
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    send(form, [...input.files, ...tree.files]);
  });
}

// begin readies whatever of this stands in the page.
function begin() {
  const form = main().querySelector("[data-bring]");
  if (form) offer(form);
  const block = main().querySelector(".reading[data-job]");
  if (block?.dataset.job) follow(block);
}

// Files may be dropped anywhere on a page that has a form for them.
const target = () => main().querySelector("[data-bring]");
const carries = (e) => [...(e.dataTransfer?.types || [])].includes("Files");
let depth = 0;
const light = (on) => target()?.querySelector("[data-drop]").classList.toggle("over-it", on);
addEventListener("dragenter", (e) => {
  if (carries(e) && target()) light(++depth > 0);
});
addEventListener("dragleave", (e) => {
  if (carries(e) && target()) light(--depth > 0);
});
addEventListener("dragover", (e) => {
  if (carries(e)) e.preventDefault(); // a file that misses must not replace the page
});
addEventListener("drop", async (e) => {
  if (!carries(e)) return;
  e.preventDefault();
  depth = 0;
  light(false);
  const form = target();
  if (form) send(form, await dropped(e.dataTransfer.items));
});

begin();
