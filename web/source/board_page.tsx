/* SPDX-License-Identifier: Apache-2.0
 * The board of one ward: ties the live state, the list, the panel and the keys together. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { DevelopmentRibbon, NotLiveBanner, SystemMessages } from './banners';
import { At } from './clock';
import type { Row } from './contract';
import { Detail } from './detail';
import { Handovers } from './handovers';
import { Help } from './help';
import { actionOf, moved, type Action } from './keyboard';
import { now } from './now';
import { PushButton, PushPanel, usePush } from './push_switch';
import { switchboardPhone } from './record';
import { RowList } from './row_list';
import { count, firstWaiting, matches, rowName, titleText } from './summary';
import { Top } from './top';
import { Tabs } from './ward_pages';
import { useLive } from './use_live';

const SINGLE_KEYS = 'homeward-single-keys';

function rowButtons(): HTMLElement[] {
	return [...document.querySelectorAll<HTMLElement>('[data-row]')];
}
function focusRow(episode: string): void {
	rowButtons().find((button) => button.dataset.row === episode)?.focus();
}
function inField(target: EventTarget | null): boolean {
	return target instanceof HTMLElement
		&& (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)
			|| target.closest('.table-scroll') !== null);
}

export function BoardPage({ ward }: { ward: string }) {
	const { board, live, heardAt, reason, news, reload } = useLive(ward);
	const [open, setOpen] = useState<string | null>(null);
	const [acknowledging, setAcknowledging] = useState<string | null>(null);
	const [said, setSaid] = useState<string | null>(null);
	const [help, setHelp] = useState(false);
	const push = usePush();
	const [filter, setFilter] = useState('');
	const [phone, setPhone] = useState<string | null>(null);
	const [singleKeys, setSingleKeys] = useState(() => localStorage.getItem(SINGLE_KEYS) !== 'off');
	const filterField = useRef<HTMLInputElement>(null);
	/* What stands in the panel stays there, marked, when the patient leaves the board. */
	const lastOpen = useRef<Row | null>(null);

	const rows = board?.rows ?? [];
	const shown = useMemo(() => rows.filter((row) => matches(row, filter)), [rows, filter]);
	const counts = useMemo(() => (board ? count(rows) : null), [board]);
	const hidden = (counts?.waiting ?? 0) - count(shown).waiting;
	const row = rows.find((one) => one.episode === open) ?? null;
	if (row)
		lastOpen.current = row;
	const gone = open !== null && board !== null && !row && lastOpen.current?.episode === open;
	const panel = row ?? (gone ? lastOpen.current : null);
	const wardName = board?.ward.name ?? 'Ward';

	useLayoutEffect(() => {
		document.title = titleText(wardName, counts, live === 'dead');
	}, [wardName, counts, live]);
	useEffect(() => {
		switchboardPhone(ward).then(setPhone).catch(() => setPhone(null));
	}, [ward]);

	useEffect(() => {
		if (acknowledging && row && !row.alerts.some((alert) => alert.id === acknowledging)) {
			setAcknowledging(null);
			setSaid('The alert you were answering has just been closed. Nothing was sent.');
			document.getElementById('detail-title')?.focus();
		}
	}, [row, acknowledging]);

	/* `&alert=ID`, `&stay=ID`: another page sends here for this alert, this patient. */
	const wanted = useRef<URLSearchParams | null>(new URLSearchParams(location.search));
	useEffect(() => {
		if (!board || wanted.current === null)
			return;
		const alert = wanted.current.get('alert'), stay = wanted.current.get('stay');
		const found = rows.find((one) => one.episode === stay || one.alerts.some((each) => each.id === alert));
		wanted.current = null;
		if (found)
			openRow(found.episode);
	}, [board]);

	const openRow = useCallback((episode: string) => {
		setSaid(null);
		setAcknowledging(null);
		setOpen(episode);
	}, []);
	const close = () => {
		const episode = open;
		setOpen(null);
		setAcknowledging(null);
		setSaid(null);
		if (episode)
			requestAnimationFrame(() => focusRow(episode));
	};

	const act = (action: Action, event: KeyboardEvent) => {
		const buttons = rowButtons();
		const focused = buttons.findIndex((button) => button === document.activeElement);
		const from = focused >= 0 ? focused : buttons.findIndex((button) => button.dataset.row === open);
		switch (action) {
		case 'next': case 'previous': case 'first': case 'last': {
			const inPanel = document.activeElement?.closest('.detail') !== null && document.activeElement !== null;
			if (inPanel && event.key.length > 1)
				return; /* arrows scroll the panel while the focus is in it */
			const to = buttons[moved(action, from, buttons.length)];
			if (!to)
				return;
			event.preventDefault();
			to.focus();
			if (open && to.dataset.row)
				openRow(to.dataset.row);
			break;
		}
		case 'acknowledge': {
			const episode = (focused >= 0 ? buttons[focused]?.dataset.row : open) ?? null;
			const found = rows.find((one) => one.episode === episode);
			if (!found)
				return;
			event.preventDefault();
			setSaid(null);
			setOpen(found.episode);
			setAcknowledging(firstWaiting(found)?.id ?? null);
			break;
		}
		case 'help':
			event.preventDefault();
			setHelp(true);
			break;
		case 'filter':
			event.preventDefault();
			filterField.current?.focus();
			filterField.current?.select();
			break;
		case 'close':
			if (help)
				return; /* the dialog closes itself */
			if (document.activeElement === filterField.current) {
				setFilter('');
				rowButtons()[0]?.focus();
			} else if (acknowledging) {
				setAcknowledging(null);
				document.getElementById('detail-title')?.focus();
			} else if (open) {
				close();
			}
			break;
		}
	};
	const latest = useRef(act);
	latest.current = act;
	const keys = useRef({ singleKeys, help });
	keys.current = { singleKeys, help };
	useEffect(() => {
		const press = (event: KeyboardEvent) => {
			if (keys.current.help || event.defaultPrevented)
				return;
			const action = actionOf({ key: event.key, modified: event.ctrlKey || event.altKey || event.metaKey,
				inField: inField(event.target) }, keys.current.singleKeys);
			if (action)
				latest.current(action, event);
		};
		document.addEventListener('keydown', press);
		return () => document.removeEventListener('keydown', press);
	}, []);

	return (
		<div class={`page${panel ? ' page-open' : ''}${live === 'dead' ? ' page-dead' : ''}`}>
			<DevelopmentRibbon board={board} />
			<Top ward={wardName} counts={counts} live={live} heardAt={heardAt} onHelp={() => setHelp(true)}>
				<label class="find"><span class="nhsuk-u-visually-hidden">Find a patient</span>
					<input ref={filterField} class="find-field" type="search" placeholder="Find a patient  /" value={filter}
						onInput={(event) => setFilter(event.currentTarget.value)} />
				</label>
				<Tabs ward={ward} view={null} />
				<PushButton push={push} staff={board?.staff ?? []} />
			</Top>
			{live === 'dead' ? <NotLiveBanner since={heardAt} phone={phone} reason={reason} onRetry={reload} /> : null}
			<SystemMessages messages={board?.system ?? []} />
			<p class="print-only print-note">Printed <At at={now()} /> for use while the system is down. Nothing later is on this sheet.</p>
			<p class="nhsuk-u-visually-hidden" role="status">{news}</p>
			<main class="split" id="main">
				<div class="list">
					{board ? <PushPanel push={push} ward={ward} staff={board.staff} /> : null}
					{board ? <Handovers rows={rows} staff={board.staff} changed={said} onDone={reload} /> : null}
					{!board ? (
						<div class="page-wait" role="status">
							<p><strong>Loading the board…</strong></p>
							{reason ? <p>{reason} Trying again every few seconds. Meanwhile, phone the families whose readings are due.</p> : null}
						</div>
					) : rows.length === 0 ? (
						<div class="empty"><h2>No patients on this ward</h2>
							<p>A patient appears here as soon as they are admitted to the virtual ward. Nothing needs to be refreshed.</p></div>
					) : shown.length === 0 ? (
						<div class="empty"><h2>No patient matches “{filter}”</h2>
							<p>{rows.length} patients are on the ward. {hidden > 0 ? <strong class="filter-hidden">{hidden} waiting alert{hidden === 1 ? ' is' : 's are'} hidden.</strong> : null}{' '}
								<button type="button" class="link-button" onClick={() => setFilter('')}>Show all</button></p></div>
					) : (
						<>
							{filter === '' ? null : (
								<p class="filter-note" role="status">Showing {shown.length} of {rows.length} patients.{' '}
									{hidden > 0 ? <strong class="filter-hidden">{hidden} waiting alert{hidden === 1 ? ' is' : 's are'} hidden.</strong> : null}{' '}
									<button type="button" class="link-button" onClick={() => setFilter('')}>Show all</button></p>
							)}
							<RowList rows={shown} all={rows} open={open} onOpen={openRow} />
							{rows.some((one) => one.score?.scale === 'npews') ? (
								<p class="foot">National PEWS is made for children in hospital. At home it is a guide beside the rules for
									fever, worry and missing readings; it never makes a child safe by itself.</p>
							) : null}
						</>
					)}
				</div>
				{panel ? (
					<Detail key={panel.episode} row={panel} staff={board?.staff ?? []} acknowledging={acknowledging} said={gone ? `${rowName(panel)} has left this ward.` : said}
						onAcknowledging={(alert) => { setAcknowledging(alert); if (alert) setSaid(null); }} onSaid={(text) => { setSaid(text); reload(); }} onClose={close} />
				) : null}
			</main>
			{help ? <Help singleKeys={singleKeys} onClose={() => setHelp(false)} onSingleKeys={(on) => {
				setSingleKeys(on);
				localStorage.setItem(SINGLE_KEYS, on ? 'on' : 'off');
			}} /> : null}
		</div>
	);
}
