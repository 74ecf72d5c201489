/* SPDX-License-Identifier: Apache-2.0
 * "I am worried": one press and one more. Nothing says that the ward knows before the ward has answered. */
import { useState } from 'preact/hooks';
import { say } from './home_words';

export interface Worried {
	told: string | null; /* when the ward was told */
	failed: boolean;
}

export function WorryQuestion({ language, onYes, onBack }: { language: string; onYes(): void; onBack(): void }) {
	return (
		<section class="card worry" aria-labelledby="worry-title">
			<p class="alarm">{say(language, 'worried999')}</p>
			<h2 id="worry-title" tabIndex={-1} ref={(title) => title?.focus()}>{say(language, 'worriedAsk')}</h2>
			<button type="button" class="big danger" onClick={onYes}>{say(language, 'worriedYes')}</button>
			<button type="button" class="big plain" onClick={onBack}>{say(language, 'back')}</button>
		</section>
	);
}

export function WorryTold({ language, worried }: { language: string; worried: Worried }) {
	return (
		<>
			{worried.told ? <p class="good" role="status">{say(language, 'worriedTold', { time: worried.told })}</p> : null}
			{worried.failed ? <p class="alarm" role="alert">{say(language, 'worriedNot')}</p> : null}
		</>
	);
}

export function Worry({ language, worried, onWorried }: { language: string; worried: Worried; onWorried(): void }) {
	const [asking, setAsking] = useState(false);
	if (asking)
		return <WorryQuestion language={language} onYes={() => { setAsking(false); onWorried(); }} onBack={() => setAsking(false)} />;
	return (
		<section class="card" aria-label={say(language, 'worried')}>
			<button type="button" class="big danger" onClick={() => setAsking(true)}>{say(language, 'worried')}</button>
			<WorryTold language={language} worried={worried} />
		</section>
	);
}
