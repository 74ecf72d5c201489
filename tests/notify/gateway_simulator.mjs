// SPDX-License-Identifier: Apache-2.0
// A simulator, for tests and demonstrations: a gateway for text messages and calls that speaks the JSON of GOV.UK Notify's
// REST API. Nothing leaves the machine. It checks what the real one checks (JWT: HS256, iss, iat within 30 s;
// template; telephone number) and, as the real one, it sends a message that is posted twice twice.
//   node tests/notify/gateway_simulator.mjs [--port 8090] [--behaviour delivered] [--callback URL --token TOKEN]
// Behaviours, for all or by telephone number: delivered; silent (201, then never a receipt); permanent-failure;
// temporary-failure; slow (answers after a while); down (503); refused (400).
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import { fileURLToPath } from 'node:url';

const SLOW_MS = 1500;

function readToken(header, secret, service) {
	const token = /^Bearer (\S+)$/.exec(header ?? '')?.[1];
	const [head, claims, signature] = (token ?? '').split('.');
	if (!signature)
		return 'no token';
	const mac = createHmac('sha256', secret).update(`${head}.${claims}`).digest();
	const given = Buffer.from(signature, 'base64url');
	if (given.length !== mac.length || !timingSafeEqual(given, mac))
		return 'Invalid token: signature, api token is not valid';
	const { alg, typ } = JSON.parse(Buffer.from(head, 'base64url'));
	const { iss, iat } = JSON.parse(Buffer.from(claims, 'base64url'));
	if (alg !== 'HS256' || typ !== 'JWT')
		return 'Invalid token: algorithm used is not HS256';
	if (iss !== service)
		return 'Invalid token: service not found';
	if (Math.abs(Date.now() / 1000 - iat) > 30)
		return 'Error: Your system clock must be accurate to within 30 seconds';
	return null;
}

export class GatewaySimulator {
	constructor({ secret = 'synthetic-api-secret', service = '26785a09-ab16-4eb0-8407-a37497a57506', behaviour = 'delivered', callback, token } = {}) {
		Object.assign(this, { secret, service, behaviour, callback, token });
		this.byNumber = new Map(); // behaviours of single telephones, by their last digits
		this.messages = []; // everything that would have gone out
		this.refusals = []; // why requests were refused
		this.callbacks = 0;
		// Called when a message has come in, and when it has been answered.
		this.arrived = undefined;
		this.answered = undefined;
	}

	async open(port = 0) {
		this.server = http.createServer((request, answer) => this.take(request, answer));
		await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${this.server.address().port}`;
		return this;
	}
	close() {
		this.server.closeAllConnections?.();
		return new Promise((resolve) => this.server.close(resolve));
	}

	behaviourOf(number) {
		for (const [end, behaviour] of this.byNumber) {
			if (number.endsWith(end))
				return behaviour;
		}
		return this.behaviour;
	}
	// Messages with this reference (a Communication's id).
	of(reference) { return this.messages.filter((message) => message.reference === reference); }

	say(answer, status, body) {
		answer.writeHead(status, { 'Content-Type': 'application/json' });
		answer.end(JSON.stringify(body));
	}
	refuse(answer, status, error, message) {
		this.refusals.push(message);
		this.say(answer, status, { status_code: status, errors: [{ error, message }] });
	}

	async take(request, answer) {
		let text = '';
		for await (const part of request)
			text += part;
		const url = new URL(request.url, this.url);
		if (this.behaviour === 'down')
			return this.refuse(answer, 503, 'Exception', 'down');
		const why = readToken(request.headers.authorization, this.secret, this.service);
		if (why)
			return this.refuse(answer, 403, 'AuthError', why);
		const kind = /^\/v2\/notifications\/(sms|voice)$/.exec(url.pathname)?.[1];
		if (request.method === 'POST' && kind)
			return this.send(kind, JSON.parse(text), answer);
		if (request.method === 'GET' && url.pathname === '/v2/notifications')
			return this.say(answer, 200, { notifications: this.of(url.searchParams.get('reference')).map((one) => this.show(one)), links: {} });
		const one = this.messages.find((message) => url.pathname === `/v2/notifications/${message.id}`);
		if (request.method === 'GET' && one)
			return this.say(answer, 200, this.show(one));
		return this.refuse(answer, 404, 'NoResultFound', 'No result found');
	}

	show({ id, reference, kind, number, status, template, body, createdAt }) {
		return { id, reference, type: kind, phone_number: number, status, template: { id: template, version: 1 }, body, created_at: createdAt };
	}

	async send(kind, { phone_number: number, template_id: template, personalisation, reference }, answer) {
		const behaviour = this.behaviourOf(String(number));
		if (behaviour === 'down')
			return this.refuse(answer, 503, 'Exception', 'down');
		if (!template || typeof personalisation?.text !== 'string')
			return this.refuse(answer, 400, 'BadRequestError', 'Missing personalisation: text');
		if (behaviour === 'refused' || !/^\+?[0-9]{5,18}$/.test(number))
			return this.refuse(answer, 400, 'ValidationError', 'phone_number Not a valid number');
		const message = { id: randomUUID(), kind, number, template, reference, body: personalisation.text, status: 'created', createdAt: new Date().toISOString(), behaviour };
		this.messages.push(message);
		this.arrived?.(message);
		if (behaviour === 'slow')
			await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
		this.say(answer, 201, { id: message.id, reference, content: { body: message.body, from_number: 'HOMEWARD' }, uri: `${this.url}/v2/notifications/${message.id}`, template: { id: template, version: 1 } });
		this.answered?.(message);
		if (behaviour === 'silent') {
			message.status = 'sending';
			return undefined;
		}
		message.status = behaviour === 'slow' ? 'delivered' : behaviour;
		return this.report(message);
	}

	// The receipt, as Notify's callback.
	async report({ id, reference, number, status, kind, template, createdAt }, token = this.token) {
		if (!this.callback)
			return undefined;
		const answer = await fetch(this.callback, {
			method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
			body: JSON.stringify({ id, reference, to: number, status, created_at: createdAt, completed_at: new Date().toISOString(),
				sent_at: createdAt, notification_type: kind, template_id: template, template_version: 1 }),
		}).catch(() => undefined);
		this.callbacks++;
		return answer?.status;
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const value = (name, otherwise) => {
		const at = process.argv.indexOf(`--${name}`);
		return at < 0 ? otherwise : process.argv[at + 1];
	};
	const simulator = await new GatewaySimulator({ behaviour: value('behaviour', 'delivered'), callback: value('callback'), token: value('token') }).open(Number(value('port', 8090)));
	console.log(`gateway SIMULATOR at ${simulator.url} (behaviour ${simulator.behaviour}); service ${simulator.service}, secret ${simulator.secret}`);
	simulator.answered = (message) => console.log(`${message.kind} to ${message.number}: ${message.body}`);
}
