/* SPDX-License-Identifier: Apache-2.0
 * Photographs that a family sent, newest first. They are read when somebody opens them, few at a time: each may be large. */
import { useEffect, useState } from 'preact/hooks';
import { At } from './clock';
import { failureText } from './http';
import { photographsOf } from './record';
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

export function Photographs({ patient, count, newestAt }: PhotographsProps) {
	const [open, setOpen] = useState(0); /* how many; 0: closed */
	const [media, setMedia] = useState<(ToldPicture | null)[]>([]);
	const [problem, setProblem] = useState<string | null>(null);
	const [attempt, setAttempt] = useState(0);
	useEffect(() => {
		let current = true;
		if (open > 0)
			photographsOf(patient, open).then((found) => {
				if (current) {
					setMedia(found.map(pictureOf));
					setProblem(null);
				}
			}).catch((error: unknown) => {
				if (current)
					setProblem(failureText(error));
			});
		return () => {
			current = false;
		};
	}, [patient, open, count, newestAt, attempt]);
	const shown = media.filter((one): one is ToldPicture => one !== null), hidden = media.length - shown.length;
	return (
		<>
			{count === 1 ? '1 photograph' : `${count} photographs`}{newestAt ? <>, the newest at <At at={newestAt} /></> : null}{' '}
			<button type="button" class="link-button" data-action="photographs" aria-expanded={open > 0} onClick={() => setOpen(open > 0 ? 0 : EACH)}>{open > 0 ? 'Hide' : 'Show'}</button>
			{open === 0 ? null : problem ? <p class="problem" role="alert">The photographs could not be loaded. {problem} <button type="button" class="link-button" onClick={() => setAttempt(attempt + 1)}>Try again</button></p>
				: media.length === 0 ? <p class="quiet">Loading…</p> : <>
					<PictureList pictures={shown} />
					{hidden > 0 ? <p>{hidden} cannot be shown here: <a href={`/fhir/Media?patient=${encodeURIComponent(patient)}&_sort=-created`} target="_blank" rel="noreferrer">open in the record (FHIR)</a></p> : null}
					{media.length < count && media.length === open ? <button type="button" class="link-button" onClick={() => setOpen(open + EACH)}>Show older ones</button> : null}
				</>}
		</>
	);
}
