/* SPDX-License-Identifier: Apache-2.0
 * Whom to telephone. Who cannot hear calls by way of an assistant who types: Relay UK, 18001 before the number, 18000 in an
 * emergency (relayuk.bt.com). The numbers are kept on the phone, for they are needed most without a network. */
import type { Home } from './home_state';
import { say } from './home_words';

const RELAY = '18001', RELAY_EMERGENCY = '18000';

/* As it is dialled: digits alone; by relay a national number, as the service wants it. */
export function dialled(phone: string, relay: boolean): string {
	const digits = phone.replace(/\(0\)/g, '').replace(/[^+\d]/g, '');
	if (!relay || digits.startsWith(RELAY))
		return digits;
	return RELAY + digits.replace(/^(\+|00)44/, '0').replace(/^\+/, '00');
}

export interface Numbers {
	ward: string | null;
	second: string | null;
	relay: boolean;
}
export function rememberNumbers(patient: string, home: Home): Numbers {
	const numbers = { ward: home.ward?.phone ?? null, second: home.secondOpinion?.phone ?? null, relay: home.family?.relay === true };
	try {
		localStorage.setItem(`homeward-phones-${patient}`, JSON.stringify(numbers));
	} catch {
		/* no room on the phone: they stand on the page as long as it is open */
	}
	return numbers;
}
export function rememberedNumbers(patient: string): Numbers {
	try {
		const found = JSON.parse(localStorage.getItem(`homeward-phones-${patient}`) ?? '{}') as Partial<Numbers>;
		return { ward: found.ward ?? null, second: found.second ?? null, relay: found.relay === true };
	} catch {
		return { ward: null, second: null, relay: false };
	}
}

export function Phones({ numbers, language }: { numbers: Numbers; language: string }) {
	const { ward, second, relay } = numbers;
	return (
		<nav class="phones" aria-label={say(language, !ward && !second ? 'emergency' : relay ? 'callRelay' : 'call')}>
			{relay ? <a class="call emergency" href={`tel:${RELAY_EMERGENCY}`}>{say(language, 'emergencyRelay')}</a> : null}
			<a class={relay ? 'call quiet-call' : 'call emergency'} href="tel:999">{say(language, 'emergency')}</a>
			{ward ? <a class="call" href={`tel:${dialled(ward, relay)}`}>{say(language, relay ? 'callRelay' : 'call')}: <bdi dir="ltr">{relay ? `${RELAY} ${ward}` : ward}</bdi></a> : null}
			{second ? <a class="call quiet-call" href={`tel:${dialled(second, relay)}`}>{say(language, 'second')}: <bdi dir="ltr">{relay ? `${RELAY} ${second}` : second}</bdi></a> : null}
		</nav>
	);
}
