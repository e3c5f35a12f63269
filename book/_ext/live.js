// Makes every <figure class="lr-live"> of the page live. The sliders are made here; every number and every picture
// comes from the package's own Python files, which MicroPython runs in the page. Only texts cross the border.
const base = new URL("./", import.meta.url);
let python;                                        // one interpreter for the page, started when a figure needs it

function start() {
  return (python ??= boot().catch((error) => { python = undefined; throw error; }));     // the next move tries again
}

// Kept when the page's head has been read: it names what the figures need, and what is already on its way is not asked for twice.
const head = new Promise((done) => {
  const look = () => { if (document.body) { watch.disconnect(); done(); } };
  const watch = new MutationObserver(look);
  watch.observe(document.documentElement, { childList: true });
  look();
});

async function boot() {
  await head;
  const bundled = [...document.querySelectorAll('link[rel="preload"][href$=".json"]')].map(({ href }) => href);
  const loaded = import(new URL("micropython.mjs", base)).then(({ loadMicroPython }) => loadMicroPython({ heapsize: 2 << 20 }));
  const [mp, ...texts] = await Promise.all([loaded, ...bundled.map(bundle)]), here = new Set(), folders = new Set();
  const folder = (path) => {
    if (!path || folders.has(path)) return;
    folder(path.slice(0, path.lastIndexOf("/")));
    folders.add(path);
    try { mp.FS.mkdir(path); } catch { /* /lib is there */ }
  };
  const unpack = (href, { files }) => {
    for (const [path, text] of Object.entries(files)) {
      const file = "/lib/" + path;
      folder(file.slice(0, file.lastIndexOf("/")));
      mp.FS.writeFile(file, text);
    }
    here.add(href);
  };
  bundled.forEach((href, i) => unpack(href, texts[i]));
  mp.runPython("from lrlearn import figure");
  const python = {};
  for (const name of ["define", "draw", "read", "call", "menu", "curve"]) {
    mp.runPython(`${name} = figure.${name}`);
    python[name] = mp.globals.get(name);
  }
  // Files that few readers need come when they are asked for.
  python.fetched = async (name) => {
    const { href } = new URL(name, base);
    if (!here.has(href)) unpack(href, await bundle(href));
    return python;
  };
  return python;
}

async function bundle(href) {
  const answer = await fetch(href);
  if (!answer.ok) throw new Error(`${href.split("/").pop()}: ${answer.status}`);
  return answer.json();
}

