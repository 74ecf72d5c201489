/* SPDX-License-Identifier: Apache-2.0
 * Web Push of this browser: one subscription, stored as one Endpoint that names whose pages it takes. The Endpoint's id comes
 * from the subscription, so that a browser that changes hands takes its old entry over, and never two people's pages. */
import type { Staff } from './contract';
import { Failure, request } from './http';

const HW = 'https://fhir.homeward.example';
const WORKER = '/board_worker.js';
const SCOPE = '/notify/board'; /* not the family's page's: a scope has one worker */
const SUBSCRIBE_MS = 20_000;

export interface EndpointResource {
	resourceType: 'Endpoint';
	id: string;
	status: 'active' | 'off';
	address: string;
	extension?: { url: string; valueReference?: { reference?: string; display?: string } }[];
	[more: string]: unknown;
}
export interface PushState {
	subscription: PushSubscription;
	endpoint: EndpointResource;
	person: string; /* id of the PractitionerRole */
}

/* Whether the hospital has set up Web Push: the server says so in the record. */
export async function pushIsSetUp(): Promise<boolean> {
	const found = await request('/fhir/Endpoint?_id=channel-web-push&status=active') as { entry?: unknown[] };
	return (found.entry?.length ?? 0) > 0;
}

export function canPush(): boolean {
	return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window && isSecureContext;
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
}
async function idOf(address: string): Promise<string> {
	const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(address)));
	return `push-${[...hash.slice(0, 20)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
function recipientOf(endpoint: EndpointResource): string {
	return endpoint.extension?.find((one) => one.url === `${HW}/StructureDefinition/recipient`)?.valueReference?.reference?.replace('PractitionerRole/', '') ?? '';
}

/* What the record says of this browser; null: it takes nobody's pages. */
export async function pushState(): Promise<PushState | null> {
	const registration = canPush() ? await navigator.serviceWorker.getRegistration(SCOPE) : undefined;
	const subscription = registration?.scope.endsWith(SCOPE) ? await registration.pushManager.getSubscription() : null;
	if (!subscription)
		return null;
	try {
		const endpoint = await request(`/fhir/Endpoint/${await idOf(subscription.endpoint)}`) as EndpointResource;
		return endpoint.status === 'active' && Notification.permission === 'granted' ? { subscription, endpoint, person: recipientOf(endpoint) } : null;
	} catch (error) {
		if (error instanceof Failure && (error.status === 404 || error.status === 410))
			return null;
		throw error;
	}
}

function within<T>(done: Promise<T>): Promise<T> {
	return Promise.race([done, new Promise<never>((_, refuse) => setTimeout(() => refuse(new Error('no answer from the browser’s push service')), SUBSCRIBE_MS))]);
}
async function activeRegistration(): Promise<ServiceWorkerRegistration> {
	const registration = await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
	const coming = registration.active ? null : registration.installing ?? registration.waiting;
	if (coming)
		await within(new Promise<void>((resolve) => {
			const look = () => { if (coming.state === 'activated') resolve(); };
			coming.addEventListener('statechange', look);
			look();
		}));
	return registration;
}

/* Why this browser cannot, in words; the browser's own reason behind. */
class PushRefused extends Failure {
	constructor(why: string) {
		super(`${why} Pages reach you by the other channels as before.`, 0, false);
	}
}

async function subscribe(): Promise<PushSubscription> {
	if (!canPush())
		throw new PushRefused('This browser cannot take notifications.');
	if (await Notification.requestPermission() !== 'granted')
		throw new PushRefused('Notifications of this page are not allowed in this browser: allow them in its settings.');
	const { publicKey } = await request('/notify/vapid-key') as { publicKey: string };
	try {
		const registration = await activeRegistration();
		return await within(registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(publicKey) }));
	} catch (error) {
		throw new PushRefused(`This browser cannot take notifications: ${error instanceof Error ? error.message : 'no reason given'}.`);
	}
}

/* On when the record has the Endpoint, or this throws. */
export async function pushOn(ward: string, by: Staff): Promise<PushState> {
	const subscription = await subscribe();
	const { p256dh, auth } = subscription.toJSON().keys ?? {};
	if (!p256dh || !auth)
		throw new PushRefused('This browser gave no key for notifications.');
	const id = await idOf(subscription.endpoint);
	const endpoint = await request(`/fhir/Endpoint/${id}`, {
		resourceType: 'Endpoint', id, status: 'active', connectionType: { system: `${HW}/CodeSystem/channel`, code: 'web-push' },
		managingOrganization: { reference: `Organization/${ward}` }, payloadType: [{ text: 'page' }], address: subscription.endpoint,
		extension: [{ url: `${HW}/StructureDefinition/recipient`, valueReference: { reference: `PractitionerRole/${by.id}`, display: by.name } },
			{ url: `${HW}/StructureDefinition/web-push`, extension: [{ url: 'p256dh', valueString: p256dh }, { url: 'auth', valueString: auth }] }],
	}, 'PUT') as EndpointResource;
	if (endpoint.resourceType !== 'Endpoint' || endpoint.status !== 'active')
		throw new Error('not active');
	return { subscription, endpoint, person: by.id };
}

/* The record first: a page to a browser that says nothing would be waited for in vain. */
export async function pushOff(state: PushState): Promise<void> {
	await request(`/fhir/Endpoint/${state.endpoint.id}`, { ...state.endpoint, status: 'off' }, 'PUT');
	await state.subscription.unsubscribe().catch(() => false);
}
