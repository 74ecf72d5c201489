// SPDX-License-Identifier: Apache-2.0
// read, vread, create, update, delete, history: status, headers and bodies.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, idOf, outcomeProblem, patient } from './server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(async () => { await server.stop(); });

const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const refused = (answer, status, code) => assert.equal(outcomeProblem(answer, status, code), '');

test('a create answers 201 with where, which version and when', async () => {
	const answer = await server.post('Patient', patient({ id: 'chosen-by-client', meta: { versionId: '77', lastUpdated: '1999-01-01T00:00:00Z' } }));
	assert.equal(answer.status, 201);
	assert.match(idOf(answer), isUuid);
	assert.equal(answer.json.meta.versionId, '1');
	assert.ok(Math.abs(Date.parse(answer.json.meta.lastUpdated) - Date.now()) < 60000);
	assert.match(answer.json.meta.lastUpdated, /\.\d{3}Z$/);
	assert.equal(answer.headers.get('etag'), 'W/"1"');
	assert.equal(answer.headers.get('location'), `${server.base}/Patient/${idOf(answer)}/_history/1`);
	assert.equal(Math.floor(Date.parse(answer.json.meta.lastUpdated) / 1000), Date.parse(answer.headers.get('last-modified')) / 1000);
	assert.match(answer.headers.get('content-type'), /^application\/fhir\+json/);
});

test('what was stored is read back as it was sent, decimals to the last zero', async () => {
	const text = '{"resourceType":"Observation","status":"final","code":{"text":"weight"},"valueQuantity":{"value":12.500,"unit":"kg"},'
		+ '"note":[{"text":"L\u00e9on \\u0041 \\" \\\\ \ud83d\ude00"}]}';
	const made = await server.post('Observation', text);
	assert.equal(made.status, 201, made.text);
	const read = await server.get(`Observation/${idOf(made)}`);
	assert.equal(read.status, 200);
	assert.match(read.text, /"value":12\.500[,}]/);
	assert.equal(read.json.note[0].text, 'L\u00e9on A " \\ \u{1f600}');
	assert.equal(read.headers.get('etag'), 'W/"1"');
});

test('an update makes a version, the same content again makes none', async () => {
	const id = idOf(await server.post('Patient', patient()));
	const changed = await server.put(`Patient/${id}`, patient({ id, active: true }));
	assert.equal(changed.status, 200);
	assert.equal(changed.json.meta.versionId, '2');
	const same = await server.put(`Patient/${id}`, patient({ id, active: true }));
	assert.equal(same.status, 200);
	assert.equal(same.json.meta.versionId, '2');
	assert.equal(same.headers.get('etag'), 'W/"2"');
	assert.equal((await server.get(`Patient/${id}/_history`)).json.total, 2);
});

test('an update of an id that is not there creates it', async () => {
	const answer = await server.put('Patient/made-by.update-1', patient({ id: 'made-by.update-1' }));
	assert.equal(answer.status, 201);
	assert.equal(answer.headers.get('location'), `${server.base}/Patient/made-by.update-1/_history/1`);
});

test('type and id in the body must be those of the address', async () => {
	refused(await server.put('Patient/one', patient({ id: 'two' })), 400);
	refused(await server.put('Patient/one', patient()), 400);
	refused(await server.put('Observation/one', patient({ id: 'one' })), 400);
	refused(await server.post('Observation', patient()), 400);
	refused(await server.put('Patient/not_valid', patient({ id: 'not_valid' })), 400);
});

test('If-Match lets the holder of the current version write and no other', async () => {
	const id = idOf(await server.post('Patient', patient()));
	refused(await server.put(`Patient/${id}`, patient({ id, active: true }), { 'If-Match': 'W/"2"' }), 412);
	assert.equal((await server.put(`Patient/${id}`, patient({ id, active: true }), { 'If-Match': 'W/"1"' })).status, 200);
	refused(await server.put(`Patient/${id}`, patient({ id, active: false }), { 'If-Match': 'W/"1"' }), 412);
	refused(await server.put(`Patient/${id}`, patient({ id }), { 'If-Match': 'nonsense' }), 400);
	refused(await server.put('Patient/never-made', patient({ id: 'never-made' }), { 'If-Match': 'W/"1"' }), 412);
	refused(await server.put('Patient/never-made', patient({ id: 'never-made' }), { 'If-Match': '*' }), 412);
	refused(await server.delete(`Patient/${id}`, { 'If-Match': 'W/"1"' }), 412);
	assert.equal((await server.delete(`Patient/${id}`, { 'If-Match': 'W/"2"' })).status, 204);
});

