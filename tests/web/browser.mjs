/* SPDX-License-Identifier: Apache-2.0
 * Real Chromium for the tests: fresh profile, nothing of its own on the network. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const haveChromium = existsSync(EXECUTABLE);

export async function openBrowser() {
	const profile = mkdtempSync(join(tmpdir(), 'homeward-chromium-'));
	const context = await chromium.launchPersistentContext(profile, {
		executablePath: EXECUTABLE,
		headless: true,
		viewport: { width: 1366, height: 768 },
		locale: 'en-GB',
		timezoneId: 'America/New_York', /* the page must show London's time wherever the machine thinks it is */
		args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync'],
	});
	return {
		context,
		async close() {
			await context.close();
			rmSync(profile, { recursive: true, force: true });
		},
	};
}

/* Everything the console complains about, as text. */
export function watchConsole(page) {
	const complaints = [];
	page.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warning')
			complaints.push(`${message.type()}: ${message.text()}`);
	});
	page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
	return complaints;
}
