// SPDX-License-Identifier: Apache-2.0
// Starting, settings, refusing to start, stopping.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server, binary, idOf, newFolder, patient, run } from './server.mjs';

let folder;
before(() => { folder = newFolder(); });
after(() => { fs.rmSync(folder, { recursive: true, force: true }); });
const record = (name) => path.join(folder, name);
const refusesToStart = (words, code, reason, options) => {
	const end = run(['serve', ...words], options);
	assert.equal(end.status, code, end.stderr);
	assert.match(end.stderr, reason);
	assert.equal(end.stderr.trim().split('\n').filter((line) => !line.startsWith('{')).length, 1, end.stderr);
	assert.equal(end.stdout, '');
};

test('without --dev it does not start, as there is no login yet', () => {
	refusesToStart(['--data', record('a')], 2, /--dev/);
	assert.equal(fs.existsSync(record('a')), false);
});

test('--dev listens on a loopback address only', () => {
	for (const address of ['0.0.0.0:0', '*:0', '[::]:0'])
		refusesToStart(['--dev', '--data', record('b'), '--listen', address], 1, /loopback/);
	refusesToStart(['--dev', '--data', record('b'), '--listen', '127.0.0.1'], 2, /HOST:PORT/);
	refusesToStart(['--dev', '--data', record('b'), '--listen', 'no.such.host.invalid:80'], 1, /not an address/);
	refusesToStart(['--dev', '--data', record('b'), '--listen', '127.0.0.1:99999'], 2, /HOST:PORT/);
});

test('wrong usage ends with 2 and one line', () => {
	refusesToStart(['--dev', '--nonsense'], 2, /--nonsense/);
	refusesToStart(['--dev', '--data'], 2, /needs a value/);
	refusesToStart(['--dev', '--http-threads', 'many'], 2, /http\.threads/);
	refusesToStart(['--dev', '--http-threads', '17'], 2, /0 to 16/);
	refusesToStart(['--dev', '--store', 'postgres://x'], 2, /sqlite/);
	refusesToStart(['--dev', '--clock-start', 'yesterday', '--data', record('c')], 2, /instant/);
	refusesToStart(['--clock-start', '2026-01-01T00:00:00Z'], 2, /--dev/);
	refusesToStart(['--dev', '--log-level', 'loud'], 2, /log\.level/);
	const help = run(['serve', '--help']);
	assert.equal(help.status, 0);
	for (const flag of ['--data', '--listen', '--store', '--config', '--dev', '--http-threads'])
		assert.ok(help.stdout.includes(flag), flag);
});

test('a busy port, and a record that another program has open, are told with what to do', async () => {
	const first = await Server.start();
	refusesToStart(['--dev', '--data', record('d'), '--listen', `127.0.0.1:${first.port}`], 1, /taken by another program.*--listen/);
	refusesToStart(['--dev', '--data', path.join(first.folder, 'record'), '--listen', '127.0.0.1:0'], 1, /another/i);
	assert.equal((await first.get('//health/ready')).status, 200);
	await first.stop();
});

test('a record of a newer program, and one that is damaged, are refused and left alone', async () => {
	const server = await Server.start();
	await server.post('Patient', patient());
	await server.stop({ keep: true });
	const place = path.join(server.folder, 'record');
	const copy = (name) => {
		fs.cpSync(place, record(name), { recursive: true });
		return fs.readdirSync(record(name), { withFileTypes: true }).filter((one) => one.isFile()).map((one) => path.join(record(name), one.name))
			.find((one) => fs.readFileSync(one).subarray(0, 15).toString() === 'SQLite format 3');
	};
	const python = spawnSync('python3', ['-c', 'import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\n'
		+ "n=[r[1] for r in c.execute('pragma table_info(migration)')]\nr=list(c.execute('select * from migration order by number desc limit 1').fetchone())\n"
		+ "r[n.index('number')]=9999\nc.execute('insert into migration values(%s)' % ','.join('?'*len(r)), r)\nc.commit()", copy('newer')], { encoding: 'utf8' });
	assert.equal(python.status, 0, python.stderr);
	refusesToStart(['--dev', '--data', record('newer'), '--listen', '127.0.0.1:0'], 1, /newer/);
	const damaged = copy('damaged');
	fs.writeFileSync(damaged, Buffer.concat([Buffer.alloc(100, 7), fs.readFileSync(damaged).subarray(100)]));
	for (const rest of ['-wal', '-shm'])
		fs.rmSync(damaged + rest, { force: true });
	refusesToStart(['--dev', '--data', record('damaged'), '--listen', '127.0.0.1:0'], 1, /./);
	const again = await Server.start({ folder: server.folder });
	assert.equal((await again.get('Patient/_history')).json.total, 1);
	await again.stop();
});

