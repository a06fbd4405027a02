// main.js - threads that share memory, children, a server, libuv's thread
// pool, signals. The output is known: what may come in any order is sorted.
const { Worker, isMainThread, parentPort, workerData } =
	require('worker_threads');
const child = require('child_process');
const crypto = require('crypto');
const http = require('http');
const zlib = require('zlib');

function work() {
	const counter = new Int32Array(workerData.shared);
	let hash = workerData.id;

	for (let i = 0; i < 300000; i++) {
		hash = (hash * 31 + i) | 0;
		if (i % 1000 === 0)
			Atomics.add(counter, 0, 1);
	}
	parentPort.postMessage(`${workerData.id} ${hash}`);
}

async function threads() {
	const shared = new SharedArrayBuffer(4);
	const one = id => new Promise((resolve, reject) => {
		const w = new Worker(__filename, { workerData: { id, shared } });
		let said;
		w.on('message', m => said = m);
		w.on('error', reject);
		w.on('exit', () => resolve(said));
	});

	console.log(await Promise.all([0, 1, 2, 3].map(one)));
	console.log('counted', new Int32Array(shared)[0]);
}

async function children() {
	console.log(child.execFileSync('/bin/echo', ['child']).toString());
	let r = child.spawnSync('/bin/sh', ['-c', 'kill -9 $$']);
	console.log(r.signal, r.status);
	r = child.spawnSync('/nonexistent');
	console.log(r.error.code);
	r = child.spawnSync('/bin/sleep', ['100'], { timeout: 50 });
	console.log(r.error.code, r.signal);
	const c = child.fork(__filename, ['echo']);
	const reply = new Promise(resolve => c.on('message', resolve));
	const end = new Promise(resolve => c.on('exit', resolve));
	c.send('ping');
	console.log(await reply, await end);
}

async function server() {
	const s = http.createServer((q, a) => a.end('about ' + q.url));
	await new Promise(resolve => s.listen(0, '127.0.0.1', resolve));
	const get = path => new Promise((resolve, reject) => {
		const where = { host: '127.0.0.1', port: s.address().port, path };
		http.get(where, r => {
			let body = '';
			r.on('data', d => body += d);
			r.on('end', () => resolve(body));
		}).on('error', reject);
	});
	const paths = [...Array(20).keys()].map(i => '/' + i);
	const bodies = await Promise.all(paths.map(get));
	console.log(bodies.every((b, i) => b === 'about /' + i));
	s.close();
}

async function pool() {
	const keys = ['a', 'b', 'c', 'd'].map(salt => new Promise(resolve =>
		crypto.pbkdf2('secret', salt, 1000, 16, 'sha256',
			      (e, k) => resolve(k.toString('hex')))));
	console.log(await Promise.all(keys));
	const packed = await new Promise(resolve =>
		zlib.gzip(Buffer.alloc(1000000, 'ferry'), (e, b) => resolve(b)));
	console.log(zlib.gunzipSync(packed).length);
}

async function signals() {
	const came = new Promise(resolve => process.on('SIGUSR2', resolve));
	process.kill(process.pid, 'SIGUSR2');
	console.log(await came);
	try {
		(function deep() { deep(); })();
	} catch (e) {
		console.log(e instanceof RangeError);
	}
}

async function main() {
	await threads();
	await children();
	await server();
	await pool();
	await signals();
}

if (!isMainThread)
	work();
else if (process.argv[2] === 'echo')
	process.on('message', m => {
		process.send(m + ' pong');
		process.disconnect();
	});
else
	main();
