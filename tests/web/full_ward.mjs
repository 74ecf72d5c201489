/* SPDX-License-Identifier: Apache-2.0
 * A ward on a real server as a tired nurse meets it: 20 children, 8 of them with an alert that waits, long names, missing values, a
 * referral, a kit, beds, a contact who reads another language. All of it made up. */
import { HW, PEWS_16, startWard, WELL } from './ward.mjs';

const NAMES = [['Amara', 'Okafor'], ['Billy', 'Thornton'], ['Chloe', 'Evans'], ['Daniyal', 'Rahman'], ['Elsie', 'Wren'], ['Farah', 'Siddiqui'], ['George', 'Pike'], ['Hana', 'Novak'],
	['Wolfeschlegelsteinhausen-Alexandrina', 'Featherstonehaugh-Cholmondeley'], ['Isaac', 'Bell'], ['Jasmine', 'Lowe'], ['Kofi', 'Mensah'], ['Lily', 'Hart'], ['Mohammed', 'Aziz'], ['Nora', 'Quinn'],
	['Oscar', 'Field'], ['Priya', 'Nair'], ['Quentin', 'Marsh'], ['Rosa', 'Costa'], ['Samuel', 'Okoro']];
export const PATIENTS = NAMES.length;
const SIGNS = [{ ...PEWS_16, temperature: 38.9, consciousness: 'A' }, { ...WELL, temperature: 38.0 }, { ...WELL, respiratoryRate: 44, heartRate: 152, spo2: 94 }, { ...WELL, worried: true },
	{ ...WELL, temperature: 39.1 }, { ...WELL, temperature: 35.8 }, { ...WELL, worried: true, temperature: 37.9 }, { ...WELL, respiratoryRate: 52, heartRate: 160 }];

async function equip(ward) {
	const type = (code) => ({ coding: [{ system: `${HW}/CodeSystem/device-type`, code }] });
	const owner = { reference: `Organization/${ward.id}` };
	await ward.put({ resourceType: 'Device', id: 'kit-1', status: 'active', type: type('kit'), owner, patient: { reference: 'Patient/child-2' } });
	await ward.put({ resourceType: 'Device', id: 'oximeter-1', status: 'active', type: type('oximeter'), parent: { reference: 'Device/kit-1' }, owner });
	await ward.put({ resourceType: 'Device', id: 'kit-2', status: 'active', type: type('kit'), owner });
	await ward.put({ resourceType: 'Location', id: 'bed-1', status: 'active', name: 'Bed 1', managingOrganization: owner,
		physicalType: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code: 'bd' }] } });
	await ward.put({ resourceType: 'Patient', id: 'referred', name: [{ text: 'Tilly Barnes' }], birthDate: '2020-01-01' });
	await ward.put({ resourceType: 'ServiceRequest', id: 'referral-1', status: 'active', intent: 'order', subject: { reference: 'Patient/referred' }, authoredOn: new Date(await ward.now()).toISOString(),
		code: { coding: [{ system: `${HW}/CodeSystem/ward-task`, code: 'referral' }] }, performer: [owner], extension: [{ url: `${HW}/StructureDefinition/referral-source`, valueCode: 'ed' }] });
}

export async function fullWard() {
	const ward = await startWard();
	await ward.prepare();
	const organization = await ward.send('GET', `/fhir/Organization/${ward.id}`);
	await ward.put({ ...organization, telecom: [{ system: 'phone', value: '020 7946 0123' }] });
	for (const [index, [given, family]] of NAMES.entries())
		await ward.admit(`child-${index}`, given, family, 3, 5);
	for (let index = 0; index < PATIENTS; index++)
		await ward.observe(`child-${index}`, SIGNS[index] ?? (index === 12 ? { temperature: 36.6 } : WELL), 3 + index);
	await equip(ward);
	for (let tries = 0; tries < 1200; tries++) {
		const board = await ward.send('GET', `/ward/board?ward=${ward.id}`);
		if (board.rows.flatMap((row) => row.alerts.filter((alert) => !alert.acknowledgement)).length >= SIGNS.length && board.rows.length >= PATIENTS)
			return ward;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	await ward.stop();
	throw new Error('the ward did not fill');
}