function make(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

// What a slider shows: positions are whole numbers, so no rounding noise can come in.
function shown(slider, position) {
  if (slider.values) return String(slider.values[position]);
  return (slider.min + position * slider.step).toFixed(slider.digits);
}

// The position whose value is shown so, or where the slider begins.
function placed(slider, text) {
  const last = (slider.labels ?? slider.values)?.length ?? slider.count;
  for (let position = 0; position < last; position++) if ((slider.labels?.[position] ?? shown(slider, position)) === text) return position;
  return slider.start;
}

function row(slider, id, start, moved) {
  const label = make("label", { htmlFor: id }, make("code", { textContent: slider.label }), " ", make("small", { textContent: slider.note }));
  if (slider.labels) {
    const select = make("select", { id, name: slider.key }, ...slider.labels.map((textContent, value) => make("option", { value, textContent })));
    select.selectedIndex = start;
    select.addEventListener("input", () => moved(+select.value));
    return make("div", { className: "lr-row" }, label, select);
  }
  const last = (slider.values ? slider.values.length : slider.count) - 1;
  const input = make("input", { id, name: slider.key, type: "range", min: 0, max: last, step: 1, autocomplete: "off" });
  const output = make("output", { htmlFor: id });
  input.value = start;                      // after min and max, or the browser cuts it to 0..100
  const tell = () => { output.textContent = shown(slider, +input.value); input.setAttribute("aria-valuetext", output.textContent); };
  input.addEventListener("input", () => { tell(); moved(+input.value); });
  tell();
  return make("div", { className: "lr-row" }, label, input, output);
}

// The address holds what was moved, so that a link shows the same picture: ?live-2.T_max=60&live-2.beside=linear#live-2
function remember(name, text) {
  const address = new URL(location.href);
  if (text === null) address.searchParams.delete(name); else address.searchParams.set(name, text);
  history.replaceState(history.state, "", address);
}

async function copy(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { return false; }      // not every page may
}

const FRAMEWORKS = { torch: "PyTorch", transformers: "transformers", keras: "Keras", optax: "optax", timm: "timm", fastai: "fastai", python: "plain Python" };
const NEAR = 400;                                   // pixels outside the window in which a figure is drawn already
const BESIDE = { "": "nothing", "now": "this one, as it is now" };

function setup(figure) {
  const text = figure.dataset.lr, spec = JSON.parse(text), key = figure.id, offers = figure.dataset.offers ?? "";
  const address = new URL(location.href).searchParams;
  const positions = spec.sliders.map((slider) => address.has(`${key}.${slider.key}`) ? placed(slider, address.get(`${key}.${slider.key}`)) : slider.start);
  const box = figure.querySelector(".lr-controls") ?? figure.appendChild(make("div", { className: "lr-controls" }));
  const says = make("p", { className: "lr-says", hidden: true });
  says.setAttribute("role", "status");
  figure.append(says);
  let queued = false, again = false, defined, beside = null;    // beside: a name of the menu, positions of this figure, or null

  function say(sentence) {
    says.textContent = sentence;
    says.hidden = !sentence;
    figure.classList.toggle("lr-old", Boolean(sentence));      // the picture no longer shows what the sliders say
  }

  function failed(error) {
    figure.dataset.state = "failed";
    say(`The sliders could not start, so the picture stays as it is. (${String(error.message ?? error).trim().split("\n").pop()})`);
  }

  function known(py) {
    defined ??= (py.define(key, text), true);
    return py;
  }

  const ready = async () => known(await start());

  async function redraw() {
    again = queued;                                         // a move while a start is on its way
    if (queued) return;
    queued = true;
    let py;
    try {
      py = await ready();
      if (typeof beside === "string") await py.fetched("worlds.json");
    } catch (error) {
      queued = false;
      failed(error);
      return again ? redraw() : undefined;
    }
    requestAnimationFrame(() => { queued = false; draw(py); });
  }

  function draw(py) {
    const began = performance.now(), old = figure.querySelector("svg"), { width, height } = old.getBoundingClientRect();
    if (!width) return;                                     // not laid out: it is drawn when it gets a size
    const answer = py.draw(key, JSON.stringify(positions), Math.round(width), Math.round(height), JSON.stringify(beside));
    if (answer.startsWith("<svg")) { old.outerHTML = answer; say(""); } else say(answer);
    figure.dataset.ms = (performance.now() - began).toFixed(2);
    figure.dataset.state = "live";
    figure.dispatchEvent(new CustomEvent("lr-drawn", { bubbles: true }));
  }

  // -- the numbers under the pointer

  let pointer, asked = false;
  async function read() {
    if (asked || figure.dataset.state !== "live") return;
    asked = true;
    const py = await ready();
    requestAnimationFrame(() => {
      asked = false;
      const picture = figure.querySelector("svg"), room = picture.getBoundingClientRect(), drawn = picture.viewBox.baseVal;
      const scale = drawn.width / room.width;
      const told = pointer ? py.read(key, (pointer.clientX - room.left) * scale, (pointer.clientY - room.top) * scale) : "";
      const layer = picture.querySelector(":scope > .lr-told") ?? picture.appendChild(document.createElementNS(picture.namespaceURI, "g"));
      layer.setAttribute("class", "lr-told");
      layer.innerHTML = told;
    });
  }
  for (const kind of ["pointermove", "pointerdown"]) {
    figure.addEventListener(kind, (event) => { pointer = event.target.closest?.(".lr-live > svg") ? event : null; read(); });
  }
  figure.addEventListener("pointerleave", () => { pointer = null; read(); });

  // -- what can be taken along

  function tools() {
    const given = make("pre", { className: "lr-call", hidden: true }), told = make("span", { className: "lr-copied" });
    told.setAttribute("role", "status");
    const parts = [];
    const choose = (name, words, choices, changed) => {
      const select = make("select", { id: `${key}-${name}` }, ...Object.entries(choices).map(([value, textContent]) => make("option", { value, textContent })));
      select.addEventListener("change", () => changed(select.value));
      parts.push(make("span", {}, make("label", { htmlFor: select.id, textContent: words }), " ", select));
      return select;
    };
    const press = (textContent, pressed) => {
      const button = make("button", { type: "button", textContent });
      button.addEventListener("click", async () => { try { await pressed(); } catch (error) { told.textContent = String(error.message ?? error); } });
      return button;
    };
    if (offers.includes("call")) {
      const show = async () => {
        const py = await (await ready()).fetched("natives.json");
        given.textContent = py.call(key, JSON.stringify(positions), framework.value);
        given.hidden = false;
        return given.textContent;
      };
      const framework = choose("framework", "Call for", FRAMEWORKS, async () => { told.textContent = ""; if (!given.hidden) await show(); });
      figure.addEventListener("lr-drawn", () => { if (!given.hidden) show(); });
      parts.at(-1).append(" ", press("Copy", async () => { told.textContent = (await copy(await show())) ? "The call is copied." : "Here it is."; }));
    }
    if (offers.includes("beside")) {
      const lay = (chosen) => {
        beside = chosen === "now" ? [...positions] : chosen || null;
        remember(`${key}.beside`, chosen && chosen !== "now" ? chosen : null);
        redraw();
      };
      const select = choose("beside", "Beside it", BESIDE, lay), wanted = address.get(`${key}.beside`);
      if (!spec.sliders.length) select.options[1].remove();
      const fill = async () => {
        if (select.options.length > 2) return;
        for (const name of JSON.parse((await (await ready()).fetched("worlds.json")).menu())) select.append(make("option", { value: name, textContent: name }));
      };
      for (const kind of ["pointerenter", "focus"]) select.addEventListener(kind, () => fill().catch(failed), { once: true });
      if (wanted) fill().then(() => { select.value = wanted; if (select.value === wanted) lay(wanted); else select.value = ""; }).catch(failed);
    }
    parts.push(press("Copy a link", async () => {
      const link = Object.assign(new URL(location.href), { hash: figure.id });
      told.textContent = (await copy(link.href)) ? "The link to this picture is copied." : link.href;
    }));
    return [make("div", { className: "lr-tools" }, ...parts, told), given];
  }

  box.append(...spec.sliders.map((slider, i) => {
    const made = row(slider, `${key}-${slider.key}`, positions[i], (position) => { positions[i] = position; redraw(); });
    made.addEventListener("change", () => remember(`${key}.${slider.key}`, positions[i] === slider.start ? null : slider.labels?.[positions[i]] ?? shown(slider, positions[i])));
    return made;
  }));
  if (offers) box.append(...tools());
  figure.numbers = async () => (await ready()).curve(key, JSON.stringify(positions));      // for the tests
  let width = null;                                         // of the last picture, once there was one
  function begin() {
    if (width !== null) return;
    observer.disconnect();
    width = figure.clientWidth;
    new ResizeObserver(() => { if (figure.clientWidth !== width) { width = figure.clientWidth; redraw(); } }).observe(figure);
    return true;
  }
  const observer = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting) && begin()) redraw(); }, { rootMargin: `${NEAR}px` });
  observer.observe(figure);

  // Draws at once if the reader looks there, and does not wait for the browser to get round to it.
  return (py) => {
    const { top, bottom, width: laid } = figure.getBoundingClientRect();
    if (!laid || bottom < -NEAR || top > innerHeight + NEAR || !begin()) return;
    try { draw(known(py)); } catch (error) { failed(error); }
  };
}

// This script does not wait for the page: the interpreter starts, and the first figure lives, while the rest is still read.
const figures = new Set();
let first;
const begun = new Promise((done) => { first = done; });
function found() {
  for (const figure of document.querySelectorAll("figure.lr-live")) {
    if (figures.has(figure) || !figure.querySelector("noscript")) continue;          // its last part has not come yet
    figures.add(figure);
    first(setup(figure));
  }
}
const reading = new MutationObserver(found);
reading.observe(document, { childList: true, subtree: true });
document.addEventListener("readystatechange", () => { found(); reading.disconnect(); });
found();
Promise.all([start(), begun]).then(([py, now]) => now(py), () => { /* a figure that is to be drawn tries again, and says it */ });
