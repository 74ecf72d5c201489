/* SPDX-License-Identifier: Apache-2.0
 * Who is acting: remembered until the window is closed, never guessed. */
import type { Staff } from './contract';

const KEY = 'homeward-who';

export function rememberedStaff(staff: readonly Staff[]): string {
	const id = sessionStorage.getItem(KEY) ?? '';
	return staff.some((one) => one.id === id) ? id : '';
}
export function rememberStaff(id: string): void {
	sessionStorage.setItem(KEY, id);
}

/* On shift first, then by name. */
export function byShift(staff: readonly Staff[]): { onShift: Staff[]; others: Staff[] } {
	const sorted = staff.slice().sort((a, b) => a.name.localeCompare(b.name));
	return { onShift: sorted.filter((one) => one.onShift), others: sorted.filter((one) => !one.onShift) };
}
