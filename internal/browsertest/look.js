// Returns what is wrong with a page as it is laid out now: text wider than the
// page, text in drawings that is too small, cut off or printed over other text, and
// text whose contrast with what is behind it is under 4.5:1, words over words, and
// what is to be tapped smaller than 24 px (WCAG 2.2, 2.5.8; links in a text may be).
(() => {
  const wrongs = [], say = (What, Where) => wrongs.push({What, Where});
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    for (const e of document.querySelectorAll("main *"))
      if (!e.closest(".scroll,.vh,svg") && e.getBoundingClientRect().right > width + 1) say("wider than the page", e.tagName + "." + e.className + ": " + e.textContent.trim().slice(0, 40));
    say("the page scrolls sideways", document.documentElement.scrollWidth + " > " + width);
  }
  const dot = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const rgb = s => { dot.clearRect(0, 0, 1, 1); dot.fillStyle = "#000"; dot.fillStyle = s; dot.fillRect(0, 0, 1, 1); return [...dot.getImageData(0, 0, 1, 1).data]; };
  const light = s => { const [r, g, b] = rgb(s).map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (c !== "rgba(0, 0, 0, 0)" && c !== "transparent") return c; } return "white"; };
  const seen = new Set();
  const contrast = (e, color) => {
    const key = color + behind(e);
    if (seen.has(key)) return;
    seen.add(key);
    const r = ratio(color, behind(e));
    if (r < 4.5) say("contrast " + r.toFixed(2), e.tagName + "." + e.getAttribute("class") + ": " + e.textContent.trim().slice(0, 40));
  };
  for (const e of document.querySelectorAll("body *"))
    if (!e.closest("svg") && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length) contrast(e, getComputedStyle(e).color);
  const words = [];
  const tree = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = tree.nextNode());) {
    const e = n.parentElement;
    if (!n.textContent.trim() || e.closest("svg,.vh,.skip,script,option,[hidden]") || !e.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const range = document.createRange();
    range.selectNodeContents(n);
    for (const {left, right, top, bottom, width, height} of range.getClientRects()) if (width > 2 && height > 2) words.push({b: {left, right, top, bottom, height}, n});
  }
  words.sort((x, y) => x.b.top - y.b.top);
  for (let i = 0; i < words.length; i++) for (let j = i + 1; j < words.length && words[j].b.top < words[i].b.bottom; j++) { // from there on all are below
    const a = words[i].b, b = words[j].b, w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (w > 2 && h > Math.min(a.height, b.height) * .45 && words[i].n !== words[j].n) say("words over words", words[i].n.textContent.trim().slice(0, 40) + " / " + words[j].n.textContent.trim().slice(0, 40));
  }
  for (const e of document.querySelectorAll("button,summary,.btn,select,input:not([type=hidden]),nav a")) {
    if (!e.checkVisibility({opacityProperty: false, visibilityProperty: true})) continue;
    const b = (e.closest("label") || e).getBoundingClientRect();
    if (b.width && (b.width < 23.5 || b.height < 23.5)) say("a small target, " + b.width.toFixed(0) + " by " + b.height.toFixed(0), e.outerHTML.slice(0, 80));
  }
  for (const svg of document.querySelectorAll("svg.chart")) {
    const box = svg.getBoundingClientRect();
    if (!box.width) continue;
    const scale = box.width / svg.viewBox.baseVal.width, name = svg.querySelector("title").textContent, texts = [...svg.querySelectorAll("text")];
    for (const x of texts) {
      const size = parseFloat(getComputedStyle(x).fontSize) * scale, b = x.getBoundingClientRect();
      if (!x.classList.contains("on-soft")) contrast(x, getComputedStyle(x).fill); // on discs, which the tokens' test looks at
      if (SMALL && size < 10.4) say("text of " + size.toFixed(1) + " px", name + ": " + x.textContent);
      if (b.right > box.right + 2 || b.left < box.left - 2 || b.top < box.top - 3 || b.bottom > box.bottom + 3) say("text outside its drawing", name + ": " + x.textContent);
    }
    const boxes = texts.map(x => { const {left, right, top, bottom, height} = x.getBoundingClientRect(); return {left, right, top, bottom, height}; });
    for (let i = 0; i < texts.length; i++) for (let j = 0; j < i; j++) {
      const a = boxes[i], b = boxes[j], w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (w > 1 && h > Math.min(a.height, b.height) * .3) say("text over text", name + ": " + texts[i].textContent + " / " + texts[j].textContent);
    }
  }
  return wrongs;
})()
