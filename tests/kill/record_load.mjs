// SPDX-License-Identifier: Apache-2.0
// The load on the record: creates, updates, deletes, conditional creates and transactions, with a ledger.
import assert from 'node:assert';

const SYSTEM = 'https://fhir.homeward.example/test/kill';
const SAMPLE = 300; // acknowledged writes of earlier rounds that are looked at again each time
const OWNED = 4; // resources that each worker updates in turn
const PARTS = 4; // Observations of one transaction

// A text that cannot be told by its start alone, so that a half-written body would show.
function filler(mark) {
	return `${mark} ${'lorem ipsum '.repeat(mark.length % 40)}end of ${mark}`;
}

function observation(mark, subject) {
	return {
		resourceType: 'Observation', identifier: [{ system: SYSTEM, value: mark }], status: 'final',
		code: { text: 'kill test' }, ...(subject ? { subject: { reference: subject } } : {}), valueString: filler(mark),
	};
}

function basic(id, mark) {
	return { resourceType: 'Basic', id, identifier: [{ system: SYSTEM, value: mark }], code: { text: filler(mark) } };
}

function transaction(mark) {
	const patient = 'urn:uuid:6f0f3a1c-7d1e-4a53-9a0e-0d4e5f6a7b8c';
	const entry = [{
		fullUrl: patient, resource: { resourceType: 'Patient', identifier: [{ system: SYSTEM, value: mark }] },
		request: { method: 'POST', url: 'Patient' },
	}];
	for (let i = 0; i < PARTS; i++)
		entry.push({ resource: observation(mark, patient), request: { method: 'POST', url: 'Observation' } });
	return { resourceType: 'Bundle', type: 'transaction', entry };
}

// What was sent must come back, whatever the server adds to meta and id.
function same(sent, got) {
	const { meta: _meta, id: _id, ...rest } = got ?? {};
	const { meta: _m, id: _i, ...wanted } = sent;
	try {
		assert.deepStrictEqual(rest, wanted);
		return true;
	} catch {
		return false;
	}
}

function located(location) {
	const match = /([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]+)\/_history\/(\d+)$/.exec(location ?? '');
	return match && { type: match[1], id: match[2], version: Number(match[3]) };
}

export class RecordLoad {
	constructor(server, problems, random) {
		this.server = server;
		this.problems = problems;
		this.random = random;
		this.acknowledged = []; // { path with version, sent: resource or null for a delete }
		this.checkedUpTo = 0;
		this.inFlight = []; // what the kill left open
		this.owned = new Map(); // id -> { id, version, sent, pending }
		this.marks = 0;
		this.figures = {
			acknowledgedWrites: 0, acknowledgedTransactions: 0, inFlightLanded: 0, inFlightNot: 0, readBack: 0, refused: 0,
		};
	}

	problem(kind, text) {
		this.problems.push({ kind, text });
	}

	line() {
		const f = this.figures;
		return `${f.acknowledgedWrites} writes acknowledged (${f.acknowledgedTransactions} transactions), ` +
			`${f.inFlightLanded + f.inFlightNot} in flight at a kill (${f.inFlightLanded} landed)`;
	}

	async act(worker, random) {
		const dice = random.below(100);
		if (dice < 40)
			await this.create();
		else if (dice < 70)
			await this.update(worker, random);
		else if (dice < 85)
			await this.transact();
		else
			await this.createOnce(random);
	}

	acknowledge(type, id, version, sent) {
		this.acknowledged.push({ type, id, version, sent });
		this.figures.acknowledgedWrites++;
	}

