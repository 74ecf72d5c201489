/* SPDX-License-Identifier: Apache-2.0
 * A plain table of a ward's page; the first cell of a row names it. */
import type { ComponentChildren } from 'preact';
import { clockText } from './time';

export function Table({ label, heads, rows, empty }: { label: string; heads: readonly string[]; rows: readonly { key: string; cells: ComponentChildren[] }[]; empty: string }) {
	if (rows.length === 0)
		return <p class="empty">{empty}</p>;
	return (
		<div class="table-scroll" tabIndex={0} role="region" aria-label={label}>
			<table class="plain-table"><thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
				<tbody>{rows.map((row) => <tr key={row.key}>{row.cells.map((cell, index) => index === 0 ? <th key={index} scope="row">{cell}</th> : <td key={index}>{cell}</td>)}</tr>)}</tbody>
			</table>
		</div>
	);
}
export const at = (text: string | null | undefined) => text ? clockText(Date.parse(text), Date.now()) : '–';
