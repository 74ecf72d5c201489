#!/usr/bin/env node
/* SPDX-License-Identifier: Apache-2.0
 * Builds the front end into web/dist: type check, bundle, one style sheet. Usage: node web/build.mjs [--no-check] [--out DIR] [--depfile FILE]
 * The same input gives the same bytes and the same names, for they are embedded in the program. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { prune } from './prune_css.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, '..', 'node_modules');
const outAt = process.argv.indexOf('--out');
const out = outAt > 0 ? process.argv[outAt + 1] : join(here, 'dist');

if (!process.argv.includes('--no-check')) {
	try {
		execFileSync(process.execPath, [join(modules, 'typescript', 'bin', 'tsc'), '--noEmit', '-p', here], { stdio: 'inherit' });
	} catch {
		console.error('web: the type check failed; nothing was built');
		process.exit(1);
	}
}

/* Only our own files: a build folder may hold others beside them. */
const files = ['app.css', 'app.js', 'board_worker.js', 'home.css', 'home.html', 'home.js', 'home_worker.js', 'icon.svg', 'index.html'];
mkdirSync(out, { recursive: true });
for (const file of files)
	rmSync(join(out, file), { force: true });

const common = {
	bundle: true,
	minify: true,
	format: 'iife',
	target: 'es2022',
	charset: 'utf8',
	legalComments: 'none',
	logLevel: 'warning',
	metafile: true,
};
const bundle = await build({
	...common,
	entryPoints: [join(here, 'source', 'main.tsx')],
	outfile: join(out, 'app.js'),
	banner: { js: '/* Homeward, Apache-2.0. Holds preact (MIT) and uPlot (MIT). */' },
});
/* The family's page is small and by itself: it must start on an old phone, and without a network. */
const home = await build({
	...common,
	entryPoints: [join(here, 'source', 'home_main.tsx'), join(here, 'source', 'home_worker.ts')],
	entryNames: '[name]',
	outdir: out,
	target: 'es2020',
	banner: { js: '/* Homeward, Apache-2.0. Holds preact (MIT). */' },
});
const worker = await build({ ...common, entryPoints: [join(here, 'source', 'board_worker.ts')], outfile: join(out, 'board_worker.js') });
renameSync(join(out, 'home_main.js'), join(out, 'home.js'));

/* Only those rules of the NHS design system are kept whose classes our source names. */
const sourceText = readdirSync(join(here, 'source')).map((file) => readFileSync(join(here, 'source', file), 'utf8')).join('\n');
const nhs = prune(readFileSync(join(modules, 'nhsuk-frontend', 'dist', 'nhsuk.min.css'), 'utf8'), sourceText);
const uplot = readFileSync(join(modules, 'uplot', 'dist', 'uPlot.min.css'), 'utf8');
const own = readdirSync(join(here, 'style')).filter((file) => file !== 'home.css').sort().map((file) => readFileSync(join(here, 'style', file), 'utf8')).join('\n');
const styles = await transform(`${nhs}\n${uplot}\n${own}`, { loader: 'css', minify: true, target: 'chrome100', legalComments: 'none' });
writeFileSync(join(out, 'app.css'), `/* Homeward, Apache-2.0. Holds parts of nhsuk-frontend (MIT) and uPlot (MIT). */\n${styles.code}`);

const homeStyles = await transform(readFileSync(join(here, 'style', 'home.css'), 'utf8'), { loader: 'css', minify: true, target: 'chrome80', legalComments: 'none' });
writeFileSync(join(out, 'home.css'), homeStyles.code);

for (const file of ['index.html', 'home.html', 'icon.svg'])
	copyFileSync(join(here, file), join(out, file));
console.log(`web: ${files.map((file) => `${file} ${(statSync(join(out, file)).size / 1024).toFixed(1)} KiB`).join(', ')}`);

/* For ninja: what the bundle was made of, so that it is made again when one of them changes. */
const depfileAt = process.argv.indexOf('--depfile');
if (depfileAt > 0) {
	const styleFiles = readdirSync(join(here, 'style')).map((file) => join(here, 'style', file));
	const inputs = [...Object.keys(bundle.metafile.inputs), ...Object.keys(home.metafile.inputs), ...Object.keys(worker.metafile.inputs), join(here, 'home.html'), ...styleFiles, join(here, 'index.html'), join(here, 'icon.svg'),
		join(modules, 'nhsuk-frontend', 'dist', 'nhsuk.min.css'), join(modules, 'uplot', 'dist', 'uPlot.min.css')];
	const escaped = inputs.map((file) => resolve(file).replace(/[ #]/g, '\\$&'));
	writeFileSync(process.argv[depfileAt + 1], `${join(out, 'app.js')}: ${escaped.join(' ')}\n`);
}