	// 503 is an honest refusal; anything else that was not expected is a problem.
	refused(answer, what) {
		this.figures.refused++;
		if (answer.status !== 503)
			this.problem('answer', `${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
	}

	mark() {
		return `k${++this.marks}-${this.random.below(1e9)}`;
	}

	async create() {
		const mark = this.mark();
		const sent = observation(mark);
		const open = { kind: 'create', mark, sent };
		this.inFlight.push(open);
		const answer = await this.server.request('POST', '/fhir/Observation', sent);
		this.inFlight.splice(this.inFlight.indexOf(open), 1);
		const at = located(answer.headers.location);
		if (answer.status !== 201 || !at)
			return this.refused(answer, 'create');
		return this.acknowledge('Observation', at.id, at.version, sent);
	}

	// Conditional create, sometimes sent twice: there must never be two.
	async createOnce(random) {
		const mark = this.mark();
		const sent = observation(mark);
		const open = { kind: 'create', mark, sent };
		this.inFlight.push(open);
		const headers = { 'if-none-exist': `identifier=${SYSTEM}|${mark}` };
		const answer = await this.server.request('POST', '/fhir/Observation', sent, headers);
		const at = located(answer.headers.location);
		if (answer.status !== 201 || !at) {
			this.inFlight.splice(this.inFlight.indexOf(open), 1);
			this.refused(answer, 'conditional create');
			return;
		}
		this.acknowledge('Observation', at.id, at.version, sent);
		if (random.below(2) === 0)
			await this.server.request('POST', '/fhir/Observation', sent, headers);
		this.inFlight.splice(this.inFlight.indexOf(open), 1);
	}

	async update(worker, random) {
		const id = `kill-${worker}-${random.below(OWNED)}`;
		const mine = this.owned.get(id) ?? { id, version: 0, sent: null, pending: null };
		this.owned.set(id, mine);
		const remove = mine.sent !== null && random.below(10) === 0;
		const sent = remove ? null : basic(id, this.mark());
		mine.pending = { sent };
		const answer = remove ? await this.server.request('DELETE', `/fhir/Basic/${id}`)
			: await this.server.request('PUT', `/fhir/Basic/${id}`, sent);
		mine.pending = null;
		if (![200, 201, 204].includes(answer.status))
			return this.refused(answer, remove ? 'delete' : 'update');
		const version = Number(/(\d+)/.exec(answer.headers.etag ?? '')?.[1] ?? (remove ? mine.version + 1 : NaN));
		if (version !== mine.version + 1)
			this.problem('version', `Basic/${id}: version ${version} was acknowledged after ${mine.version}`);
		mine.version = version;
		mine.sent = sent;
		return this.acknowledge('Basic', id, version, sent);
	}

	async transact() {
		const mark = this.mark();
		const sent = transaction(mark);
		const open = { kind: 'transaction', mark };
		this.inFlight.push(open);
		const answer = await this.server.request('POST', '/fhir', sent);
		this.inFlight.splice(this.inFlight.indexOf(open), 1);
		const places = (answer.body?.entry ?? []).map((entry) => located(entry.response?.location));
		if (answer.status !== 200 || places.length !== PARTS + 1 || places.some((place) => !place))
			return this.refused(answer, 'transaction');
		this.figures.acknowledgedTransactions++;
		const subject = `Patient/${places[0].id}`;
		places.forEach((place, i) => this.acknowledge(place.type, place.id, place.version,
			i === 0 ? sent.entry[0].resource : observation(mark, subject)));
		return undefined;
	}

	// One acknowledged version must be there, whole.
	async readBack({ type, id, version, sent }) {
		const where = `/fhir/${type}/${id}/_history/${version}`;
		const answer = await this.server.request('GET', where);
		this.figures.readBack++;
		if (sent === null) {
			if (answer.status !== 410)
				this.problem('lost', `${where}: a delete was acknowledged, now ${answer.status}`);
		} else if (answer.status !== 200) {
			this.problem('lost', `${where}: acknowledged, now ${answer.status}`);
		} else if (!same(sent, answer.body) || answer.body.meta?.versionId !== String(version)) {
			this.problem('half', `${where} is not what was acknowledged: ${answer.text.slice(0, 300)}`);
		}
	}

	async found(type, mark) {
		const answer = await this.server.request('GET',
			`/fhir/${type}?identifier=${encodeURIComponent(`${SYSTEM}|${mark}`)}&_count=50`);
		if (answer.status !== 200)
			throw new Error(`search after a restart: ${answer.status} ${answer.text.slice(0, 300)}`);
		return (answer.body.entry ?? []).map((entry) => entry.resource);
	}

	landed(did) {
		this.figures[did ? 'inFlightLanded' : 'inFlightNot']++;
	}

	async checkOpen(open) {
		const observations = await this.found('Observation', open.mark);
		if (open.kind === 'create') {
			this.landed(observations.length > 0);
			if (observations.length > 1)
				this.problem('doubled', `${open.mark}: ${observations.length} Observations of one create`);
			if (observations.some((got) => !same(open.sent, got)))
				this.problem('half', `${open.mark}: an Observation that differs from what was sent`);
			return;
		}
		const patients = await this.found('Patient', open.mark);
		this.landed(patients.length > 0);
		const whole = patients.length === 1 && observations.length === PARTS;
		if (!whole && (patients.length > 0 || observations.length > 0))
			this.problem('half', `transaction ${open.mark}: ${patients.length} of 1 and ${observations.length} of ${PARTS}`);
		if (whole && observations.some((got) => !same(observation(open.mark, `Patient/${patients[0].id}`), got)))
			this.problem('half', `transaction ${open.mark}: a part differs from what was sent`);
	}

	// The current version of an owned resource is the last acknowledged one, or the one in flight.
	async checkOwned(mine) {
		const answer = await this.server.request('GET', `/fhir/Basic/${mine.id}`);
		const pending = mine.pending;
		mine.pending = null;
		const version = Number(/(\d+)/.exec(answer.headers.etag ?? '')?.[1] ?? answer.body?.meta?.versionId ?? NaN);
		const is = (sent) => (sent === null ? answer.status === 410 || answer.status === 404
			: answer.status === 200 && same(sent, answer.body));
		const deleted = answer.status === 410 || answer.status === 404;
		if (pending && is(pending.sent) && !(pending.sent === null && mine.sent === null) &&
			(deleted || version === mine.version + 1)) {
			mine.version++;
			mine.sent = pending.sent;
			this.landed(true);
			return;
		}
		if (pending)
			this.landed(false);
		if (!is(mine.sent) || (!deleted && version !== mine.version))
			this.problem(answer.status === 200 ? 'half' : 'lost',
				`Basic/${mine.id}: acknowledged version ${mine.version}, now ${answer.status} version ${version}`);
	}

	async inTurn(list, work) {
		const queue = [...list];
		await Promise.all(Array.from({ length: 8 }, async () => {
			for (let item = queue.pop(); item !== undefined; item = queue.pop())
				await work(item);
		}));
	}

	// All that was acknowledged since the last check, and a sample of what was before.
	async check(everythingOwned) {
		const open = this.inFlight;
		this.inFlight = [];
		await this.inTurn(open, (item) => this.checkOpen(item));
		await this.inTurn([...this.owned.values()].filter((mine) => mine.pending || everythingOwned),
			(mine) => this.checkOwned(mine));
		const fresh = this.acknowledged.slice(this.checkedUpTo);
		const sample = Array.from({ length: Math.min(SAMPLE, this.checkedUpTo) },
			() => this.acknowledged[this.random.below(this.checkedUpTo)]);
		this.checkedUpTo = this.acknowledged.length;
		await this.inTurn([...fresh, ...sample], (item) => this.readBack(item));
	}

	async checkAll() {
		await this.inTurn(this.acknowledged, (item) => this.readBack(item));
	}
}
