/* SPDX-License-Identifier: Apache-2.0
 * Where a temperature was taken, in the words of the server (src/ward/site.c has the sources of the codes; a test compares
 * both). What is not known stands as it was sent. */
interface Concept {
	coding?: { system?: string; code?: string; display?: string }[];
	text?: string;
}

const LOINC = 'http://loinc.org', SNOMED = 'http://snomed.info/sct', MDC = 'urn:iso:std:iso:11073:10101';
export const BODY_SITES: Record<string, string> = {
	[`${SNOMED}|91470000`]: 'axilla', [`${SNOMED}|422543003`]: 'axilla',
	[`${SNOMED}|42859004`]: 'tympanic', [`${SNOMED}|117590005`]: 'ear',
	[`${SNOMED}|74262004`]: 'oral', [`${SNOMED}|123851003`]: 'oral',
	[`${SNOMED}|34402009`]: 'rectal', [`${SNOMED}|52795006`]: 'forehead', [`${SNOMED}|450721000`]: 'temple',
	[`${SNOMED}|39937001`]: 'skin', [`${SNOMED}|26893007`]: 'groin', [`${SNOMED}|89837001`]: 'bladder',
	[`${SNOMED}|71836000`]: 'nasopharynx', [`${SNOMED}|32849002`]: 'oesophagus',
};
/* Codes of a temperature that name its site. */
export const SIGNS_BY_SITE: Record<string, string> = {
	[`${LOINC}|8328-7`]: 'axilla', [`${LOINC}|8329-5`]: 'core', [`${LOINC}|8331-1`]: 'oral', [`${LOINC}|8332-9`]: 'rectal',
	[`${LOINC}|8333-7`]: 'tympanic', [`${LOINC}|8334-5`]: 'bladder', [`${LOINC}|75539-7`]: 'temporal artery',
	[`${SNOMED}|415882003`]: 'axilla', [`${SNOMED}|415945006`]: 'oral', [`${SNOMED}|307047009`]: 'rectal',
	[`${SNOMED}|415974002`]: 'tympanic', [`${SNOMED}|415922000`]: 'temporal artery', [`${SNOMED}|415929009`]: 'groin',
	[`${MDC}|150368`]: 'core', [`${MDC}|150392`]: 'tympanic', [`${MDC}|188420`]: 'rectal',
	[`${MDC}|188424`]: 'oral', [`${MDC}|188428`]: 'ear', [`${MDC}|188452`]: 'axilla',
};

function wordOf(concept: Concept | undefined, words: Record<string, string>): string {
	for (const coding of concept?.coding ?? []) {
		const word = words[`${coding.system ?? ''}|${coding.code ?? ''}`];
		if (word)
			return word;
	}
	return '';
}

export function isTemperatureBySite(concept: Concept | undefined): boolean {
	return wordOf(concept, SIGNS_BY_SITE) !== '';
}

/* `stated`: the bodySite of the Observation, not of a panel that the temperature is a part of. */
export function siteText(stated: Concept | undefined, code: Concept | undefined): string {
	const sign = wordOf(code, SIGNS_BY_SITE), coding = stated?.coding?.[0];
	const place = wordOf(stated, BODY_SITES) || stated?.text?.trim() || coding?.display?.trim() || coding?.code || '';
	return place !== '' && sign !== '' && place !== sign ? `${place}, coded as ${sign}` : place || sign;
}
