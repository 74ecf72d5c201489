/* SPDX-License-Identifier: Apache-2.0
 * Everything that happened to one alert, read from the record when it is opened. */
import { useEffect, useState } from 'preact/hooks';
import { story, type Step } from './alert_history';
import { At } from './clock';
import { failureText } from './http';
import { pagesAbout, taskVersions } from './record';

export interface AlertStepsProps {
	task: string;
	patient: string | null;
	since: number;
	names: ReadonlyMap<string, string>;
	stamp: string; /* changes when the alert does: then it is read again */
}

export function AlertSteps({ task, patient, since, names, stamp }: AlertStepsProps) {
	const [steps, setSteps] = useState<Step[] | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	useEffect(() => {
		let current = true;
		Promise.all([taskVersions(task), pagesAbout(patient, task, since)])
			.then(([versions, pages]) => {
				if (current) {
					setSteps(story(versions, pages, names));
					setProblem(null);
				}
			})
			.catch((error: unknown) => {
				if (current)
					setProblem(failureText(error));
			});
		return () => {
			current = false;
		};
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
