/* SPDX-License-Identifier: Apache-2.0
 * The live board as state of a component: the rows, how live they are, and what is new. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Board } from './contract';
import { DEAD_AFTER, liveness, type Liveness, type Moment } from './liveness';
import { hear, now } from './now';
import { armNotLive, newAlertTone } from './sound';
import { moment, Stream } from './stream';
import { levelOf } from './level';
import { newAlerts, rowName } from './summary';

export interface Live {
	board: Board | null;
	live: Liveness;
	heardAt: number | null; /* server's time of the last message */
	reason: string | null;
	news: string; /* to be read aloud */
	reload(): void;
}

const REARM_MS = 300_000;

export function useLive(ward: string): Live {
	const [board, setBoard] = useState<Board | null>(null);
	const [live, setLive] = useState<Liveness>('waiting');
	const [heardAt, setHeardAt] = useState<number | null>(null);
	const [reason, setReason] = useState<string | null>(null);
	const [news, setNews] = useState('');
	const stream = useRef<Stream | null>(null);

	useEffect(() => {
		const began = moment();
		let heardMoment: Moment | null = null, armedAt = Date.now();
		armNotLive(DEAD_AFTER / 1000);
		let before: Board | null = null;
		let timeHeard: string | null = null;
		const judge = () => {
			const state = liveness(heardMoment, began, moment());
			setLive(state);
			if (state === 'dead' && Date.now() - armedAt >= REARM_MS) {
				armedAt = Date.now();
				armNotLive(0);
			}
		};
		stream.current = new Stream(ward, {
			board(next) {
				if (next.serverTime !== timeHeard) {
					timeHeard = next.serverTime;
					hear(next.serverTime, next.clockRate);
				}
				const found = before ? newAlerts(before.rows, next.rows) : [];
				if (found.length > 0) {
					setNews(found.map(({ row, alert }) =>
						`New ${levelOf(alert.level).word} alert: ${rowName(row)}, ${alert.title}`).join('. '));
					newAlertTone();
				}
				before = next;
				setBoard(next);
			},
			heard() {
				heardMoment = moment();
				armedAt = Date.now();
				armNotLive(DEAD_AFTER / 1000);
				setReason(null);
				judge();
				setHeardAt(Math.floor(now() / 1000) * 1000);
			},
			failed(why) {
				setReason(why);
				judge();
			},
		});
		const timer = window.setInterval(judge, 1000);
		document.addEventListener('visibilitychange', judge);
		window.addEventListener('pageshow', judge);
		window.addEventListener('focus', judge);
		return () => {
			window.clearInterval(timer);
			document.removeEventListener('visibilitychange', judge);
			window.removeEventListener('pageshow', judge);
			window.removeEventListener('focus', judge);
			stream.current?.close();
		};
	}, [ward]);

	return { board, live, heardAt, reason, news, reload: () => void stream.current?.load() };
}
