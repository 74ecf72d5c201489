/* SPDX-License-Identifier: Apache-2.0
 * Runs axe-core in a page and fails with what it found. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export async function assertAccessible(page, state) {
	await page.evaluate(source);
	const found = await page.evaluate((runOnly) => window.axe.run(document, { runOnly, resultTypes: ['violations'] }), RULES);
	const told = found.violations.map((violation) => `${violation.id}: ${violation.help}\n` + violation.nodes
		.map((node) => `  ${node.html.slice(0, 160)}\n  ${node.failureSummary.slice(0, 240)}`).join('\n'));
	assert.deepEqual(told, [], `axe on: ${state}`);
	assert.ok(found.passes.length > 5, 'axe looked at the page');
}
