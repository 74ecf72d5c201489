/* SPDX-License-Identifier: Apache-2.0
 * What the server says about a ward: the shapes of docs/decisions/0002-ward-in-fhir.md, word for word. */

export type ValueState = 'current' | 'stale' | 'implausible' | 'suspect' | 'missing';
export type AlertStatus = 'raised' | 'delivered' | 'acknowledged';
export type Overdue = 'due' | 'amber' | 'medium' | 'high' | 'emergency';

export interface WardSummary {
	id: string;
	name: string;
	patients: number;
	openAlerts: number;
}
export interface SystemMessage {
	level: string;
	text: string;
}
export interface Staff {
	id: string;
	name: string;
	role: string;
	onShift: boolean;
}
export interface Value {
	name: string;
	label: string;
	text: string;
	unit: string;
	measuredAt: string | null;
	receivedAt: string | null;
	part: number | null;
	state: ValueState;
	note: string | null;
	source?: string | null; /* device, app, carer, telephone */
	site?: string | null; /* of a temperature: "axilla" */
	observation: string | null;
}
export interface Score {
	scale: string;
	band: string | null;
	total: number;
	text?: string; /* "1 red, 2 yellow" on a colour scale, whose total is no score */
	complete: boolean;
	low: number;
	high: number;
	level: string;
	missing: string[];
	measuredAt: string;
	observation: string;
	spo2Scale?: number; /* NEWS2 only */
	scaleSetAt?: string | null;
	scaleSetBy?: string | null;
	chartChosenBy?: string | null; /* the age did not decide its chart */
	chartReason?: string | null;
}
export interface Rung {
	index: number;
	name: string;
	person: string | null;
}
export interface Acknowledgement {
	by: string;
	at: string;
	plan: string;
	reviewAt: string | null;
}
export interface Snooze {
	until: string;
	by: string | null;
	count: number; /* in a row */
}
export interface Alert {
	id: string;
	rule: string;
	title: string;
	level: string;
	status: AlertStatus;
	raisedAt: string;
	deadline: string | null;
	reviewMinutesMax: number; /* the policy's longest time to the next look */
	rung: Rung | null;
	callAt?: string | null; /* it waits for office hours: its rung is called then */
	acknowledgement: Acknowledgement | null;
	about?: string | null; /* the resource that gave rise to it, "Observation/…" */
	reason?: string | null; /* PEWS, NEWS2, SC, CQ, CI */
	snooze?: Snooze | null;
}
export interface Contact {
	name: string;
	relationship: string;
	phone: string;
}
export interface Patient {
	id: string;
	name: string;
	birthDate: string | null;
	age: string;
}
export interface ChartName {
	code: string;
	name: string;
}
export interface ChartChoice {
	byAge: ChartName | null;
	beside: ChartName | null; /* near a birthday that changes the chart: what may be chosen */
	chosen: { chart: ChartName; by: string; reason: string; at: string; until: string | null } | null;
}
export interface Row {
	episode: string;
	urgency: number;
	patient: Patient | null; /* null: what concerns the ward itself */
	policy: { title: string; version: string; scale?: string | null };
	admitted: string | null;
	values: Value[];
	score: Score | null;
	nextDue: string | null;
	overdue: Overdue | null;
	alerts: Alert[];
	contacts: Contact[];
	pregnant?: boolean;
	questions?: { title: string; due: string | null; answeredAt: string | null; missing: boolean }[];
	photographs?: { count: number; newestAt: string | null };
	chart?: ChartChoice | null; /* National PEWS only */
	limits?: { sign: string; label: string; above: number | null; below: number | null; level: string; by: string; reason: string; expires: string }[];
	equipment?: { device: string; name?: string; type: string; battery: number | null; lastSeen: string | null; state: string }[];
	team?: { role: string; name: string; reference: string }[];
	deceased?: boolean; /* the record says so: nobody waits for readings */
	antipyreticAt?: string | null;
	deferUntilMax?: string | null;
	defer?: { until: string; reason: string; by: string } | null;
	secondOpinion?: { phone: string; text: string } | null;
}
export interface Board {
	serverTime: string;
	dev: boolean;
	clockRate: number;
	version: number;
	ward: { id: string; name: string };
	system: SystemMessage[];
	staff: Staff[];
	rows: Row[];
}
export interface Beat {
	serverTime: string;
	version: number;
	clockRate: number;
}
