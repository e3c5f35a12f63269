// Runs a Python program under MicroPython, as the published page does: a JSON job on stdin; on stdout the lines that the program
// prints and, as the last one, its answer.
import { readFileSync, writeSync } from "node:fs";

const { files, program } = JSON.parse(readFileSync(0, "utf8"));
const { loadMicroPython } = await import(process.argv[2]);
const lines = [];
const mp = await loadMicroPython({ heapsize: 2 << 20, stdout: (line) => lines.push(line) });
for (const [path, text] of Object.entries(files)) {
  const parts = ("lib/" + path).split("/").slice(0, -1);
  parts.forEach((_, i) => { try { mp.FS.mkdir("/" + parts.slice(0, i + 1).join("/")); } catch { /* it is there */ } });
  mp.FS.writeFile("/lib/" + path, text);
}
mp.FS.writeFile("/lib/program.py", program);
try {
  mp.runPython("from program import answer");
} catch (error) {
  console.error(String(error.message));           // the traceback alone, without Node's copy of the source
  process.exit(1);
}
writeSync(1, [...lines, mp.globals.get("answer")].join("\n"));      // at once: a busy pipe swallows single signs
