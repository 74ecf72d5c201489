// SPDX-License-Identifier: Apache-2.0
// A push service and a browser for tests, written from RFC 8030, 8188, 8291 and 8292: it checks the sender's
// identification and decrypts as a browser would. Shares nothing with src/notify.
import { createECDH, createPublicKey, createDecipheriv, hkdfSync, randomBytes, verify } from 'node:crypto';
import http from 'node:http';

export class Browser {
	constructor() {
		this.keys = createECDH('prime256v1');
		this.keys.generateKeys();
		this.auth = randomBytes(16);
	}
	subscription(endpoint) {
		return { endpoint, keys: { p256dh: this.keys.getPublicKey().toString('base64url'), auth: this.auth.toString('base64url') } };
	}

	// RFC 8291 section 3.4 and RFC 8188 section 2.
	open(body) {
		const salt = body.subarray(0, 16);
		const recordBytes = body.readUInt32BE(16);
		const sender = body.subarray(21, 21 + body[20]);
		const sealed = body.subarray(21 + body[20]);
		if (body[20] !== 65 || sealed.length > recordBytes)
			throw new Error('not one record of aes128gcm');
		const secret = this.keys.computeSecret(sender);
		const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.keys.getPublicKey(), sender]);
		const input = Buffer.from(hkdfSync('sha256', secret, this.auth, info, 32));
		const key = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: aes128gcm\0', 16));
		const nonce = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: nonce\0', 12));
		const cipher = createDecipheriv('aes-128-gcm', key, nonce);
		cipher.setAuthTag(sealed.subarray(-16));
		const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
		const end = plain.lastIndexOf(2); // the delimiter of the last record; only zeros may follow
		if (end < 0 || plain.subarray(end + 1).some((byte) => byte !== 0))
			throw new Error('no delimiter of a last record');
		return plain.subarray(0, end);
	}
}

// Why the identification is refused, or null: RFC 8292.
export function checkIdentification(header, origin, publicKey) {
	const [, token, key] = /^vapid t=([^,\s]+),\s*k=([^,\s]+)$/.exec(header ?? '') ?? [];
	if (!token || key !== publicKey)
		return 'no vapid identification with the key that the browser subscribed with';
	const [head, claims, signature] = token.split('.');
	const point = Buffer.from(key, 'base64url');
	const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
	if (JSON.parse(Buffer.from(head, 'base64url')).alg !== 'ES256')
		return 'not ES256';
	if (!verify('sha256', Buffer.from(`${head}.${claims}`), { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')))
		return 'the signature is wrong';
	const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url'));
	const left = exp - Date.now() / 1000;
	if (aud !== origin || left <= 0 || left > 24 * 3600 || !/^(mailto:|https:)/.test(sub))
		return 'aud, exp or sub is wrong';
	return null;
}

export class PushService {
	async open() {
		this.received = [];
		this.gone = new Set(); // paths of subscriptions that are no more
		this.status = 201;
		this.server = http.createServer(async (request, answer) => {
			const parts = [];
			for await (const part of request)
				parts.push(part);
			this.received.push({ path: request.url, headers: request.headers, body: Buffer.concat(parts) });
			answer.writeHead(this.gone.has(request.url) ? 410 : this.status, { Location: `${this.origin}/message/${this.received.length}` });
			answer.end();
		});
		await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.origin = `http://127.0.0.1:${this.server.address().port}`;
		return this;
	}
	close() { return new Promise((resolve) => this.server.close(resolve)); }
}