test('a folder that cannot be written is refused', () => {
	fs.writeFileSync(record('file'), 'x');
	refusesToStart(['--dev', '--data', record('file'), '--listen', '127.0.0.1:0'], 1, /./);
	const locked = record('locked');
	fs.mkdirSync(locked);
	fs.chmodSync(locked, 0o555);
	fs.chmodSync(folder, 0o755);
	// Root may write anywhere, so somebody else tries, with a copy of the program where anybody may reach it.
	const who = process.getuid() === 0 ? { uid: 65534, gid: 65534, cwd: '/', program: record('homeward') } : {};
	if (who.program)
		fs.copyFileSync(binary, who.program);
	refusesToStart(['--dev', '--data', path.join(locked, 'record'), '--listen', '127.0.0.1:0'], 1, /./, who);
});

// The environment without what the tests themselves are told by HOMEWARD_ variables.
const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('HOMEWARD_')));
const check = (words, env = {}) => run(['config', 'check', ...words], { env: { ...plain, ...env } });

test('default < config file < environment < flag, and config check says which', () => {
	const file = record('homeward.ini');
	fs.writeFileSync(file, 'data = from-file\n[http]\nthreads = 3\nrequest_timeout_s = 5\n[log]\nlevel = error\n');
	const checked = check(['--config', file, '--http-threads=5'], { HOMEWARD_HTTP_THREADS: '4', HOMEWARD_HTTP_REQUEST_TIMEOUT_S: '6' });
	assert.equal(checked.status, 0, checked.stderr);
	const value = (key) => new RegExp(`^${key.replace('.', '\\.')} = (.*)\\n    from: (.*)$`, 'm').exec(checked.stdout).slice(1, 3);
	assert.deepEqual(value('http.threads'), ['5', 'flag']);
	assert.deepEqual(value('http.request_timeout_s'), ['6', 'environment']);
	assert.deepEqual(value('data'), ['from-file', `config file ${file}`]);
	assert.deepEqual(value('http.idle_timeout_s'), ['75', 'default']);
	assert.equal(check(['--config', record('absent.ini')]).status, 2);
	for (const [text, reason] of [['colour = red\n', /unknown key colour/], ['[http]\ncolour = red\n', /http\.colour/], ['[http]\nthreads = x\n', /http\.threads/],
		['this is no setting\n', /line 1/]]) {
		fs.writeFileSync(file, text);
		const end = check(['--config', file]);
		assert.equal(end.status, 2, text);
		assert.match(end.stderr, reason);
	}
	assert.equal(check([], { HOMEWARD_DEV: 'perhaps' }).status, 2);
	assert.equal(run(['config']).status, 2);
	assert.equal(check([]).status, 0);
	fs.writeFileSync(file, 'data = x\n');
	assert.equal(check([], { HOMEWARD_CONFIG: file, HOMEWARD: '1', HOMEWAR_X: '1' }).status, 0);
});

test('a value that cannot be is an error of config check, and the server does not start with it', () => {
	const secret = record('secret');
	fs.writeFileSync(secret, 'synthetic\n');
	for (const [flag, value, key] of [['log-level', 'loud', 'log.level'], ['listen', 'everywhere', 'listen'], ['listen', '127.0.0.1:99999', 'listen'], ['store', 'postgres://x', 'store'],
		['http-base-url', 'ward.example', 'http.base_url'], ['http-cors-origins', 'https://a.example,b', 'http.cors_origins'], ['flow-weekly-report', 'someday', 'flow.weekly_report'],
		['ward-webhook-url', 'ftp://x', 'ward.webhook_url'], ['ward-webhook-secret-file', record('absent'), 'ward.webhook_secret_file'],
		['watch-secret-file', record('absent'), 'watch.secret_file'], ['notify-authorities-file', record('absent'), 'notify.authorities_file'],
		['notify-smtp-url', 'smtp://mail.example', 'notify.smtp_url'], ['notify-gateway-url', 'https://sms.example', 'notify.gateway_url'], ['data', '', 'data']]) {
		const checked = check([`--${flag}=${value}`]);
		assert.equal(checked.status, 2, `${flag} ${value}`);
		assert.match(checked.stderr, new RegExp(`^homeward config: ${key.replace('.', '\\.')} `, 'm'));
		refusesToStart(['--dev', '--data', record('never'), '--listen', '127.0.0.1:0', `--${flag}=${value}`], 2, new RegExp(key.replace('.', '\\.')));
	}
	assert.ok(!fs.existsSync(record('never')));
	assert.equal(check(['--log-level=debug', '--listen=*:0', '--http-base-url=https://a.example/fhir', '--http-cors-origins=https://a.example, *', '--flow-weekly-report=none',
		`--watch-secret-file=${secret}`]).status, 0);
	const both = check(['--log-level=loud', '--listen=x']).stderr;
	assert.ok(/log\.level/.test(both) && /listen/.test(both), 'all faults at once');
});

