// SPDX-License-Identifier: Apache-2.0
// An upload with a key may be sent again (docs/decisions/0013): nothing is there twice, and what was missing comes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, newFolder } from './server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server?.stop());

const KEY = 'Idempotency-Key';
const note = (text) => ({ resourceType: 'Basic', code: { text } });
const creating = (resource, more = {}) => ({ request: { method: 'POST', url: resource.resourceType, ...more }, resource });
const bundle = (type, entry, more = {}) => ({ resourceType: 'Bundle', type, ...more, entry });
const send = (body, key, headers = {}) => server.ask('POST', body.resourceType === 'Bundle' ? '' : body.resourceType, { body, headers: { ...(key === undefined ? {} : { [KEY]: key }), ...headers } });
const answers = (answer) => answer.json.entry.map((one) => [one.response.status, one.response.location]);
const statuses = (answer) => answer.json.entry.map((one) => one.response.status.slice(0, 3));
const total = async () => (await server.get('Basic?_summary=count')).json.total;
async function made(count, work) {
	const first = await total();
	const result = await work();
	assert.equal(await total() - first, count, 'so many new resources');
	return result;
}

for (const type of ['batch', 'transaction']) {
	test(`a ${type} with a key, sent again, makes nothing twice`, async () => {
		const upload = bundle(type, ['one', 'two', 'three'].map((text) => creating(note(`${type} ${text}`))));
		const [first, second] = await made(3, async () => [await send(upload, `"twice-${type}"`), await send(upload, `twice-${type}`)]);
		assert.deepEqual(statuses(first), ['201', '201', '201']);
		assert.deepEqual(statuses(second), ['200', '200', '200']);
		assert.deepEqual(answers(second).map((one) => one[1]), answers(first).map((one) => one[1]), 'the same Locations');
		assert.deepEqual(second.json.entry.map((one) => [one.response.etag, one.fullUrl]), first.json.entry.map((one) => [one.response.etag, one.fullUrl]));
		const ids = first.json.entry.map((one) => one.response.location.split('/').at(-3));
		for (const id of ids)
			assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'a UUID of version 8');
		const shown = await send(upload, `twice-${type}`, { Prefer: 'return=representation' });
		assert.deepEqual(shown.json.entry.map((one) => one.resource.code.text), ['one', 'two', 'three'].map((text) => `${type} ${text}`));
		await made(3, () => send(upload, `other-${type}`));
		await made(3, () => send(upload));
	});

	test(`sixteen of one ${type} at once are one`, async () => {
		const upload = bundle(type, Array.from({ length: 20 }, (_, n) => creating(note(`racing ${type} ${n}`))));
		const all = await made(20, () => Promise.all(Array.from({ length: 16 }, () => send(upload, `race-${type}`))));
		for (const answer of all) {
			assert.equal(answer.status, 200, answer.text);
			assert.ok(statuses(answer).every((status) => status === '200' || status === '201'), answer.text);
		}
		assert.equal(new Set(all.flatMap((answer) => answers(answer).map((one) => one[1]))).size, 20);
		assert.equal(all.flatMap(statuses).filter((status) => status === '201').length, 20, 'each was created once');
	});

	test(`the key of a ${type} used for another body is refused`, async () => {
		const upload = (text) => bundle(type, [creating(note('the same')), creating(note(text))]);
		await made(2, () => send(upload('first'), `reused-${type}`));
		const refused = await made(0, () => send(upload('second'), `reused-${type}`));
		if (type === 'transaction') {
			assert.equal(refused.status, 422, refused.text);
			assert.match(refused.text, /used for another upload/);
			return;
		}
		assert.deepEqual(statuses(refused), ['200', '422']);
		assert.match(JSON.stringify(refused.json.entry[1].response.outcome), /used for another upload/);
	});
}

test('half done, then whole: what was missing comes, the rest stays as it is', async () => {
	const all = ['a', 'b', 'c', 'd'].map((text) => creating(note(`half ${text}`)));
	const broken = [...all];
	broken[1] = creating({ ...note('half b'), nonsense: true }); // stands for what a crash left undone
	const first = await made(3, () => send(bundle('batch', broken), 'half'));
	assert.deepEqual(statuses(first), ['201', '400', '201', '201']);
	const whole = await made(1, () => send(bundle('batch', all), 'half'));
	assert.deepEqual(statuses(whole), ['200', '201', '200', '200']);
	// The start of the list alone, as a server that was killed in the middle leaves it.
	await made(2, () => send(bundle('batch', all.slice(0, 2)), 'killed'));
	const rest = await made(2, () => send(bundle('batch', all), 'killed'));
	assert.deepEqual(statuses(rest), ['200', '200', '201', '201']);
});