test('of many writers with the same If-Match exactly one succeeds', async () => {
	const id = idOf(await server.post('Patient', patient()));
	const answers = await Promise.all(Array.from({ length: 24 }, (_, i) =>
		server.put(`Patient/${id}`, patient({ id, multipleBirthInteger: i }), { 'If-Match': 'W/"1"' })));
	assert.deepEqual(answers.map((one) => one.status).sort().slice(0, 2), [200, 412]);
	assert.equal(answers.filter((one) => one.status === 412).length, 23);
	assert.equal((await server.get(`Patient/${id}/_history`)).json.total, 2);
});

test('If-None-Match: * on an update only creates', async () => {
	const body = patient({ id: 'only-new' });
	assert.equal((await server.put('Patient/only-new', body, { 'If-None-Match': '*' })).status, 201);
	refused(await server.put('Patient/only-new', body, { 'If-None-Match': '*' }), 412);
});

test('a reader who has the current version is told so', async () => {
	const made = await server.post('Patient', patient());
	const target = `Patient/${idOf(made)}`;
	const unchanged = await server.get(target, { 'If-None-Match': 'W/"1"' });
	assert.equal(unchanged.status, 304);
	assert.equal(unchanged.text, '');
	assert.equal(unchanged.headers.get('etag'), 'W/"1"');
	assert.equal((await server.get(target, { 'If-None-Match': 'W/"2", W/"1"' })).status, 304);
	assert.equal((await server.get(target, { 'If-None-Match': 'W/"2"' })).status, 200);
	assert.equal((await server.get(target, { 'If-Modified-Since': made.headers.get('last-modified') })).status, 304);
	assert.equal((await server.get(target, { 'If-Modified-Since': 'Thu, 01 Jan 2004 00:00:00 GMT' })).status, 200);
	assert.equal((await server.get(target, { 'If-Modified-Since': 'yesterday' })).status, 200);
});

test('a delete is idempotent, leaves a tombstone, and an update revives', async () => {
	const id = idOf(await server.post('Patient', patient()));
	const gone = await server.delete(`Patient/${id}`);
	assert.equal(gone.status, 204);
	assert.equal(gone.text, '');
	assert.equal((await server.delete(`Patient/${id}`)).status, 204);
	assert.equal((await server.delete('Patient/never-there')).status, 204);
	const read = await server.get(`Patient/${id}`);
	refused(read, 410, 'deleted');
	assert.equal(read.headers.get('etag'), 'W/"2"');
	refused(await server.get(`Patient/${id}/_history/2`), 410);
	assert.equal((await server.get(`Patient/${id}/_history/1`)).status, 200);
	const back = await server.put(`Patient/${id}`, patient({ id }));
	assert.equal(back.status, 201);
	assert.equal(back.json.meta.versionId, '3');
	assert.equal((await server.get(`Patient/${id}`)).status, 200);
});

test('what was never there is 404, whatever the kind of address', async () => {
	for (const target of ['Patient/nobody', 'Patient/nobody/_history', 'Patient/nobody/_history/1', 'Patient/a_b', 'Patient/x/_history/zero',
		'Nonsense/1', 'Nonsense', 'patient/1', 'Patient/1/Nonsense', 'a/b/c/d/e', 'Nonsense/_history'])
		refused(await server.get(target), 404, 'not-found');
	refused(await server.get('//nowhere'), 404);
});

test('vread gives each version with its own headers', async () => {
	const id = idOf(await server.post('Patient', patient()));
	await server.put(`Patient/${id}`, patient({ id, active: false }));
	const first = await server.get(`Patient/${id}/_history/1`);
	assert.equal(first.json.meta.versionId, '1');
	assert.equal(first.headers.get('etag'), 'W/"1"');
	assert.equal(first.json.active, undefined);
	assert.equal((await server.get(`Patient/${id}/_history/2`)).json.active, false);
	refused(await server.get(`Patient/${id}/_history/3`), 404);
});

