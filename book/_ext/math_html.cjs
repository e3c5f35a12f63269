// Formulas in (standard input, JSON), HTML or what is wrong with each out (standard output, JSON): for math_html.py.
const katex = require("katex");
const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
const drawn = formulas.map(([latex, displayMode]) => {
  try {
    return { html: katex.renderToString(latex, { displayMode, strict: "ignore" }) };
  } catch (error) {
    return { error: error.message };
  }
});
process.stdout.write(JSON.stringify(drawn));
