// SPDX-License-Identifier: Apache-2.0
// A disk that fills up, and one that turns read-only, under a running ward: nothing acknowledged is lost, everybody is
// told, reads go on, and with the space the ward goes on by itself. Real file systems need the right to mount them; a limit
// on the size of the server's files (RLIMIT_FSIZE), which is a full disk by another name, needs none.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Server, binary, newFolder, outcomeProblem, run } from '../api/server.mjs';
import { Care, listen, until } from './care.mjs';

const command = (...words) => spawnSync(words[0], words.slice(1), { encoding: 'utf8' });
const why = (made) => (made.error?.message ?? made.stderr).trim().split('\n')[0];

// A file system of its own in memory, or why there is none.
function mount(megabytes) {
	const folder = newFolder();
	const made = command('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'homeward-test', folder);
	if (made.error || made.status !== 0) {
		fs.rmSync(folder, { recursive: true, force: true });
		return { skip: `no right to mount a small file system here (${why(made)})` };
	}
	const ballast = path.join(folder, 'ballast');
	return { folder,
		fill: () => fs.writeFileSync(ballast, Buffer.alloc(8 * 1024 * 1024, 1)),
		free: () => fs.rmSync(ballast),
		again: (options) => command('mount', '-o', `remount,${options}`, folder).status,
		done: () => {
			command('umount', '-l', folder);
			fs.rmSync(folder, { recursive: true, force: true });
		} };
}

// A folder in which the files of a server may grow by a megabyte from when it is filled.
function limited() {
	const folder = newFolder();
	const limit = (server, bytes) => {
		const set = command('prlimit', '--pid', String(server.child.pid), `--fsize=${bytes}:`);
		assert.equal(set.status, 0, set.error?.message ?? set.stderr);
	};
	const sizes = (place) => fs.readdirSync(place, { withFileTypes: true })
		.flatMap((one) => (one.isDirectory() ? sizes(path.join(place, one.name)) : [fs.statSync(path.join(place, one.name)).size]));
	return { folder,
		fill: (server) => limit(server, Math.max(...sizes(folder)) + 1024 * 1024),
		free: (server) => limit(server, 'unlimited'),
		done: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

// The same on a loop device with ext4, which can fail as a disk does.
function mountImage(megabytes) {
	const folder = newFolder();
	const image = `${folder}.img`;
	const gone = () => {
		fs.rmSync(folder, { recursive: true, force: true });
		fs.rmSync(image, { force: true });
	};
	fs.writeFileSync(image, Buffer.alloc(megabytes * 1024 * 1024));
	for (const words of [['mkfs.ext4', '-q', image], ['mount', '-o', 'loop', image, folder]]) {
		const made = command(...words);
		if (made.error || made.status !== 0) {
			gone();
			return { skip: `no right to mount a disk image here (${why(made)})` };
		}
	}
	return { folder,
		repair: () => {
			command('umount', folder);
			command('e2fsck', '-fy', image);
			assert.equal(command('mount', '-o', 'loop', image, folder).status, 0);
		},
		done: () => {
			command('umount', '-l', folder);
			gone();
		} };
}

function refusesToStart(place, reason) {
	const end = run(['serve', '--dev', '--data', place, '--listen', '127.0.0.1:0']);
	assert.equal(end.status, 1, end.stderr);
	const lines = end.stderr.trim().split('\n').filter((line) => !line.startsWith('{'));
	assert.equal(lines.length, 1, end.stderr);
	assert.match(lines[0], reason);
	assert.equal(end.stdout, '');
}

const padded = (id) => ({ resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${id}` }, code: { text: 'padding' },
	note: [{ text: randomBytes(9000).toString('base64') }] });
const refusedForSpace = (answer) => {
	assert.ok([507, 503].includes(answer.status), `${answer.status} ${answer.text}`);
	assert.equal(outcomeProblem(answer, answer.status), '');
	assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
};

// Writes of all kinds until the disk has refused many; gives the ids that were acknowledged.
async function fillUp(server, care, disk) {
	const stored = [];
	let refused = 0;
	disk.fill(server);
	const client = async (number) => {
		for (let i = 0; refused < 60; i++) {
			const id = `full-${number}-${i}`;
			const kinds = [
				async () => server.post('Observation', padded('bed-1')),
				async () => server.put(`Observation/${id}`, { ...padded('bed-1'), id }),
				async () => server.post('', { resourceType: 'Bundle', type: 'transaction', entry: [
					{ resource: { ...padded('bed-1'), id }, request: { method: 'PUT', url: `Observation/${id}` } }] }),
			];
			const kind = i % kinds.length;
			const answer = await kinds[kind]();
			if (answer.status < 300) {
				stored.push(kind === 0 ? answer.json.id : id);
			} else {
				refusedForSpace(answer);
				refused++;
			}
		}
	};
	await Promise.all([0, 1, 2, 3, 4, 5].map(client));
	assert.ok(stored.length > 20);
	return stored;
}

// A ward whose disk fills up while everybody writes.
async function fullDisk(disk) {
	const server = await Server.start({ folder: disk.folder });
	try {
		const care = await new Care(server).open();
		const stay = await care.bed('bed-1');
		await care.bed('bed-2');
		await care.patient('bed-3');
		await care.fever('bed-2');
		const open = await care.alert('bed-2');
		const stream = listen(server, 'ward-1');
		const stored = await fillUp(server, care, disk);

		// Told: readiness, the board, the stream.
		const ready = await server.get('//health/ready');
		assert.equal(ready.status, 503);
		assert.match(ready.text, /full/);
		assert.equal((await server.get('//health/live')).status, 200);
		const line = await until(async () => (await care.board()).system.find((one) => /disk is full/i.test(one.text)), 'the line on the board');
		assert.equal(line.level, 'emergency');
		await until(() => stream.events.find((one) => one.event === 'system' && one.data.system.length > 0), 'the event');

		// No act of a person is taken that cannot be kept.
		for (const ask of [() => care.acknowledge(open.id), () => care.resolve(open.id), () => care.discharge(stay), () => care.admit('bed-3'),
			() => care.fever('bed-1'), () => server.delete(`Observation/${stored[0]}`)])
			refusedForSpace(await ask());
		// Reads go on, and all that was acknowledged is there.
		for (const id of stored)
			assert.equal((await server.get(`Observation/${id}`)).status, 200, id);
		assert.equal((await server.get('Observation?code:text=padding&_count=5')).status, 200);
		// A deadline passes while nothing can be written: the alert that it makes must come later.
		await care.advance(6 * 3600);

		disk.free(server);
		await until(async () => (await server.get('//health/ready')).status === 200, 'readiness');
		assert.equal((await care.fever('bed-1', 39.1)).status, 201);
		await care.alert('bed-1', 'fever');
		await care.alert('bed-1', 'overdue');
		assert.equal((await care.acknowledge(open.id)).status, 200);
		await until(async () => (await care.board()).system.length === 0, 'the end of the line on the board');
		await until(() => stream.events.filter((one) => one.event === 'system').at(-1)?.data.system.length === 0, 'the event of its end');
		stream.close();
		/* The board is a moment behind the record. */
		const shown = (board) => board.rows.flatMap((row) => row.alerts);
		const board = await until(async () => {
			const now = await care.board();
			const fever = shown(now).find((one) => one.id === open.id);
			return fever?.acknowledgement && shown(now).length >= 3 ? now : undefined;
		}, 'the answer on the board');
		assert.deepEqual((await server.stop({ keep: true })).code, 0);

		// What stands on the disk is whole.
		const checked = run(['verify', '--data', path.join(disk.folder, 'record')], { timeout: 120000 });
		assert.equal(checked.status, 0, checked.stdout + checked.stderr);
		const again = await Server.start({ folder: disk.folder });
		try {
			for (const id of stored)
				assert.equal((await again.get(`Observation/${id}`)).status, 200, id);
			const alerts = (one) => shown(one).map((alert) => alert.id).sort();
			const back = await until(async () => { /* 503 while it reads the record */
				const now = await new Care(again).board();
				return now.rows && now;
			}, 'the board after the restart');
			assert.deepEqual(alerts(back), alerts(board));
		} finally {
			await again.stop({ keep: true });
		}
	} finally {
		server.child.kill('SIGKILL');
		disk.done();
	}
}

test('S41 a full disk: no write is acknowledged that is not there, the ward is told, and goes on when there is space', async (context) => {
	const disk = mount(24);
	return disk.skip ? context.skip(disk.skip) : fullDisk(disk);
});

test('S41 files that may not grow, without any right to mount: the same as on a full disk', () => fullDisk(limited()));

test('S41 started where no file may grow, without any right to mount: refused with one line that says what to do', async () => {
	const folder = newFolder();
	const start = (bytes) => run(['--fsize=' + bytes, binary, 'serve', '--dev', '--data', path.join(folder, 'record'), '--listen', '127.0.0.1:0'], { program: 'prlimit' });
	try {
		for (const bytes of [0, 4096, 65536, 200000]) {
			const end = start(bytes);
			assert.deepEqual([end.status, end.signal, end.stdout], [1, null, ''], end.stderr);
			const lines = end.stderr.trim().split('\n').filter((line) => !line.startsWith('{'));
			assert.equal(lines.length, 1, end.stderr);
			assert.match(lines[0], /disk is full/i);
		}
		const server = await Server.start({ folder });
		assert.equal((await server.stop({ keep: true })).code, 0);
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
});

test('full again and again: each time it goes on by itself', async (context) => {
	const disk = mount(16);
	if (disk.skip)
		return context.skip(disk.skip);
	const server = await Server.start({ folder: disk.folder });
	const stored = [];
	try {
		for (let round = 0; round < 4; round++) {
			const space = fs.statfsSync ? fs.statfsSync(disk.folder) : null;
			const free = space ? space.bavail * space.bsize : 4 * 1024 * 1024;
			const ballast = path.join(disk.folder, 'ballast');
			fs.writeFileSync(ballast, Buffer.alloc(Math.max(free - 300000, 0), 1));
			let refused = 0;
			while (refused < 3) {
				const answer = await server.post('Observation', padded('nobody'));
				if (answer.status === 201) {
					stored.push(answer.json.id);
				} else {
					refusedForSpace(answer);
					refused++;
				}
			}
			fs.rmSync(ballast);
			await until(async () => (await server.get('//health/ready')).status === 200, 'readiness');
			stored.push((await server.post('Observation', padded('nobody'))).json.id);
		}
		for (const id of stored)
			assert.equal((await server.get(`Observation/${id}`)).status, 200);
		assert.equal((await server.get('Observation?_summary=count')).json.total, stored.length);
		assert.equal((await server.stop({ keep: true })).code, 0);
		assert.equal(run(['verify', '--data', path.join(disk.folder, 'record')]).status, 0);
	} finally {
		server.child.kill('SIGKILL');
		disk.done();
	}
});

test('started on a full disk it reads, refuses writes, and goes on with the space', async (context) => {
	const disk = mount(16);
	if (disk.skip)
		return context.skip(disk.skip);
	let server = await Server.start({ folder: disk.folder });
	try {
		const { id } = (await server.post('Observation', padded('nobody'))).json;
		await server.stop({ keep: true });
		const ballast = path.join(disk.folder, 'ballast');
		spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4096'], { stdio: 'ignore' });
		try {
			server = await Server.start({ folder: disk.folder });
		} catch (error) {
			// To refuse is honest too, when the reason is one line with what to do.
			assert.match(error.message, /full/i);
			return;
		}
		assert.equal((await server.get(`Observation/${id}`)).status, 200);
		refusedForSpace(await server.post('Observation', padded('nobody')));
		fs.rmSync(ballast);
		await until(async () => (await server.post('Observation', padded('nobody'))).status === 201, 'a write');
		assert.equal((await server.stop({ keep: true })).code, 0);
	} finally {
		server.child.kill('SIGKILL');
		disk.done();
	}
});

test('S41 a disk that turns read-only: refused, told, reads go on, and after a repair all that was acknowledged is there', async (context) => {
	const disk = mountImage(48);
	if (disk.skip)
		return context.skip(disk.skip);
	let server = await Server.start({ folder: disk.folder });
	try {
		const care = await new Care(server).open();
		await care.bed('bed-1');
		const stored = [];
		const client = async () => {
			for (;;) {
				const answer = await server.post('Observation', padded('bed-1'));
				if (answer.status !== 201)
					return refusedForSpace(answer);
				stored.push(answer.json.id);
			}
		};
		const clients = Promise.all([0, 1, 2, 3].map(client));
		await until(() => stored.length > 20);
		// What the kernel does to a disk that fails.
		assert.equal(command('mount', '-o', 'remount,abort', disk.folder).status, 0);
		await clients;
		assert.equal((await server.get('//health/ready')).status, 503);
		assert.equal((await server.get(`Observation/${stored[0]}`)).status, 200);
		assert.equal((await care.board()).rows.length, 1);
		await until(async () => (await care.board()).system.find((one) => one.level === 'emergency'), 'the line on the board');
		const end = await server.stop({ keep: true });
		assert.ok([0, 1].includes(end.code), `it ended with ${end.code} ${end.signal}`);
		// A start on a disk that cannot be written: one line with what to do.
		refusesToStart(path.join(disk.folder, 'record'), /cannot be (made or )?written|read-only/i);
		disk.repair();
		server = await Server.start({ folder: disk.folder });
		for (const id of stored)
			assert.equal((await server.get(`Observation/${id}`)).status, 200, id);
		assert.equal((await server.stop({ keep: true })).code, 0);
		assert.equal(run(['verify', '--data', path.join(disk.folder, 'record')]).status, 0);
	} finally {
		server.child.kill('SIGKILL');
		disk.done();
	}
});

test('a folder on a read-only disk is refused with what to do, new or old', async (context) => {
	const disk = mount(16);
	if (disk.skip)
		return context.skip(disk.skip);
	try {
		const server = await Server.start({ folder: disk.folder });
		await server.stop({ keep: true });
		assert.equal(disk.again('ro'), 0);
		refusesToStart(path.join(disk.folder, 'record'), /cannot be (made or )?written|read-only/i);
		refusesToStart(path.join(disk.folder, 'another'), /cannot be (made or )?written|read-only/i);
	} finally {
		disk.done();
	}
});