test('a setting that nobody knows is an error of config check, which names the nearest', async () => {
	const file = record('slip.ini');
	fs.writeFileSync(file, '[http]\nthredas = 3\n');
	for (const [words, env, reason] of [[[], { HOMEWARD_HTTP_THREDS: '3' }, /HOMEWARD_HTTP_THREDS is no setting; perhaps HOMEWARD_HTTP_THREADS is meant/],
		[[], { HOMEWARD_LOGLEVEL: 'info' }, /HOMEWARD_LOGLEVEL is no setting; perhaps HOMEWARD_LOG_LEVEL/], [[], { HOMEWARD_: '' }, /HOMEWARD_ is no setting/],
		[[], { HOMEWARD_SOMETHING_ELSE: 'x' }, /HOMEWARD_SOMETHING_ELSE is no setting; `homeward config check` lists/],
		[[], { [`HOMEWARD_${'X'.repeat(5000)}`]: 'x' }, /is no setting/],
		[['--config', file], {}, /unknown key http\.thredas; perhaps http\.threads is meant/], [['--log-levle=info'], {}, /perhaps --log-level is meant/]]) {
		const checked = check(words, env);
		assert.equal(checked.status, 2, reason);
		assert.match(checked.stderr, reason);
	}
	const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`HOMEWARD_X${i}`, '1']));
	assert.match(check([], many).stderr, /and 4984 more variables/);

	const server = await Server.start({ env: { HOMEWARD_HTTP_THREDS: '3' } });
	await server.stop();
	assert.match(server.said, /Warning: HOMEWARD_HTTP_THREDS is no setting; perhaps HOMEWARD_HTTP_THREADS is meant/);
	assert.match(server.log, /"config\.unknown"/);
	assert.ok(!server.log.includes('THREDS'), 'nothing of the environment is logged');
	refusesToStart(['--dev', '--data', record('never'), '--config', file], 2, /http\.thredas/);
});

test('the development clock can start anywhere and the record keeps to it', async () => {
	const server = await Server.start({ flags: ['--clock-start', '2031-05-04T03:02:01Z'] });
	const made = await server.post('Patient', patient());
	assert.match(made.json.meta.lastUpdated, /^2031-05-04T03:0[23]:/);
	await server.stop();
});

test('what was acknowledged before SIGTERM is there after the next start', async () => {
	const server = await Server.start();
	const acknowledged = [];
	let going = true;
	const writers = Array.from({ length: 8 }, async () => {
		while (going) {
			try {
				const answer = await server.post('Patient', patient());
				if (answer.status === 201)
					acknowledged.push(idOf(answer));
				else
					assert.equal(answer.status, 503);
			} catch {
				return; // the port has closed
			}
		}
	});
	while (acknowledged.length < 200)
		await new Promise((resolve) => setTimeout(resolve, 5));
	const end = await server.stop({ keep: true });
	going = false;
	await Promise.all(writers);
	assert.deepEqual(end, { code: 0, signal: null });
	const again = await Server.start({ folder: server.folder });
	for (const id of acknowledged)
		assert.equal((await again.get(`Patient/${id}`)).status, 200);
	await again.stop();
});

test('an open connection and a half-sent request do not keep it from stopping', async () => {
	const server = await Server.start();
	const silent = [server.raw([]), server.raw('GET /fhir/metadata HTTP/1.1\r\n'), server.raw('POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{')];
	assert.equal((await server.get('//health/live')).status, 200);
	assert.deepEqual(await server.stop(), { code: 0, signal: null });
	await Promise.allSettled(silent);
});
