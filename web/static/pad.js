// The plane to say on how one is, in two dimensions: by pointer, also dragged, and
// by arrow keys. Its squares are radio buttons, and all works without this.
const size = 9;

for (const root of document.querySelectorAll("[data-pad]")) start(root);

// Pages that exchange their content say so, and the plane starts anew.
document.addEventListener("segue:main", e => e.target.querySelectorAll("[data-pad]").forEach(start));

function start(root) {
  const frame = root.querySelector(".pad-frame");
  const groups = [...root.querySelectorAll("[data-cells]")];
  const form = root.closest("form");
  const line = groups.length > 1 ? joined(frame) : null;

  const cellsOf = g => [...g.querySelectorAll("input")];
  const chosen = g => cellsOf(g).findIndex(c => c.checked);
  const switches = () => [...root.querySelectorAll("input[name=which]")];
  const top = () => {
    const on = switches().findIndex(s => s.checked);
    return groups[Math.max(on, 0)];
  };
  const bring = i => { const s = switches()[i]; if (s) s.checked = true; };

  // What is chosen is said beside the plane, and a dotted line joins the two.
  const say = () => {
    for (const g of groups) {
      const words = form?.querySelector(`[data-words="${g.dataset.cells}"]`);
      if (!words) continue;
      const at = chosen(g);
      const [word, detail] = at < 0 ? [words.dataset.none, words.dataset.noneDetail] : cellsOf(g)[at].title.split(" · ");
      words.querySelector(".v").textContent = word;
      words.querySelector(".d").textContent = detail;
    }
    if (!line) return;
    const [a, b] = groups.map(chosen);
    line.toggleAttribute("hidden", a < 0 || b < 0 || a === b);
    if (a < 0 || b < 0) return;
    const mid = i => [i % size + .5, Math.floor(i / size) + .5];
    const [x1, y1] = mid(a), [x2, y2] = mid(b);
    const l = line.firstElementChild;
    for (const [k, v] of Object.entries({ x1, y1, x2, y2 })) l.setAttribute(k, v);
  };

  const choose = (g, i) => {
    const c = cellsOf(g)[i];
    if (!c.checked) {
      c.checked = true;
      c.dispatchEvent(new Event("change", { bubbles: true }));
    }
    return c;
  };

  // By pointer: down chooses, a drag goes on choosing, up ends it.
  let dragging = null;
  const under = (g, e) => {
    const r = g.getBoundingClientRect();
    const at = (v, from, span) => Math.min(size - 1, Math.max(0, Math.floor((v - from) / span * size)));
    return at(e.clientY, r.top, r.height) * size + at(e.clientX, r.left, r.width);
  };
  // The key that leads on must not send the form from where it led to: its press may
  // still come there after it went down here.
  let entered = false;
  addEventListener("keypress", e => { if (entered && e.key === "Enter") e.preventDefault(); }, true);
  addEventListener("keyup", () => { entered = false; }, true);
  for (const g of groups) {
    g.classList.add("live");
    g.addEventListener("pointerdown", e => {
      if (e.button) return;
      e.preventDefault();
      dragging = g;
      g.setPointerCapture(e.pointerId);
      choose(g, under(g, e)).focus({ preventScroll: true, focusVisible: false });
    });
    g.addEventListener("pointermove", e => { if (dragging === g) choose(g, under(g, e)); });
    g.addEventListener("pointerup", () => {
      if (dragging !== g) return;
      dragging = null;
      if (g === groups[0] && groups[1] && chosen(groups[1]) < 0) bring(1);
    });
    g.addEventListener("pointercancel", () => { dragging = null; });
    g.addEventListener("click", e => e.preventDefault()); // the pointer has chosen

    // By key: arrows move a square, Home and End a row's ends, Page Up and Down a
    // column's. Nothing wraps around.
    g.addEventListener("keydown", e => {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      const now = cellsOf(g).indexOf(e.target);
      if (now < 0) return;
      if (e.key === "Enter") {
        e.preventDefault();
        entered = true;
        if (g === groups[0] && groups[1]) {
          bring(1);
          const there = chosen(groups[1]);
          cellsOf(groups[1])[there < 0 ? chosen(g) < 0 ? 40 : chosen(g) : there].focus();
        } else {
          form?.querySelector("button.main")?.focus();
        }
        return;
      }
      if (e.key === " ") {
        e.preventDefault();
        choose(g, now);
        return;
      }
      let x = now % size, y = Math.floor(now / size);
      switch (e.key) {
        case "ArrowLeft": x--; break;
        case "ArrowRight": x++; break;
        case "ArrowUp": y--; break;
        case "ArrowDown": y++; break;
        case "Home": x = 0; break;
        case "End": x = size - 1; break;
        case "PageUp": y = 0; break;
        case "PageDown": y = size - 1; break;
        default: return;
      }
      e.preventDefault();
      const inside = v => Math.min(size - 1, Math.max(0, v));
      // The first key begins in the middle, unless focus was put elsewhere.
      const to = chosen(g) < 0 && now === 0 ? 40 : inside(y) * size + inside(x);
      choose(g, to).focus();
    });
    // Who tabs into a group has it on top.
    g.addEventListener("focusin", () => { if (top() !== g && !dragging) bring(groups.indexOf(g)); });
  }
  root.addEventListener("change", say);
  // A browser may bring back what was chosen before.
  addEventListener("pageshow", say);
  say();
}

// joined puts the line that joins two marks over the plane.
function joined(frame) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "pad-line");
  svg.append(document.createElementNS(ns, "line"));
  svg.setAttribute("hidden", "");
  frame.querySelector("[data-cells]").before(svg);
  return svg;
}

// What is left of a text with a bound.
for (const area of document.querySelectorAll("textarea[maxlength]")) {
  const note = area.parentElement.querySelector("[data-count]");
  if (!note) continue;
  const before = note.textContent;
  const count = () => {
    const left = area.maxLength - area.value.length;
    note.textContent = left < 200 ? `${left} ${note.dataset.count}` : before;
  };
  area.addEventListener("input", count);
  count();
}
