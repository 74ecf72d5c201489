// SPDX-License-Identifier: Apache-2.0
// Ward work on the hospital of tests/ward: beds, referrals and operations in short.
import assert from 'node:assert/strict';
import { parameters } from '../ward/care.mjs';
import { HW, Hospital } from '../ward/hospital.mjs';

export const own = (system, code) => ({ coding: [{ system: `${HW}CodeSystem/${system}`, code }] });
export const by = (name = 'Sister Rose') => ({ by: { valueString: name } });
export const text = (value) => ({ valueString: value });
export const code = (value) => ({ valueCode: value });

export async function within(options, run) {
	const hospital = await Hospital.open(options);
	try {
		await run(hospital);
	} finally {
		await hospital.close();
	}
}

// Any operation: the answer with its status, never asserted.
export const act = (hospital, where, values) => hospital.server.post(where, parameters(values));
export async function done(hospital, where, values) {
	const answer = await act(hospital, where, values);
	assert.ok(answer.status < 300, `${where}: ${answer.text}`);
	await hospital.settle();
	return answer.json;
}
// 409 that says what to do.
export async function conflict(hospital, where, values, words) {
	const answer = await act(hospital, where, values);
	assert.equal(answer.status, 409, `${where}: ${answer.text}`);
	assert.match(answer.json.issue[0].diagnostics, words);
}

export const location = (id, ward, operational = 'U', more = {}) => ({
	resourceType: 'Location', id, status: 'active', name: `Place ${id}`, managingOrganization: { reference: `Organization/${ward}` },
	physicalType: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code: 'bd' }] },
	operationalStatus: { system: 'http://terminology.hl7.org/CodeSystem/v2-0116', code: operational }, ...more,
});

export async function patient(hospital, id, more = {}) {
	await hospital.put({ resourceType: 'Patient', id, birthDate: '2023-05-10', name: [{ text: `Synthetic ${id}` }], ...more });
}
export async function refer(hospital, id, { ward = 'children', source = 'ed', authoredOn, ...more } = {}) {
	return hospital.put({
		resourceType: 'ServiceRequest', id: `ref-${id}`, status: 'active', intent: 'order', code: own('ward-task', 'referral'),
		extension: [{ url: `${HW}StructureDefinition/referral-source`, valueCode: source }],
		subject: { reference: `Patient/${id}` }, performer: [{ reference: `Organization/${ward}` }],
		requester: { display: 'Dr Green, A&E' }, reasonCode: [{ text: 'Febrile neutropenia, low risk' }],
		authoredOn: authoredOn ?? await hospital.now(), ...more,
	});
}
export const admit = (hospital, id, { ward = 'children', ...more } = {}) => act(hospital, 'EpisodeOfCare/$admit', {
	patient: { valueReference: { reference: `Patient/${id}` } }, ward: { valueReference: { reference: `Organization/${ward}` } }, ...more,
});
export const referral = (id) => ({ referral: { valueReference: { reference: `ServiceRequest/ref-${id}` } } });

// A criterion that the record answers.
const checked = (kind, value) => ({ url: `${HW}StructureDefinition/criterion`, extension: [{ url: 'kind', valueCode: kind }, { url: 'value', ...value }] });
// A policy version with criteria for eligibility and discharge, and a ward that uses it.
export async function criteria(hospital, ward, policy = 'childrens-cancer') {
	const { meta, ...plan } = await hospital.get(`PlanDefinition/${policy}-1`);
	assert.ok(meta);
	plan.id = `${policy}-criteria`;
	plan.version = 'criteria';
	plan.action.push(
		{ id: 'eligibility', title: 'Who may come', action: [{ id: 'phone', title: 'A phone that is answered' }, { id: 'low-risk', title: 'Low risk by the ward\'s rule' }, { title: 'Under 19', extension: [checked('age-to', { valueInteger: 18 })] }] },
		{ id: 'discharge-criteria', title: 'Who may go', action: [
			{ title: 'No fever for 24 h', extension: [checked('hours-without-fever', { valueInteger: 24 })] }, { id: 'counts', title: 'Counts rising' },
			{ id: 'quiet', title: 'No open alert above Low', extension: [checked('open-alerts-above', { valueCode: 'low' })] }] });
	await hospital.sign(plan);
	await hospital.ward(ward, plan.url);
	const { meta: other, ...organization } = await hospital.get(`Organization/${ward}`);
	assert.ok(other);
	organization.extension[0].valueCanonical = `${plan.url}|criteria`;
	organization.telecom = [{ system: 'phone', value: '01632 960111', use: 'old' }, { system: 'phone', value: '01632 960222', period: { end: '2020-01-01' } },
		{ system: 'phone', value: '01632 960555' }];
	await hospital.put(organization);
}
