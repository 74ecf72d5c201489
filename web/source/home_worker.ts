/* SPDX-License-Identifier: Apache-2.0
 * Keeps the family's page openable without a network. Only the page itself is kept, never anything of the record; the
 * newest one is used whenever the server gives it in good time. */
const KEPT = 'homeward-home-1';
const PATIENCE_MS = 4000; /* a line that is up but carries nothing must not keep the page from opening */
const FILES = ['/home', '/home.js', '/home.css', '/icon.svg'];

interface WorkerEvent extends Event {
	waitUntil(done: Promise<unknown>): void;
}
interface FetchEvent extends WorkerEvent {
	request: Request;
	respondWith(answer: Promise<Response>): void;
}

async function keep(): Promise<void> {
	const cache = await caches.open(KEPT);
	await cache.addAll(FILES);
}

async function newest(request: Request, file: string): Promise<Response> {
	const cache = await caches.open(KEPT);
	const kept = await cache.match(file);
	const asked = fetch(request).then(async (answer) => {
		if (answer.ok)
			await cache.put(file, answer.clone());
		return answer.ok ? answer : kept ?? answer;
	});
	if (!kept)
		return asked;
	const patience = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
	return Promise.race([asked.catch(() => kept), patience]);
}

addEventListener('install', (event) => (event as WorkerEvent).waitUntil(keep()));
addEventListener('fetch', (event) => {
	const { request, respondWith } = event as FetchEvent;
	const file = new URL(request.url).pathname;
	if (request.method === 'GET' && FILES.includes(file))
		respondWith.call(event, newest(request, file));
});
