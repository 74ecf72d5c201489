/* SPDX-License-Identifier: Apache-2.0
 * Shows a page that comes by Web Push, also while no board is open. The message says whom to phone and a reference, never
 * anything of a patient; more than it says is not shown. It proves to the server that it was shown, and later opened. */
interface WorkerEvent extends Event {
	waitUntil(done: Promise<unknown>): void;
}
interface PushEvent extends WorkerEvent {
	data: { json(): unknown } | null;
}
interface ClickEvent extends WorkerEvent {
	notification: Notification;
}
interface WorkerScope {
	registration: ServiceWorkerRegistration;
	clients: { matchAll(options: object): Promise<Window[]>; openWindow(url: string): Promise<unknown> };
	skipWaiting(): Promise<void>;
}
interface Window {
	url: string;
	focus(): Promise<unknown>;
}
interface Message {
	communication?: string;
	token?: string;
	text?: string;
}

const scope = self as unknown as WorkerScope;
const TRIES = 5;
const PAUSE_MS = 2000;

/* Without a receipt the server takes the page as not delivered and goes on to the next channel: the safe side. */
async function receipt(message: Message, event: 'delivered' | 'seen'): Promise<void> {
	if (!message.communication || !message.token)
		return;
	for (let tries = TRIES; tries > 0; tries--) {
		try {
			const answer = await fetch('/notify/push-receipt', { method: 'POST', headers: { 'Content-Type': 'application/json' }, keepalive: true,
				body: JSON.stringify({ communication: message.communication, token: message.token, event }) });
			if (answer.status < 500 && answer.status !== 429)
				return;
		} catch { /* no network: again */ }
		await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
	}
}

function messageOf(event: PushEvent): Message {
	try {
		return event.data?.json() as Message ?? {};
	} catch {
		return {};
	}
}

/* A browser takes the right to push from a page that shows nothing: whatever came, something is shown. */
async function show(message: Message): Promise<void> {
	await scope.registration.showNotification('Homeward', {
		body: message.text ?? 'Homeward: look at the board.', tag: message.communication ?? 'homeward', icon: '/icon.svg', requireInteraction: true,
		data: { communication: message.communication, token: message.token } });
	await receipt(message, 'delivered');
}

async function openBoard(): Promise<void> {
	const windows = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
	const board = windows.find((one) => new URL(one.url).pathname === '/' && new URL(one.url).searchParams.has('ward')) ?? windows.find((one) => new URL(one.url).pathname === '/');
	try {
		await (board ? board.focus() : scope.clients.openWindow('/'));
	} catch { /* the browser allows it only right after a press: the page was opened all the same */ }
}

addEventListener('install', () => void scope.skipWaiting());
addEventListener('push', (event) => (event as PushEvent).waitUntil(show(messageOf(event as PushEvent))));
addEventListener('notificationclick', (event) => {
	const { notification } = event as ClickEvent;
	notification.close();
	(event as ClickEvent).waitUntil(Promise.all([openBoard(), receipt(notification.data as Message ?? {}, 'seen')]));
});
