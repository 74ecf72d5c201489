/* SPDX-License-Identifier: Apache-2.0
 * Which keys there are, what the marks mean, and the switch for single keys. */
import { useEffect, useRef } from 'preact/hooks';
import { LevelTag } from './shape';

const KEYS: readonly [string, string][] = [
	['j or ↓', 'next patient'],
	['k or ↑', 'previous patient'],
	['Enter', 'open the patient'],
	['a', 'acknowledge the most urgent alert of the patient'],
	['Esc', 'close, and go back to the list'],
	['/', 'find a patient'],
	['?', 'this help'],
];

export interface HelpProps {
	singleKeys: boolean;
	onSingleKeys(on: boolean): void;
	onClose(): void;
}

export function Help({ singleKeys, onSingleKeys, onClose }: HelpProps) {
	const dialog = useRef<HTMLDialogElement>(null);
	useEffect(() => {
		dialog.current?.showModal();
	}, []);
	return (
		<dialog class="help" ref={dialog} aria-labelledby="help-title" onClose={onClose}>
			<h2 id="help-title">Keys and marks</h2>
			<table class="plain-table">
				<caption class="nhsuk-u-visually-hidden">Keys</caption>
				<tbody>
					{KEYS.map(([key, what]) => <tr key={key}><th scope="row"><kbd>{key}</kbd></th><td>{what}</td></tr>)}
				</tbody>
			</table>
			<p class="help-levels">
				{['emergency', 'high', 'medium', 'low', 'none', 'technical'].map((level) => <LevelTag key={level} level={level} />)}
			</p>
			<p><span class="points points-2">+2</span> points a value adds to the score. <strong>old</strong>: measured more than
				four hours ago. <strong>check</strong>: unusual, repeat it. <strong>invalid</strong>: kept, not scored.
				<strong>earlier</strong>: from an earlier set, not in this score.</p>
			<p>A <strong>partial</strong> score leaves out what was not measured; “could be up to” is the score if all of that were at its worst.</p>
			<label class="help-switch">
				<input type="checkbox" checked={singleKeys} onChange={(event) => onSingleKeys(event.currentTarget.checked)} />
				Use single keys (j, k, a, /, ?)
			</label>
			<button type="button" class="nhsuk-button nhsuk-button--secondary" onClick={() => dialog.current?.close()}>Close</button>
		</dialog>
	);
}
