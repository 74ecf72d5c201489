/* SPDX-License-Identifier: Apache-2.0
 * A photograph as the record takes it: made small on the phone, without the place and the camera that phones write into it. */
import { HW, type Resource } from './home_queue';

const SIDE_MAX = 1600;
const QUALITY = 0.8;

export async function photograph(file: File, patient: string, at: string): Promise<Resource> {
	const picture = await createImageBitmap(file);
	const scale = Math.min(1, SIDE_MAX / Math.max(picture.width, picture.height));
	const canvas = document.createElement('canvas');
	canvas.width = Math.round(picture.width * scale);
	canvas.height = Math.round(picture.height * scale);
	canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
	const data = canvas.toDataURL('image/jpeg', QUALITY).split(',')[1] ?? '';
	if (data === '')
		throw new Error('no picture');
	return {
		resourceType: 'Media', status: 'completed', subject: { reference: `Patient/${patient}` }, createdDateTime: at,
		type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/media-type', code: 'image' }] },
		height: canvas.height, width: canvas.width, content: { contentType: 'image/jpeg', data, creation: at },
		extension: [{ url: `${HW}StructureDefinition/source`, valueCode: 'app' }],
	};
}
