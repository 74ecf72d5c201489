/* SPDX-License-Identifier: Apache-2.0
 * Requests to the server with a time limit, and failures told in words a nurse can act on. */

export class Failure extends Error {
	/* status 0: no answer. `sent` says that the request may have been carried out all the same. `reasons`: each that the server
	 * gave, when it gave several; the message is then what goes before them. */
	constructor(message: string, readonly status: number, readonly sent: boolean, readonly reasons: readonly string[] = []) {
		super(message);
	}
}

interface Outcome {
	resourceType?: string;
	issue?: { details?: { text?: string }; diagnostics?: string }[];
}

function outcomeTexts(body: unknown): string[] {
	const outcome = body as Outcome | null;
	if (outcome?.resourceType !== 'OperationOutcome')
		return [];
	return (outcome.issue ?? []).map((issue) => issue.details?.text ?? issue.diagnostics ?? '').filter((text) => text !== '');
}
export function outcomeText(body: unknown): string {
	return outcomeTexts(body).join('; ');
}

function explain(status: number, said: string): string {
	const detail = said === '' ? '' : ` The server says: ${said}.`.replace(/\.\.$/, '.');
	if (status === 401 || status === 403)
		return `You are not signed in, or may not do this.${detail}`;
	if (status === 404)
		return `The server does not know this.${detail}`;
	if (status === 409)
		return `This cannot be done as things stand.${detail}`;
	if (status === 412)
		return `Someone else changed this first.${detail}`;
	if (status === 503 || status === 429)
		return `The server is busy and did not do it.${detail}`;
	if (status >= 500)
		return `The server failed (${status}).${detail}`;
	return `The server refused this (${status}).${detail}`;
}

const TIME_LIMIT_MS = 10_000;

/* Answers the parsed JSON body of a 2xx answer; throws Failure otherwise. With `version` only that one is acted on: another is
 * answered 412. */
export async function request(path: string, body?: unknown, method: 'POST' | 'PUT' = 'POST', version?: string): Promise<unknown> {
	return (await exchange(path, body, method, version)).body;
}
/* Of what takes long to work out. */
export async function requestWithin(path: string, limitMs: number): Promise<unknown> {
	return (await exchange(path, undefined, 'POST', undefined, limitMs)).body;
}

/* The same with status and headers, for an answer that says where to ask again. */
export async function exchange(path: string, body?: unknown, method: 'POST' | 'PUT' | 'DELETE' = 'POST', version?: string, limitMs = TIME_LIMIT_MS): Promise<{ status: number; headers: Headers; body: unknown }> {
	const stop = new AbortController();
	const timer = setTimeout(() => stop.abort(), limitMs);
	const sent = body !== undefined;
	const does = sent || method === 'DELETE';
	try {
		const answer = await fetch(path, {
			method: does ? method : 'GET',
			headers: {
				Accept: 'application/json, application/fhir+json',
				...(sent ? { 'Content-Type': 'application/fhir+json' } : {}),
				...(version ? { 'If-Match': `W/"${version}"` } : {}),
			},
			body: sent ? JSON.stringify(body) : null,
			cache: 'no-store',
			credentials: 'same-origin',
			signal: stop.signal,
		});
		const text = await answer.text();
		let parsed: unknown = null;
		if (text !== '') {
			try {
				parsed = JSON.parse(text);
			} catch {
				parsed = null;
			}
		}
		if (!answer.ok) {
			const reasons = outcomeTexts(parsed);
			throw reasons.length > 1 ? new Failure(explain(answer.status, ''), answer.status, false, reasons)
				: new Failure(explain(answer.status, reasons[0] ?? ''), answer.status, false);
		}
		if (parsed === null)
			throw new Failure('The server gave an answer that cannot be read.', answer.status, does);
		return { status: answer.status, headers: answer.headers, body: parsed };
	} catch (error) {
		if (error instanceof Failure)
			throw error;
		throw new Failure(stop.signal.aborted
			? `The server did not answer within ${limitMs / 1000} seconds.`
			: 'The server cannot be reached.', 0, does);
	} finally {
		clearTimeout(timer);
	}
}

export function failureText(error: unknown): string {
	if (!(error instanceof Failure))
		return 'Something in this page went wrong.';
	return error.reasons.length === 0 ? error.message : `${error.message} The server says: ${error.reasons.join('; ')}`;
}
