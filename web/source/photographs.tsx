/* SPDX-License-Identifier: Apache-2.0
 * Photographs that a family sent, newest first. They are read when somebody opens them, few at a time: each may be large. */
import { useEffect, useState } from 'preact/hooks';
import { At } from './clock';
import { failureText } from './http';
import { photograph } from './record';
import { pictureOf, type ToldPicture } from './told';

const EACH = 4;

function PictureOne({ picture, number }: { picture: ToldPicture; number: number }) {
	const [large, setLarge] = useState(false);
	return (
		<figure class={large ? 'photograph photograph-large' : 'photograph'}>
			<button type="button" class="photograph-button" aria-pressed={large} aria-label={`Photograph ${number}, ${large ? 'make it small' : 'make it large'}`} onClick={() => setLarge(!large)}>
				<img src={`data:${picture.type};base64,${picture.data}`} alt="" />
			</button>
			<figcaption>{picture.at === null ? 'time not given' : <At at={picture.at} />}{picture.note === '' ? '' : `: ${picture.note}`}</figcaption>
		</figure>
	);
}

export function PictureList({ pictures }: { pictures: readonly ToldPicture[] }) {
	if (pictures.length === 0)
		return null;
	return <div class="photographs">{pictures.map((picture, index) => <PictureOne key={index} picture={picture} number={index + 1} />)}</div>;
}

export interface PhotographsProps {
	patient: string;
	count: number;
	newestAt: string | null;
}

/* Of what the ward counted, `open` at most, newest first; null stands for one that a page cannot draw. */
function usePhotographs({ patient, count, newestAt }: PhotographsProps, open: number, attempt: number) {
	const [media, setMedia] = useState<(ToldPicture | null)[]>([]);
	const [state, setState] = useState<{ busy: boolean; problem: string | null }>({ busy: false, problem: null });
	useEffect(() => {
		let current = true;
		const load = async () => {
			const found: (ToldPicture | null)[] = [];
			let next: string | undefined;
			do {
				const page = await photograph(patient, next);
				if (!current)
					return;
				found.push(...page.found.map(pictureOf));
				next = page.next;
				setMedia((before) => found.length > before.length ? [...found] : before);
			} while (next !== undefined && found.length < open);
			setMedia(found);
			setState({ busy: false, problem: null });
		};
		if (open > 0) {
			setState({ busy: true, problem: null });
			load().catch((error: unknown) => {
				if (current)
					setState({ busy: false, problem: failureText(error) });
			});
		}
		return () => {
			current = false;
		};
	}, [patient, open, count, newestAt, attempt]);
	return { media, ...state };
}

export function Photographs(props: PhotographsProps) {
	const { patient, count, newestAt } = props;
	const [open, setOpen] = useState(0); /* how many; 0: closed */
	const [attempt, setAttempt] = useState(0);
	const { media, busy, problem } = usePhotographs(props, open, attempt);
	const shown = media.filter((one): one is ToldPicture => one !== null);
	/* Drawn by no page, or filed under another record of the same patient. */
	const left = busy || problem ? 0 : Math.min(open, count) - shown.length;
	return (
		<>
			{count === 1 ? '1 photograph' : `${count} photographs`}{newestAt ? <>, the newest at <At at={newestAt} /></> : null}{' '}
			<button type="button" class="link-button" data-action="photographs" aria-expanded={open > 0} onClick={() => setOpen(open > 0 ? 0 : EACH)}>{open > 0 ? 'Hide' : 'Show'}</button>
			{open === 0 ? null : <>
				<PictureList pictures={shown} />
				{busy ? <p class="quiet" role="status">Loading…</p> : null}
				{problem ? <p class="problem" role="alert">The photographs could not be loaded. {problem} <button type="button" class="link-button" onClick={() => setAttempt(attempt + 1)}>Try again</button></p> : null}
				{left > 0 ? <p>{left} cannot be shown here: <a href={`/fhir/Media?patient=${encodeURIComponent(patient)}&_sort=-created`} target="_blank" rel="noreferrer">look in the record (FHIR)</a></p> : null}
				{!busy && media.length >= open && open < count ? <button type="button" class="link-button" onClick={() => setOpen(open + EACH)}>Show older ones</button> : null}
			</>}
		</>
	);
}
