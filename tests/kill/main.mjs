// SPDX-License-Identifier: Apache-2.0
// Command line of the kill test; the work is in campaign.mjs.
import { campaign } from './campaign.mjs';

function usage() {
	console.error('usage: tests/kill/run [--kills N] [--seed N] [--keep]');
	process.exit(2);
}

const options = { kills: 200, seed: Date.now() % 1000000007, keep: false };
for (let i = 2; i < process.argv.length; i++) {
	const word = process.argv[i];
	if (word === '--keep') {
		options.keep = true;
	} else if ((word === '--kills' || word === '--seed') && /^\d+$/.test(process.argv[i + 1] ?? '')) {
		options[word.slice(2)] = Number(process.argv[++i]);
	} else {
		usage();
	}
}
const report = await campaign({ ...options, say: (line) => console.log(line) });
for (const problem of report.problems.slice(0, 50))
	console.log(`PROBLEM ${problem.kind}: ${problem.text}`);
console.log(JSON.stringify(report.figures, null, 1));
console.log(`${report.figures.kills} kills, seed ${options.seed}: ${report.problems.length} problems`);
process.exit(report.problems.length === 0 ? 0 : 1);