test('Prefer chooses what a write answers', async () => {
	const minimal = await server.post('Patient', patient(), { Prefer: 'return=minimal' });
	assert.equal(minimal.status, 201);
	assert.equal(minimal.text, '');
	assert.ok(minimal.headers.get('location'));
	const whole = await server.post('Patient', patient(), { Prefer: 'return=representation' });
	assert.equal(whole.json.resourceType, 'Patient');
	const outcome = await server.post('Patient', patient(), { Prefer: 'return=OperationOutcome' });
	assert.equal(outcome.status, 201);
	assert.equal(outcome.json.resourceType, 'OperationOutcome');
	assert.equal(outcome.json.issue[0].severity, 'information');
	const deleted = await server.delete(`Patient/${idOf(whole)}`, { Prefer: 'return=OperationOutcome' });
	assert.equal(deleted.status, 200);
	assert.equal(deleted.json.resourceType, 'OperationOutcome');
});

test('tags, profiles and security labels outlive an update that does not know them', async () => {
	const tag = { system: 'http://example.org/tags', code: 'kept' };
	const security = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' };
	const id = idOf(await server.post('Patient', patient({ meta: { tag: [tag], security: [security], profile: ['http://example.org/p'] } })));
	const updated = await server.put(`Patient/${id}`, patient({ id, active: true, meta: { tag: [{ system: 'http://example.org/tags', code: 'new' }] } }));
	assert.deepEqual(updated.json.meta.tag.map((one) => one.code).sort(), ['kept', 'new']);
	assert.deepEqual(updated.json.meta.security, [security]);
	assert.deepEqual(updated.json.meta.profile, ['http://example.org/p']);
	const again = await server.put(`Patient/${id}`, patient({ id, active: true, meta: { tag: [tag] } }));
	assert.equal(again.json.meta.tag.length, 2);
});

test('a read can be trimmed, and a trimmed resource is not stored again', async () => {
	const id = idOf(await server.post('Patient', patient({ birthDate: '2020-01-01', gender: 'female' })));
	const last = await server.get(`Patient/${id}?_elements=${Array.from({ length: 200 }, (_, i) => `x${i}`)}&_elements=birthDate`);
	assert.deepEqual([last.json.birthDate !== undefined, last.json.name], [true, undefined], 'asked for twice, the last list counts');
	const trimmed = await server.get(`Patient/${id}?_elements=birthDate`);
	assert.equal(trimmed.json.birthDate, '2020-01-01');
	assert.equal(trimmed.json.gender, undefined);
	assert.equal(trimmed.json.meta.tag[0].code, 'SUBSETTED');
	refused(await server.put(`Patient/${id}`, trimmed.text), 422);
	assert.equal((await server.get(`Patient/${id}?_summary=text`)).json.gender, undefined);
	refused(await server.get(`Patient/${id}?_summary=everything`), 400);
	refused(await server.get(`Patient/${id}?colour=red`), 400, 'not-supported');
	assert.equal((await server.get(`Patient/${id}?colour=red`, { Prefer: 'handling=lenient' })).status, 200);
});

test('history of one resource is newest first and names each act', async () => {
	const id = idOf(await server.post('Patient', patient()));
	await server.put(`Patient/${id}`, patient({ id, active: true }));
	await server.delete(`Patient/${id}`);
	const { json } = await server.get(`Patient/${id}/_history`);
	assert.equal(json.type, 'history');
	assert.equal(json.total, 3);
	assert.deepEqual(json.entry.map((one) => one.request.method), ['DELETE', 'PUT', 'POST']);
	assert.deepEqual(json.entry.map((one) => one.response.status), ['204', '200', '201']);
	assert.equal(json.entry[0].resource, undefined);
	assert.equal(json.entry[1].resource.meta.versionId, '2');
	assert.ok(json.entry.every((one) => one.fullUrl === `${server.base}/Patient/${id}`));
	assert.deepEqual(json.entry.map((one) => one.response.etag), ['W/"3"', 'W/"2"', 'W/"1"']);
});

