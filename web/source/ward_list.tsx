/* SPDX-License-Identifier: Apache-2.0
 * The wards of this server. Opens the only one by itself. */
import { useEffect, useState } from 'preact/hooks';
import { DevelopmentRibbon } from './banners';
import { isBoard } from './board_state';
import type { Board, WardSummary } from './contract';
import { failureText, request } from './http';

export function WardList({ stay, onOpen }: { stay: boolean; onOpen(ward: string): void }) {
	const [wards, setWards] = useState<WardSummary[] | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	const [attempt, setAttempt] = useState(0);
	const [board, setBoard] = useState<Board | null>(null);
	useEffect(() => {
		let current = true;
		request('/ward/list').then((answer) => {
			if (!current)
				return;
			if (!Array.isArray(answer))
				throw new Error('not a list');
			const found = answer as WardSummary[];
			setProblem(null);
			setWards(found);
			if (found.length === 1 && found[0] && !stay)
				onOpen(found[0].id);
			else if (found[0] && !board)
				request(`/ward/board?ward=${encodeURIComponent(found[0].id)}`)
					.then((one) => setBoard(isBoard(one) ? one : null), () => setBoard(null));
		}).catch((error: unknown) => {
			if (current)
				setProblem(failureText(error));
		});
		const timer = window.setTimeout(() => setAttempt(attempt + 1), 15_000);
		return () => {
			current = false;
			window.clearTimeout(timer);
		};
	}, [attempt]);
	useEffect(() => {
		document.title = 'Wards: Homeward';
	}, []);
	return (
		<div class="page">
			<DevelopmentRibbon board={board} />
			<header class="top"><div class="top-ward"><span class="top-home">Homeward</span><h1 class="top-name">Wards</h1></div><nav class="tabs" aria-label="Pages of this server"><a class="tab" href="/?policies">Policies</a></nav></header>
			<main class="ward-list" id="main">
				{problem ? (
					<div class="problem" role="alert"><strong>The list of wards cannot be loaded.</strong> {problem} {wards === null ? '' : 'What stands below is old. '}The page tries again by itself.
						Until it works, phone the ward.{' '}
						<button type="button" class="link-button" onClick={() => setAttempt(attempt + 1)}>Try now</button></div>
				) : null}
				{wards === null ? (problem ? null : <p class="page-wait" role="status">Loading…</p>)
					: wards.length === 0 ? (
						<div class="empty"><h2>No ward yet</h2>
							<p>A ward is an Organization of type “virtual-ward” in the record. This page shows it as soon as there is one.</p></div>
					) : (
						<ul class="wards">
							{wards.map((ward) => (
								<li key={ward.id}><a class="ward-link" href={`/?ward=${encodeURIComponent(ward.id)}`}>
									<span class="ward-name">{ward.name}</span>
									<span>{ward.patients} patient{ward.patients === 1 ? '' : 's'}</span>
									<span class={ward.openAlerts > 0 ? 'ward-alerts' : ''}>{ward.openAlerts} open alert{ward.openAlerts === 1 ? '' : 's'}</span>
								</a></li>
							))}
						</ul>
					)}
			</main>
		</div>
	);
}
