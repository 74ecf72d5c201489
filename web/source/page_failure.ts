/* SPDX-License-Identifier: Apache-2.0
 * When the page's own code fails, what stands on the screen may be wrong for ever: say so in red, without any of that
 * code, and start afresh. A wall screen has nobody to press a button. */

const RELOAD_MS = 15_000;
let told = false;

function tell(): void {
	if (told)
		return;
	told = true;
	const banner = document.createElement('section');
	banner.className = 'not-live page-failed';
	banner.setAttribute('role', 'alert');
	const title = document.createElement('p');
	title.className = 'not-live-title';
	title.textContent = 'This page has failed: do not rely on it. Phone the nurse in charge.';
	const more = document.createElement('p');
	more.textContent = 'It starts again by itself in a few seconds. If it fails again, use another device.';
	banner.append(title, more);
	document.body.prepend(banner);
	document.title = 'PAGE FAILED: Homeward';
	window.setTimeout(() => location.reload(), RELOAD_MS);
}

/* Errors without an error object are the browser's own notices (ResizeObserver), not failures of ours. */
export function watchForFailure(): void {
	window.addEventListener('error', (event) => {
		if (event.error)
			tell();
	});
	window.addEventListener('unhandledrejection', tell);
}
