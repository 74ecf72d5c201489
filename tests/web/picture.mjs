/* SPDX-License-Identifier: Apache-2.0
 * Takes the picture of the board for README.md: a real server, made-up children.
 * Usage: node tests/web/picture.mjs [FILE, default docs/images/board.png] */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../kill/server.mjs';
import { openBrowser } from './browser.mjs';
import { PEWS_16, startWard, WELL } from './ward.mjs';

const file = process.argv[2] ?? join(root, 'docs', 'images', 'board.png');
const home = (age) => ({ respiratoryRate: age < 5 ? 28 : age < 13 ? 22 : 18, heartRate: age < 5 ? 112 : age < 13 ? 96 : 82, spo2: 98,
	temperature: 36.7, worried: false });
const CHILDREN = [
	['Amara', 'Okafor', 3], ['Billy', 'Thornton', 3], ['Chloe', 'Evans', 7], ['Daniyal', 'Rahman', 2], ['Elsie', 'Wren', 4],
	['Farah', 'Siddiqui', 9], ['George', 'Pike', 11], ['Hana', 'Novak', 6], ['Isaac', 'Bell', 14], ['Jasmine', 'Lowe', 5],
];

const ward = await startWard();
const browser = await openBrowser();
try {
	await ward.prepare();
	for (const [index, [given, family, age]] of CHILDREN.entries())
		await ward.admit(`child-${index}`, given, family, age, index === 3 ? 5.2 : 2);
	await ward.observe('child-3', { ...home(2), heartRate: 118 }, 310);
	for (let index = 4; index < CHILDREN.length; index++)
		await ward.observe(`child-${index}`, { ...home(CHILDREN[index][2]), temperature: 36 + (index % 4 + 4) / 10 }, 8 * index);
	await ward.observe('child-2', { ...home(7), respiratoryRate: 27, heartRate: 124, spo2: 94, worried: true }, 14);
	await ward.observe('child-1', { ...WELL, temperature: 38.0 }, 4);
	await ward.observe('child-0', { ...PEWS_16, temperature: 38.9, consciousness: 'A' }, 1);
	const page = await browser.context.newPage();
	await page.setViewportSize({ width: 1440, height: 900 });
	await page.goto(`${ward.url}/`);
	await page.waitForFunction((count) => document.querySelectorAll('.row').length === count, CHILDREN.length);
	await page.waitForSelector('.alert-emergency');
	await page.waitForTimeout(2500);
	mkdirSync(dirname(file), { recursive: true });
	await page.screenshot({ path: file });
	console.log(file);
} finally {
	await browser.close();
	await ward.stop();
}
