/* SPDX-License-Identifier: Apache-2.0
 * A plain table of a ward's page; the first cell of a row names it. On a telephone each row stands as a block, each cell under
 * its head; the roles are written out because a table that is laid out as blocks loses them. */
import type { ComponentChildren } from 'preact';
import { clockText } from './time';

export function Table({ label, heads, rows, empty }: { label: string; heads: readonly string[]; rows: readonly { key: string; cells: ComponentChildren[] }[]; empty: string }) {
	if (rows.length === 0)
		return <p class="empty">{empty}</p>;
	return (
		<div class="table-scroll" tabIndex={0} role="region" aria-label={label}>
			<table class="plain-table stack" role="table"><thead role="rowgroup"><tr role="row">{heads.map((head) => <th key={head} scope="col" role="columnheader">{head}</th>)}</tr></thead>
				<tbody role="rowgroup">{rows.map((row) => <tr key={row.key} role="row">{row.cells.map((cell, index) => index === 0 ? <th key={index} scope="row" role="rowheader">{cell}</th>
					: <td key={index} role="cell" data-head={heads[index]}>{cell}</td>)}</tr>)}</tbody>
			</table>
		</div>
	);
}
export const at = (text: string | null | undefined) => text ? clockText(Date.parse(text), Date.now()) : '–';
