/* SPDX-License-Identifier: Apache-2.0
 * All rows, in the server's order. A row that moves takes the keyboard focus along. */
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Row } from './contract';
import { PatientRow } from './row';
import { inOrder } from './sign';

export interface RowListProps {
	rows: readonly Row[];
	all: readonly Row[];
	open: string | null;
	onOpen(episode: string): void;
}

export function RowList({ rows, all, open, onOpen }: RowListProps) {
	const list = useRef<HTMLOListElement>(null);
	const columns = useMemo(
		() => inOrder(new Set(all.flatMap((row) => row.values.map((value) => value.name)))), [all]);
	/* Moving an element in the page takes the focus from it: what had it before this render gets it back. */
	const focused = document.activeElement;
	useLayoutEffect(() => {
		if (focused instanceof HTMLElement && focused !== document.activeElement
			&& list.current?.contains(focused) && document.activeElement === document.body)
			focused.focus({ preventScroll: true });
	});
	return (
		<ol class="rows" ref={list} aria-label="Patients, most urgent first" data-columns={columns.length}>
			{rows.map((row) => (
				<PatientRow key={row.episode} row={row} columns={columns} open={row.episode === open} onOpen={onOpen} />
			))}
		</ol>
	);
}