test('history pages neither double nor lose a version while others write', async () => {
	const ids = [];
	for (let i = 0; i < 7; i++)
		ids.push(idOf(await server.post('Basic', { resourceType: 'Basic', code: { text: `b${i}` } })));
	let page = await server.get('Basic/_history?_count=3');
	const total = page.json.total;
	const seen = [];
	for (;;) {
		seen.push(...page.json.entry.map((one) => `${one.resource.id}/${one.resource.meta.versionId}`));
		await server.post('Basic', { resourceType: 'Basic', code: { text: 'meanwhile' } });
		const next = page.json.link.find((one) => one.relation === 'next');
		if (!next)
			break;
		assert.equal(page.json.total, total);
		page = await server.ask('GET', `//${next.url.slice(server.address.length + 1)}`);
		assert.equal(page.status, 200, page.text);
	}
	assert.equal(seen.length, 7);
	assert.equal(new Set(seen).size, 7);
	assert.deepEqual(seen.map((one) => one.split('/')[0]).sort(), [...ids].sort());
});

test('history takes _since, and _at for one resource', async () => {
	const id = idOf(await server.post('Patient', patient()));
	const [first] = (await server.get(`Patient/${id}/_history`)).json.entry;
	await new Promise((resolve) => setTimeout(resolve, 20));
	const second = await server.put(`Patient/${id}`, patient({ id, active: true }));
	const since = await server.get(`Patient/${id}/_history?_since=${second.json.meta.lastUpdated}`);
	assert.deepEqual(since.json.entry.map((one) => one.resource.meta.versionId), ['2']);
	const at = await server.get(`Patient/${id}/_history?_at=${first.response.lastModified}`);
	assert.deepEqual(at.json.entry.map((one) => one.resource.meta.versionId), ['1']);
	refused(await server.get(`Patient/${id}/_history?_since=tomorrow`), 400);
	refused(await server.get(`Patient/${id}/_history?_colour=red`), 400);
	refused(await server.get('Patient/_history?_cursor=here'), 400);
	const system = await server.get('_history?_count=2');
	assert.equal(system.json.entry.length, 2);
	assert.ok(system.json.total > 2);
});

test('HEAD is GET without the body', async () => {
	const made = await server.post('Patient', patient());
	const head = await server.ask('HEAD', `Patient/${idOf(made)}`);
	assert.equal(head.status, 200);
	assert.equal(head.text, '');
	assert.equal(head.headers.get('etag'), 'W/"1"');
	assert.equal(head.headers.get('content-length'), String((await server.get(`Patient/${idOf(made)}`)).text.length));
});

test('a method that an address does not know is 405 and the known ones are named', async () => {
	const answer = await server.ask('PATCH', 'Patient/1', { body: '[]', type: 'application/json-patch+json' });
	refused(answer, 405);
	assert.deepEqual(answer.headers.get('allow').split(', ').sort(), ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PUT']);
	const options = await server.ask('OPTIONS', 'Patient');
	assert.equal(options.status, 204);
	assert.match(options.headers.get('allow'), /POST/);
	assert.equal(options.headers.get('access-control-allow-origin'), null);
});

test('the capability statement says what the server does, and is cached', async () => {
	const answer = await server.get('metadata');
	assert.equal(answer.status, 200);
	const { json } = answer;
	assert.equal(json.resourceType, 'CapabilityStatement');
	assert.equal(json.fhirVersion, '4.0.1');
	assert.equal(json.rest[0].resource.length, 146);
	const observation = json.rest[0].resource.find((one) => one.type === 'Observation');
	assert.ok(observation.searchParam.some((one) => one.name === 'code' && one.type === 'token'));
	assert.ok(observation.interaction.some((one) => one.code === 'vread'));
	assert.ok(observation.searchInclude.includes('Observation:patient'));
	assert.equal(observation.updateCreate, true);
	assert.equal((await server.get('metadata', { 'If-None-Match': answer.headers.get('etag') })).status, 304);
	assert.equal((await server.post('CapabilityStatement', json)).status, 201);
	refused(await server.get('metadata?colour=red'), 400);
});