test('a server that is killed in the middle of a batch has each entry once after the next try', { timeout: 120_000 }, async (t) => {
	const folder = newFolder();
	let victim = await Server.start({ folder });
	t.after(() => victim.stop());
	const upload = bundle('batch', Array.from({ length: 3000 }, (_, n) => creating(note(`killed ${n}`))));
	const post = () => victim.ask('POST', '', { body: upload, headers: { [KEY]: 'cut-off' } });
	const count = async () => (await victim.get('Basic?_summary=count')).json.total;
	let answered = false;
	const lost = post().then(() => { answered = true; }, () => { answered = true; });
	while (!answered && await count() === 0);
	victim.child.kill('SIGKILL');
	await victim.ended;
	await lost;
	victim = await Server.start({ folder });
	const before = await count();
	const answer = await post();
	const all = statuses(answer);
	assert.deepEqual([all.length, all.filter((status) => status === '200').length, all.filter((status) => status === '201').length], [3000, before, 3000 - before]);
	assert.equal(await count(), 3000);
	t.diagnostic(`${before} of 3000 were there after the kill`);
});

test('a single create with a key', async () => {
	const [first, second] = await made(1, async () => [await send(note('single'), 'single'), await send(note('single'), '"single"')]);
	assert.deepEqual([first.status, second.status], [201, 200]);
	assert.deepEqual([second.headers.get('location'), second.headers.get('etag')], [first.headers.get('location'), first.headers.get('etag')]);
	assert.equal(second.json.code.text, 'single');
	const refused = await made(0, () => send(note('other'), 'single'));
	assert.equal(refused.status, 422, refused.text);
	assert.match(refused.text, /used for another upload/);
	const all = await made(1, () => Promise.all(Array.from({ length: 16 }, () => send(note('racing'), 'single-race'))));
	assert.deepEqual(all.map((one) => one.status).sort(), [...Array(15).fill(200), 201]);
	assert.equal(new Set(all.map((one) => one.headers.get('location'))).size, 1);
});

test('what has changed since is answered as it is now; what was deleted is not made again', async () => {
	const first = await send(note('then'), 'changed');
	const { id } = first.json;
	assert.equal((await server.put(`Basic/${id}`, { ...note('now'), id })).status, 200);
	const again = await send(note('then'), 'changed');
	assert.deepEqual([again.status, again.headers.get('etag'), again.json.code.text], [200, 'W/"2"', 'now']);
	assert.equal((await send(note('now'), 'changed')).status, 422, 'the key stands for what was sent first');
	assert.equal((await server.ask('DELETE', `Basic/${id}`)).status, 204);
	const gone = await made(0, () => send(note('then'), 'changed'));
	assert.deepEqual([gone.status, gone.headers.get('location').endsWith(`Basic/${id}/_history/1`)], [200, true]);
	assert.equal((await server.get(`Basic/${id}`)).status, 410);
});

test('the order of members is not another upload; another type, place or number is', async () => {
	const key = 'order';
	assert.equal((await send({ resourceType: 'Basic', code: { text: 'x' }, language: 'en' }, key)).status, 201);
	assert.equal((await send({ language: 'en', code: { text: 'x' }, resourceType: 'Basic' }, key)).status, 200);
	assert.equal((await send({ resourceType: 'Patient', language: 'en' }, key)).status, 201);
	const moved = bundle('batch', [creating(note('y')), creating({ resourceType: 'Basic', code: { text: 'x' }, language: 'en' })]);
	assert.deepEqual(statuses(await send(moved, 'moved')), ['201', '201']);
	assert.deepEqual(statuses(await send({ ...moved, entry: [...moved.entry].reverse() }, 'moved')), ['422', '422']);
});

test('links between the entries of a transaction are the same at the second time', async () => {
	const upload = bundle('transaction', [
		{ fullUrl: 'urn:uuid:6f1d3c7e-0001-4000-8000-000000000001', ...creating({ resourceType: 'Patient', name: [{ text: 'Synthetic' }] }) },
		creating({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference: 'urn:uuid:6f1d3c7e-0001-4000-8000-000000000001' } }),
	]);
	const [first, second] = [await send(upload, 'links'), await send(upload, 'links')];
	assert.deepEqual([statuses(first), statuses(second)], [['201', '201'], ['200', '200']]);
	const [patient, observation] = answers(second).map((one) => one[1].split('/').at(-3));
	assert.equal((await server.get(`Observation/${observation}`)).json.subject.reference, `Patient/${patient}`);
	assert.equal((await server.get(`Observation/${observation}`)).json.meta.versionId, '1');
});

