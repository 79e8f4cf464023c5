// Follows a job of the laboratory while its page is open. Without this script the
// page asks again by itself.
const block = document.querySelector("[data-lab-job]");
if (block) {
  const events = new EventSource("/lab/jobs/" + block.dataset.labJob + "/events");
  events.addEventListener("progress", (e) => {
    const at = JSON.parse(e.data);
    const said = block.querySelector("[data-said]");
    if (said.textContent !== at.said) said.textContent = at.said; // a live region: only what is new
    const bar = block.querySelector("progress");
    if (at.share < 0) bar.removeAttribute("value");
    else bar.value = at.share;
  });
  const done = () => {
    events.close();
    location.reload();
  };
  events.addEventListener("end", done);
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(done, 2000); // refused: the page itself says why
  });
}
