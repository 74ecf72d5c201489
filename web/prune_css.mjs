/* SPDX-License-Identifier: Apache-2.0
 * Keeps the rules of a minified style sheet whose classes all occur in `source`. @font-face goes, because no font is
 * fetched from anywhere; a rule with url() goes, because the page may load nothing from outside itself. */

/* The blocks of one nesting level as [prelude, body]; a body is the text between its braces. */
function blocks(css) {
	const found = [];
	let depth = 0, start = 0, open = 0, quote = '';
	for (let at = 0; at < css.length; at++) {
		const character = css[at];
		if (quote !== '') {
			if (character === '\\')
				at++;
			else if (character === quote)
				quote = '';
		} else if (character === '"' || character === "'") {
			quote = character;
		} else if (character === '{') {
			if (depth++ === 0)
				open = at;
		} else if (character === '}' && --depth === 0) {
			found.push([css.slice(start, open).trim(), css.slice(open + 1, at)]);
			start = at + 1;
		} else if (character === ';' && depth === 0) {
			start = at + 1; /* @charset and the like */
		}
	}
	return found;
}

function selectors(prelude) {
	const found = [];
	let depth = 0, start = 0;
	for (let at = 0; at <= prelude.length; at++) {
		if (at === prelude.length || (prelude[at] === ',' && depth === 0)) {
			found.push(prelude.slice(start, at).trim());
			start = at + 1;
		} else if (prelude[at] === '(') {
			depth++;
		} else if (prelude[at] === ')') {
			depth--;
		}
	}
	return found;
}

export function prune(css, source) {
	const used = new Set(source.match(/nhsuk-[\w-]+/g) ?? []);
	const kept = (selector) => {
		const classes = selector.match(/\.[\w-]+/g) ?? [];
		return classes.length > 0 && classes.every((name) => used.has(name.slice(1)));
	};
	const walk = (text) => blocks(text).map(([prelude, body]) => {
		if (prelude.startsWith('@media') || prelude.startsWith('@supports')) {
			const inner = walk(body);
			return inner === '' ? '' : `${prelude}{${inner}}`;
		}
		if (prelude.startsWith('@') || /url\(/i.test(body))
			return '';
		const some = selectors(prelude).filter(kept);
		return some.length === 0 ? '' : `${some.join(',')}{${body.replace(/Frutiger W01,\s*arial,\s*sans-serif/gi, 'inherit')}}`;
	}).join('');
	return walk(css.replace(/\/\*[\s\S]*?\*\//g, ''));
}
