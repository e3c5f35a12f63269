// Makes every <figure class="lr-live"> of the page live. The sliders are made here; every number and every picture
// comes from the package's own Python files, which MicroPython runs in the page. Only texts cross the border.
const base = new URL("./", import.meta.url);
let python;                                        // one interpreter for the page, started when a figure needs it

function start() {
  return (python ??= boot().catch((error) => { python = undefined; throw error; }));     // the next move tries again
}

async function boot() {
  const bundled = [...document.querySelectorAll('link[rel="preload"][href$=".json"]')];       // what the page's figures need
  const [{ loadMicroPython }, ...bundles] = await Promise.all([
    import(new URL("micropython.mjs", base)),
    ...bundled.map(({ href }) => fetch(href).then((answer) => answer.json())),
  ]);
  const mp = await loadMicroPython({ heapsize: 2 << 20 });
  for (const [path, text] of bundles.flatMap(({ files }) => Object.entries(files))) {
    const parts = ("lib/" + path).split("/").slice(0, -1);
    parts.forEach((_, i) => { try { mp.FS.mkdir("/" + parts.slice(0, i + 1).join("/")); } catch { /* it is there */ } });
    mp.FS.writeFile("/lib/" + path, text);
  }
  mp.runPython("from lrlearn import figure\ndefine, draw, curve = figure.define, figure.draw, figure.curve");
  return { define: mp.globals.get("define"), draw: mp.globals.get("draw"), curve: mp.globals.get("curve") };
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

function row(slider, id, moved) {
  const label = make("label", { htmlFor: id }, make("code", { textContent: slider.label }), " ", make("small", { textContent: slider.note }));
  if (slider.labels) {
    const select = make("select", { id, name: slider.key }, ...slider.labels.map((textContent, value) => make("option", { value, textContent })));
    select.selectedIndex = slider.start;
    select.addEventListener("input", () => moved(+select.value));
    return make("div", { className: "lr-row" }, label, select);
  }
  const last = (slider.values ? slider.values.length : slider.count) - 1;
  const input = make("input", { id, name: slider.key, type: "range", min: 0, max: last, step: 1, autocomplete: "off" });
  const output = make("output", { htmlFor: id });
  input.value = slider.start;                      // after min and max, or the browser cuts it to 0..100
  const tell = () => { output.textContent = shown(slider, +input.value); input.setAttribute("aria-valuetext", output.textContent); };
  input.addEventListener("input", () => { tell(); moved(+input.value); });
  tell();
  return make("div", { className: "lr-row" }, label, input, output);
}

function setup(figure, number) {
  const text = figure.dataset.lr, spec = JSON.parse(text), key = "figure" + number;
  const positions = spec.sliders.map((slider) => slider.start);
  const box = figure.querySelector(".lr-controls") ?? figure.appendChild(make("div", { className: "lr-controls" }));
  const says = make("p", { className: "lr-says", hidden: true });
  says.setAttribute("role", "status");
  figure.append(says);
  let queued = false, defined;

  function say(sentence) {
    says.textContent = sentence;
    says.hidden = !sentence;
    figure.classList.toggle("lr-old", Boolean(sentence));      // the picture no longer shows what the sliders say
  }

  async function ready() {
    const py = await start();
    defined ??= (py.define(key, text), true);
    return py;
  }

  async function redraw() {
    if (queued) return;
    queued = true;
    let py;
    try {
      py = await ready();
    } catch (error) {
      queued = false;
      figure.dataset.state = "failed";
      return say(`The sliders could not start, so the picture stays as it is. (${String(error.message ?? error).trim().split("\n").pop()})`);
    }
    requestAnimationFrame(() => {
      queued = false;
      const began = performance.now(), old = figure.querySelector("svg"), { width, height } = old.getBoundingClientRect();
      if (!width) return;                                   // not laid out: it is drawn when it gets a size
      const answer = py.draw(key, JSON.stringify(positions), Math.round(width), Math.round(height));
      if (answer.startsWith("<svg")) { old.outerHTML = answer; say(""); } else say(answer);
      figure.dataset.ms = (performance.now() - began).toFixed(2);
      figure.dataset.state = "live";
      figure.dispatchEvent(new CustomEvent("lr-drawn", { bubbles: true }));
    });
  }

  box.append(...spec.sliders.map((slider, i) => row(slider, `${key}-${slider.key}`, (position) => { positions[i] = position; redraw(); })));
  figure.numbers = async () => (await ready()).curve(key, JSON.stringify(positions));      // for the tests
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    redraw();
    let width = figure.clientWidth;
    new ResizeObserver(() => { if (figure.clientWidth !== width) { width = figure.clientWidth; redraw(); } }).observe(figure);
  }, { rootMargin: "400px" }).observe(figure);
}

document.querySelectorAll("figure.lr-live").forEach(setup);
