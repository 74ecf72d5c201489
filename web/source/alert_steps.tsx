/* SPDX-License-Identifier: Apache-2.0
 * Everything that happened to one alert, read from the record when it is opened. */
import { story } from './alert_history';
import { At } from './clock';
import { pagesAbout, taskVersions } from './record';
import { useLoaded } from './use_loaded';

export interface AlertStepsProps {
	task: string;
	patient: string | null;
	since: number;
	names: ReadonlyMap<string, string>;
	stamp: string; /* changes when the alert does: then it is read again */
}

export function AlertSteps({ task, patient, since, names, stamp }: AlertStepsProps) {
	const { found: steps, problem } = useLoaded(async () => {
		const [versions, pages] = await Promise.all([taskVersions(task), pagesAbout(patient, task, since)]);
		return story(versions, pages, names);
	}, [task, stamp]);
	if (problem)
		return <p class="problem">The history could not be loaded. {problem}</p>;
	if (!steps)
		return <p class="quiet">Loading the history…</p>;
	return (
		<ol class="steps">
			{steps.map((step, index) => (
				<li key={index}>
					<span class="step-time"><At at={step.at} /></span>
					<span><strong>{step.text}</strong>{step.detail === '' ? '' : `: ${step.detail}`}</span>
				</li>
			))}
		</ol>
	);
}