test('If-None-Exist comes first, then the key', async () => {
	const person = { resourceType: 'Patient', identifier: [{ system: 'urn:ward', value: 'key-1' }] };
	const upload = bundle('transaction', [creating(person, { ifNoneExist: 'identifier=urn:ward|key-1' }), creating(note('beside'))]);
	const [first, second] = await made(1, async () => [await send(upload, 'exist'), await send(upload, 'exist')]);
	assert.deepEqual([statuses(first), statuses(second)], [['201', '201'], ['200', '200']]);
	assert.deepEqual(answers(second).map((one) => one[1]), answers(first).map((one) => one[1]));
	// Its identifier was changed since, so the criteria find nothing: the key does.
	const id = first.json.entry[0].response.location.split('/').at(-3);
	assert.equal((await server.put(`Patient/${id}`, { ...person, id, identifier: undefined })).status, 200);
	assert.deepEqual(answers(await send(upload, 'exist'))[0], ['200', `Patient/${id}/_history/2`].map((one, i) => i ? `${server.base}/${one}` : one));
	// One that was there before the upload is answered by the criteria.
	const other = { resourceType: 'Patient', id: 'key-2', identifier: [{ system: 'urn:ward', value: 'key-2' }] };
	await server.put('Patient/key-2', other);
	const found = await server.ask('POST', 'Patient', { body: { ...other, id: undefined }, headers: { [KEY]: 'exist-2', 'If-None-Exist': 'identifier=urn:ward|key-2' } });
	assert.deepEqual([found.status, found.json.id], [200, 'key-2']);
});

test('without a header the identifier of the Bundle is the key', async () => {
	const upload = (system, value, text) => bundle('batch', [creating(note(text))], { identifier: { system, value } });
	await made(1, async () => { await send(upload('urn:hub', '7', 'hub')); await send(upload('urn:hub', '7', 'hub')); });
	await made(1, () => send(upload('urn:other-hub', '7', 'hub')));
	await made(1, () => send(upload(undefined, 'urn:hub|7', 'hub')));
	await made(1, () => send(upload('urn:hub', '7', 'hub'), '7'));
	assert.deepEqual(statuses(await send(upload('urn:hub', '7', 'other'))), ['422']);
	await made(2, async () => { for (let i = 0; i < 2; i++) await send(upload('urn:hub', undefined, 'no value')); });
	const long = upload('urn:hub', 'x'.repeat(100_000), 'long');
	await made(1, async () => { await send(long); await send(long); });
});

test('a key of one person is not the key of another', async () => {
	const role = (id) => ({ resourceType: 'PractitionerRole', id, active: true, organization: { reference: 'Organization/key-ward' } });
	await server.put('Organization/key-ward', { resourceType: 'Organization', id: 'key-ward', name: 'Ward' });
	for (const id of ['key-a', 'key-b'])
		assert.equal((await server.put(`PractitionerRole/${id}`, role(id))).status, 201);
	const place = { resourceType: 'Location', name: 'Cupboard' };
	const as = (id) => send(place, 'shared', { 'X-Homeward-User': `PractitionerRole/${id}` });
	const [a, b, again, nobody] = [await as('key-a'), await as('key-b'), await as('key-a'), await send(place, 'shared')];
	assert.deepEqual([a.status, b.status, again.status, nobody.status], [201, 201, 200, 201], a.text + b.text);
	assert.equal(new Set([a, b, nobody].map((one) => one.headers.get('location'))).size, 3);
	assert.equal(again.headers.get('location'), a.headers.get('location'));
});

test('what is no key is refused, and nothing is made', async () => {
	const upload = bundle('batch', [creating(note('no key'))]);
	for (const key of ['', '""', '"', 'a b', 'a"b', '"a"b"', '"a\\b"', '"a\\', `"a\\"`, 'é', '"a", "b"', 'k'.repeat(256), `"${'k'.repeat(256)}"`]) {
		const all = await made(0, async () => [await send(upload, key), await send({ ...upload, type: 'transaction' }, key), await send(note('no key'), key)]);
		assert.deepEqual(all.map((one) => one.status), [400, 400, 400], JSON.stringify(key));
		assert.match(all[0].text, /Idempotency-Key must be 1 to 255/);
	}
	await made(1, async () => {
		for (const key of ['k'.repeat(255), `"${'k'.repeat(255)}"`])
			assert.ok([200, 201].includes((await send(note('long key'), key)).status));
	});
	await made(1, async () => {
		for (const key of ['"a\\"b\\\\"', '  "a\\"b\\\\"  '])
			assert.ok([200, 201].includes((await send(note('escaped'), key)).status));
	});
});

test('PUT and DELETE need no key, and take one', async () => {
	const upload = bundle('transaction', [
		{ request: { method: 'PUT', url: 'Basic/put-key' }, resource: { ...note('put'), id: 'put-key' } }, { request: { method: 'DELETE', url: 'Basic/never' } }]);
	await made(1, async () => {
		assert.deepEqual(statuses(await send(upload, 'put')), ['201', '204']);
		assert.deepEqual(statuses(await send(upload, 'put')), ['200', '204']);
	});
	assert.equal((await server.get('Basic/put-key')).json.meta.versionId, '1');
});
