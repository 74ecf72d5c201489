/* SPDX-License-Identifier: Apache-2.0
 * Which key does what. Single keys act only outside of fields, and can be switched off (WCAG 2.1.4). */

export type Action = 'next' | 'previous' | 'first' | 'last' | 'acknowledge' | 'help' | 'filter' | 'close';

export interface Press {
	key: string;
	modified: boolean; /* control, alt or meta held */
	inField: boolean;  /* the focus is in something one types or chooses in */
}

export function actionOf(press: Press, singleKeys: boolean): Action | null {
	if (press.modified)
		return null;
	if (press.key === 'Escape')
		return 'close';
	if (press.inField)
		return null;
	switch (press.key) {
	case 'ArrowDown': return 'next';
	case 'ArrowUp': return 'previous';
	case 'Home': return 'first';
	case 'End': return 'last';
	}
	if (!singleKeys)
		return null;
	switch (press.key) {
	case 'j': return 'next';
	case 'k': return 'previous';
	case 'a': return 'acknowledge';
	case '?': return 'help';
	case '/': return 'filter';
	default: return null;
	}
}

/* The index to go to in a list of `length`, from `from` (-1: nowhere yet); -1 when the list is empty. */
export function moved(action: Action, from: number, length: number): number {
	if (length === 0)
		return -1;
	switch (action) {
	case 'next': return Math.min(length - 1, from + 1);
	case 'previous': return Math.max(0, from - 1);
	case 'last': return length - 1;
	default: return 0;
	}
}
