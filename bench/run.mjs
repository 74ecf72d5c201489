// SPDX-License-Identifier: Apache-2.0
// bench/run [--quick] [--build FOLDER] [--only ROW,ROW] [--size N] [--stored N] [--minutes N] [--work FOLDER] [--out FILE] [--proof]
// Measures every row of the design's table of speed and size, each beside a limit or a rival in the same run,
// and writes bench/FIGURES.md. bench/README.md says what each row is.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root, run } from './measure.mjs';
import { measures } from './rows.mjs';

const { values: options } = parseArgs({
	options: {
		quick: { type: 'boolean', default: false },
		build: { type: 'string', default: path.join(root, 'build') },
		only: { type: 'string', default: measures.map((m) => m.name).join(',') },
		size: { type: 'string' },
		stored: { type: 'string' },
		minutes: { type: 'string' },
		work: { type: 'string' },
		out: { type: 'string' },
		proof: { type: 'boolean', default: false },
	},
});
const quick = options.quick;
const plan = {
	quick,
	build: path.resolve(options.build),
	shared: process.env.HOMEWARD_SHARED ?? path.join(root, '../shared'),
	rounds: 3,
	seconds: quick ? 3 : 8,
	size: Number(options.size ?? (quick ? 100000 : 1000000)),
	bundles: quick ? 8 : Infinity,
	triggers: quick ? 200 : 600,
	alertSeconds: quick ? 10 : 30,
	sustainedSeconds: Number(options.minutes ?? (quick ? 0.25 : 5)) * 60,
	many: quick ? { homes: 2000, wards: 20, big: 200 } : { homes: 10000, wards: 100, big: 1000 },
	stored: Number(options.stored ?? (quick ? 40000 : 144000)),
	threads: Math.max(2, os.cpus().length),
};
const asked = options.only.split(',');
const unknown = asked.filter((name) => !measures.some((m) => m.name === name));
if (unknown.length > 0 || !(plan.size >= 10000) || !(plan.stored >= 1000)) {
	console.error(`bench/run: rows are ${measures.map((m) => m.name).join(', ')}; --size at least 10000, --stored at least 1000`);
	process.exit(2);
}

const tools = ['store_bench', 'fhir_bench', 'http_load', 'http_constant', 'disk_bench', 'ward_load'].map((name) => `bench/${name}`);
execFileSync('ninja', ['-C', plan.build, 'homeward', ...tools], { stdio: ['ignore', 'ignore', 'inherit'] });
const work = fs.mkdtempSync(path.join(options.work ?? os.tmpdir(), 'homeward-bench-'));
const loadBefore = os.loadavg()[0];
const rows = [];
try {
	for (const measure of measures.filter((m) => asked.includes(m.name))) {
		const folder = path.join(work, measure.name);
		fs.mkdirSync(folder);
		process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${measure.name}: ${measure.what}\n`);
		for (const row of await measure.run({ ...plan, folder })) {
			rows.push(row);
			process.stderr.write(`         ${row.work}: ${row.figure}; ${row.ratio}\n`);
		}
		fs.rmSync(folder, { recursive: true, force: true });
	}
} finally {
	fs.rmSync(work, { recursive: true, force: true });
}

/* The ward's rows for docs/ward-proof.md; those measured before stand beside the new ones. */
function writeProof(about) {
	const file = path.join(root, 'docs/proof/load.json');
	const known = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).rows : [];
	const fresh = rows.filter((row) => row.met !== undefined).map((row) => ({ work: row.work, asked: row.asked, measured: `${row.figure} (${row.details})`, met: row.met ? 'yes' : '**no**' }));
	fs.writeFileSync(file, `${JSON.stringify({ about, rows: [...known.filter((row) => !fresh.some((one) => one.work === row.work)), ...fresh] }, null, '\t')}\n`);
}

const git = (words) => run('git', ['-C', root, ...words]).trim();
const changed = git(['status', '--porcelain', '--', 'src', 'bench']) !== '' ? ' with changes' : '';
const cpu = /^model name\s*: (.*)$/m.exec(fs.readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'processor';
const text = [
	'# Figures',
	'',
	`${new Date().toISOString().slice(0, 10)}, commit ${git(['rev-parse', '--short=12', 'HEAD'])}${changed}; ${os.cpus().length} cores (${cpu}), ${Math.round(os.totalmem() / 2 ** 30)} GiB of memory; load average ${loadBefore.toFixed(1)} before the run:`,
	'what else runs on the machine takes its share, so the ratios, measured in turns within one run, say more than the absolute figures.',
	`Command: \`bench/run${process.argv.slice(2).map((word) => ` ${word}`).join('').replace(/ --(work|out|build) \S+/g, '')}\`. Load generators run on the same cores. Written by the program; [README.md](README.md) explains the rows.`,
	'',
	'| work | asked | measured | ratio in this run | details |',
	'|---|---|---|---|---|',
	...rows.map((row) => `| ${row.work} | ${row.asked} | ${row.figure} | ${row.ratio} | ${row.details} |`),
	'',
].join('\n');
fs.writeFileSync(options.out ?? path.join(root, 'bench/FIGURES.md'), text);
console.log(text);
if (options.proof)
	writeProof(`Measured ${new Date().toISOString().slice(0, 10)} by \`bench/run --proof\` at commit ${git(['rev-parse', '--short=12', 'HEAD'])}${changed}; ${os.cpus().length} cores (${cpu}), load average ${loadBefore.toFixed(1)} before the run; the load generators run on the same cores.`);
