/* SPDX-License-Identifier: Apache-2.0
 * What must not be overlooked about the page itself: not live, trouble in the system, development mode. */
import { At } from './clock';
import type { Board, SystemMessage } from './contract';
import { levelOf } from './level';
import { Shape } from './shape';
import { telephone } from './due';

export interface NotLiveProps {
	since: number | null; /* server's time when it was last heard; null: never */
	phone: string | null;
	reason: string | null;
	onRetry(): void;
}

export function NotLiveBanner({ since, phone, reason, onRetry }: NotLiveProps) {
	return (
		<section class="not-live" aria-label="Not live">
			<div role="alert">
				<p class="not-live-title">
					<Shape level="emergency" />
					<span>{since === null ? 'Not live: the server has not answered' : <>Not live since <At at={since} /></>}: do not rely on
						this page</span>
				</p>
				<p>
					{phone
						? <>Phone the switchboard: <a href={telephone(phone)}>{phone}</a>. </>
						: 'Phone the nurse in charge. '}
					Phone families whose readings are due. New readings and new alerts are <strong>not</strong> shown here.
				</p>
			</div>
			<p class="not-live-reason">{reason ? `${reason} ` : ''}This page tries again every few seconds.</p>
			<button type="button" class="not-live-button" onClick={onRetry}>Try now</button>
		</section>
	);
}

export function SystemMessages({ messages }: { messages: readonly SystemMessage[] }) {
	if (messages.length === 0)
		return null;
	return (
		<section class="system" aria-label="System messages">
			<div role="status"><ul>
				{messages.map((message) => (
					<li key={message.text} class={`system-line system-${levelOf(message.level).key}`}>
						<Shape level={message.level} /> <strong>System:</strong> {message.text}
					</li>
				))}
			</ul></div>
		</section>
	);
}

export function DevelopmentRibbon({ board }: { board: Pick<Board, 'dev' | 'clockRate'> | null }) {
	if (!board?.dev)
		return null;
	return (
		<aside class="ribbon" aria-label="Development mode">
			Development mode: no login, not for real patients
			{board.clockRate === 1 ? '' : `. The clock runs at ${board.clockRate} times its speed`}
		</aside>
	);
}
