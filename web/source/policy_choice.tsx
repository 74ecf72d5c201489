/* SPDX-License-Identifier: Apache-2.0
 * Another policy for a stay: which are in force, and what it would change for this patient, before anybody presses. */
import { useEffect, useState } from 'preact/hooks';
import type { ActionField } from './action_form';
import type { Row } from './contract';
import { failureText } from './http';
import { canonicalOf, policyDifferences, policyName } from './policy_words';
import { policies, type Policy } from './record';

export interface PolicyList {
	list: readonly Policy[]; /* in force, the newest version of each first */
	problem: string | null;
}

/* Read when it is wanted: null while it is not there yet. */
export function usePolicies(wanted: boolean): PolicyList | null {
	const [found, setFound] = useState<PolicyList | null>(null);
	useEffect(() => {
		let current = true;
		if (wanted)
			policies().then((all) => {
				const list = all.filter((one) => one.status === 'active')
					.sort((a, b) => (a.title ?? a.id).localeCompare(b.title ?? b.id) || (b.version ?? '').localeCompare(a.version ?? '', undefined, { numeric: true }));
				if (current)
					setFound({ list, problem: null });
			}, (error: unknown) => { if (current) setFound({ list: [], problem: failureText(error) }); });
		return () => { current = false; };
	}, [wanted]);
	return found;
}

/* Of several with one name and version the page cannot tell which is meant. */
function currentOf(row: Row, list: readonly Policy[]): Policy | null {
	const same = list.filter((one) => one.title === row.policy.title && one.version === row.policy.version);
	return same.length === 1 ? same[0] ?? null : null;
}

const KINDS = { new: 'New: ', gone: 'No more: ', other: '' };

function PolicyChange({ before, after }: { before: Policy | null; after: Policy }) {
	const found = before ? policyDifferences(before, after) : [];
	return (
		<>
			<p>It counts from now on, and its own schedule comes with it unless hours stand above. Alerts that are open stay as they were raised.</p>
			{before ? null : <p><strong>The policy of now is not in force any more</strong>, so what differs cannot be listed here. <a href="/?policies">Read both</a>.</p>}
			{before && found.length === 0 ? <p>Nothing that the rules read differs.</p> : null}
			{found.length > 0 ? <><p><b>{policyName(after)}</b> differs from {before ? policyName(before) : ''} in:</p>
				<ul class="sub policy-change">{found.map((one) => <li key={one.kind + one.title}><b>{KINDS[one.kind]}{one.title}</b>{one.text === '' ? '' : `: ${one.text}`}</li>)}</ul></> : null}
		</>
	);
}

export function policyField(row: Row, found: PolicyList | null): ActionField {
	const now = `${row.policy.title}, version ${row.policy.version}`;
	const before = currentOf(row, found?.list ?? []);
	const others = (found?.list ?? []).filter((one) => one !== before);
	return {
		name: 'policy', label: 'Policy', kind: 'choice', optional: true, empty: `Keep ${now}`,
		options: others.map((one) => ({ value: canonicalOf(one), label: policyName(one) })),
		about: (value) => {
			const after = others.find((one) => canonicalOf(one) === value);
			if (found?.problem)
				return <p class="problem">Other policies cannot be read now: {found.problem}</p>;
			return after ? <PolicyChange before={before} after={after} /> : null;
		},
	};
}
