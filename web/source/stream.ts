/* SPDX-License-Identifier: Apache-2.0
 * Keeps the board true: loads it, follows its events, and starts over whenever that breaks.
 * After any break the whole board is loaded again and the stream resumes after the board's version, so that nothing
 * rests on what a lost connection may or may not have delivered. */
import { apply, isBoard, readEvent, type Message } from './board_state';
import type { Board } from './contract';
import { failureText, request } from './http';
import { elapsed, type Moment } from './liveness';

const RETRY_MS = [500, 1000, 2000, 4000, 5000];
const SILENT_MS = 12_000;      /* a connection that brings nothing for so long is broken */
const RECONCILE_MS = 60_000;   /* the whole board once a minute, whatever the events said */

export interface StreamWatcher {
	board(board: Board): void;
	heard(): void;
	failed(reason: string): void;
}

export function moment(): Moment {
	return { wall: Date.now(), steady: performance.now() };
}

export class Stream {
	private board: Board | null = null;
	private source: EventSource | null = null;
	private loading = false;
	private meanwhile: Message[] = [];
	private closed = false;
	private attempt = 0;
	private retryAt: Moment | null = null;
	private retryAfter = 0;
	private heardAt = moment();
	private loadedAt = moment();
	private readonly timer: number;
	private readonly check = () => this.tick();

	constructor(private readonly ward: string, private readonly watcher: StreamWatcher) {
		this.timer = window.setInterval(this.check, 1000);
		document.addEventListener('visibilitychange', this.check);
		window.addEventListener('pageshow', this.check);
		window.addEventListener('online', this.check);
		void this.load();
	}

	close(): void {
		this.closed = true;
		window.clearInterval(this.timer);
		document.removeEventListener('visibilitychange', this.check);
		window.removeEventListener('pageshow', this.check);
		window.removeEventListener('online', this.check);
		this.source?.close();
	}

	/* Loads the whole board now, for instance after an acknowledgement or when a person asks. */
	async load(): Promise<void> {
		if (this.loading || this.closed)
			return;
		this.loading = true;
		this.meanwhile = [];
		this.retryAt = null;
		try {
			const board = await request(`/ward/board?ward=${encodeURIComponent(this.ward)}`);
			if (this.closed)
				return;
			if (!isBoard(board))
				throw new Error('not a board');
			this.loadedAt = moment();
			this.take({ kind: 'snapshot', board });
			/* What the stream told while the snapshot was on its way may be newer than it. */
			for (const message of this.meanwhile)
				this.take(message);
			if (!this.source)
				this.open(board.version);
		} catch (error) {
			if (!this.closed)
				this.broken(error instanceof Error && error.message === 'not a board'
					? 'The server sent a board that cannot be read.' : failureText(error));
		} finally {
			this.loading = false;
			this.meanwhile = [];
		}
	}

	private take(message: Message): void {
		this.heardAt = moment();
		const next = apply(this.board, message);
		this.watcher.heard();
		if (next && next !== this.board) {
			this.board = next;
			this.watcher.board(next);
		}
	}

	private open(after: number): void {
		const source = new EventSource(`/ward/events?ward=${encodeURIComponent(this.ward)}&after=${after}`);
		this.source = source;
		source.onopen = () => {
			this.attempt = 0;
		};
		source.onerror = () => {
			if (this.source === source)
				this.broken('The live connection broke.');
		};
		for (const kind of ['row', 'remove', 'system', 'beat'])
			source.addEventListener(kind, (event) => this.receive(source, kind, event as MessageEvent<string>));
	}

	private receive(source: EventSource, kind: string, event: MessageEvent<string>): void {
		if (this.source !== source)
			return;
		const message = readEvent(kind, event.data);
		if (message) {
			if (this.loading && message.kind !== 'beat')
				this.meanwhile.push(message);
			this.take(message);
		} else {
			this.broken('The server sent an event that cannot be read.');
		}
	}

	private broken(reason: string): void {
		this.source?.close();
		this.source = null;
		this.watcher.failed(reason);
		this.retryAfter = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)] ?? 5000;
		this.retryAt = moment();
		this.attempt++;
	}

	private tick(): void {
		const now = moment();
		if (this.loading || this.closed)
			return;
		if (this.retryAt) {
			if (elapsed(this.retryAt, now) >= this.retryAfter)
				void this.load();
			return;
		}
		if (elapsed(this.heardAt, now) >= SILENT_MS) {
			this.broken('Nothing was heard from the server.');
			void this.load();
		} else if (elapsed(this.loadedAt, now) >= RECONCILE_MS) {
			void this.load();
		}
	}
}
