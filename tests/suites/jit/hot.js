// hot.js - V8: Ignition, Sparkplug, TurboFan and WebAssembly.
const { Worker } = require("worker_threads");

function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

let s = 0;
const a = new Float64Array(1000);
for (let i = 0; i < 300000; i++) {
	a[i % 1000] += Math.sqrt(i) * 0.5;
	s = (s * 31 + i) | 0;
}

// fac(n): n == 0 ? 1 : n * fac(n - 1); sum(n): a loop over memory.
const wasm = new Uint8Array([
	0, 97, 115, 109, 1, 0, 0, 0,
	1, 6, 1, 96, 1, 127, 1, 127,
	3, 3, 2, 0, 0,
	5, 3, 1, 0, 1,
	7, 13, 2, 3, 102, 97, 99, 0, 0, 3, 115, 117, 109, 0, 1,
	10, 72, 2,
	21, 0, 32, 0, 69, 4, 127, 65, 1, 5, 32, 0, 32, 0, 65, 1, 107, 16, 0,
	108, 11, 11,
	48, 1, 2, 127,
	3, 64,
	32, 1, 65, 252, 15, 113,
	32, 1, 65, 252, 15, 113, 40, 2, 0, 32, 1, 106,
	54, 2, 0,
	32, 2, 32, 1, 65, 252, 15, 113, 40, 2, 0, 106, 33, 2,
	32, 1, 65, 4, 106, 34, 1, 32, 0, 72, 13, 0,
	11, 32, 2, 11,
]);
// The sections' lengths, which are easier counted by a program.
function fix(b) {
	const out = Array.from(b), at = out.indexOf(10, 40);
	let second = at + 3 + 22;
	out[second] = out.length - second - 1;
	out[at + 1] = out.length - at - 2;
	return new Uint8Array(out);
}

class Point {
	constructor(x) { this.x = x; }
	get double() { return this.x * 2; }
}
let t = 0n;
for (let i = 0; i < 20000; i++)
	t += BigInt(new Point(i).double);
console.log(fib(22), s, a[7].toFixed(6), String(t),
	JSON.stringify([..."hello"].reverse()),
	/(\d+)-(\w+)/.exec("12-ab").slice(1).join());

// Code that is thrown away again: the types change.
function add(x, y) { return x + y; }
let u = 0, v = "";
for (let i = 0; i < 50000; i++) u = add(u, i);
for (let i = 0; i < 500; i++) v = add(v, i % 10);
for (let i = 0; i < 50000; i++) u = add(u, 0.5);
let caught = 0;
for (let i = 0; i < 20000; i++)
	try { if (i % 3 === 0) null.x; } catch (e) { caught++; }
console.log(u, v.length, caught, eval("(function() { return 6 * 7; })()"));

WebAssembly.instantiate(fix(wasm)).then((m) => {
	const { fac, sum } = m.instance.exports;
	let w = 0;
	for (let i = 0; i < 3000; i++)
		w = (w + fac(i % 13)) | 0;
	console.log(w, fac(10), sum(400000));
	// Another thread, with a heap and code of its own.
	new Worker("require('worker_threads').parentPort.postMessage(" +
		"Array.from({ length: 1000 }, (_, i) => i * i)" +
		".reduce((a, b) => a + b))",
		{ eval: true }).on("message", (n) => console.log("worker", n));
});
