/* SPDX-License-Identifier: Apache-2.0
 * "I am worried": one press and one more. Nothing says that the ward knows before the ward has answered. */
import { useState } from 'preact/hooks';
import { say } from './home_words';

export function Worry({ language, told, failed, onWorried }: {
	language: string; told: string | null; failed: boolean; onWorried(): void;
}) {
	const [asking, setAsking] = useState(false);
	if (asking)
		return (
			<section class="card worry" aria-labelledby="worry-title">
				<p class="alarm">{say(language, 'worried999')}</p>
				<h2 id="worry-title">{say(language, 'worriedAsk')}</h2>
				<button type="button" class="big danger" onClick={() => { setAsking(false); onWorried(); }}>{say(language, 'worriedYes')}</button>
				<button type="button" class="big plain" onClick={() => setAsking(false)}>{say(language, 'worriedBack')}</button>
			</section>
		);
	return (
		<section class="card" aria-label={say(language, 'worried')}>
			<button type="button" class="big danger" onClick={() => setAsking(true)}>{say(language, 'worried')}</button>
			{told ? <p class="good" role="status">{say(language, 'worriedTold', { time: told })}</p> : null}
			{failed ? <p class="alarm" role="alert">{say(language, 'worriedNot')}</p> : null}
		</section>
	);
}
