/* SPDX-License-Identifier: Apache-2.0 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { prune } from '../../web/prune_css.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

test('the bundle type-checks, is the same bytes each time, and loads nothing from outside', { timeout: 120_000 }, () => {
	const one = mkdtempSync(join(tmpdir(), 'homeward-web-')), two = mkdtempSync(join(tmpdir(), 'homeward-web-'));
	try {
		execFileSync(process.execPath, [join(root, 'web', 'build.mjs'), '--out', one], { stdio: 'pipe' });
		execFileSync(process.execPath, [join(root, 'web', 'build.mjs'), '--no-check', '--out', two], { stdio: 'pipe' });
		const files = readdirSync(one).sort();
		assert.deepEqual(files, ['app.css', 'app.js', 'board_worker.js', 'home.css', 'home.html', 'home.js', 'home_worker.js', 'icon.svg', 'index.html']);
		for (const file of files)
			assert.deepEqual(readFileSync(join(one, file)), readFileSync(join(two, file)), file);
		for (const file of ['index.html', 'home.html'])
			assert.doesNotMatch(readFileSync(join(one, file), 'utf8'), /<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|https?:/, 'no inline script, style or handler');
		const home = readFileSync(join(one, 'home.js')).length;
		assert.ok(home < 76 * 1024, `home.js has ${home} bytes`); /* seven languages, for a start without a network */
		const css = readFileSync(join(one, 'app.css'), 'utf8');
		assert.doesNotMatch(css, /url\(|@font-face|@import/i);
		assert.match(css, /\.nhsuk-button/);
		const size = readFileSync(join(one, 'app.js')).length;
		assert.ok(size < 212 * 1024, `app.js has ${size} bytes`); /* referrals, equipment, people, policies and their trials, Web Push, what an alert is about */
	} finally {
		rmSync(one, { recursive: true });
		rmSync(two, { recursive: true });
	}
});
test('the pruner keeps what is named, in its media query, and drops fonts and addresses', () => {
	const css = '@font-face{src:url(x)}.nhsuk-a,.nhsuk-b:not(.nhsuk-c,.x){font-family:Frutiger W01,arial,sans-serif;content:"}"}@media print{.nhsuk-a{top:0}.nhsuk-z{top:1px}}body{margin:0}.nhsuk-a{background:url("x")}';
	assert.equal(prune(css, 'class="nhsuk-a"'), '.nhsuk-a{font-family:inherit;content:"}"}@media print{.nhsuk-a{top:0}}');
});
