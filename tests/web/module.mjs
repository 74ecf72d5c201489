/* SPDX-License-Identifier: Apache-2.0
 * Loads one TypeScript module of web/source into Node, for tests of what needs no page. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'web', 'source');

export async function load(name) {
	const made = await build({ entryPoints: [join(source, name)], bundle: true, write: false, format: 'esm', platform: 'node', target: 'node18', logLevel: 'silent' });
	return import(`data:text/javascript;base64,${Buffer.from(made.outputFiles[0].contents).toString('base64')}`);
}
