/* SPDX-License-Identifier: Apache-2.0
 * Two plain tones, only after a person switched sound on (browsers allow none before that). They draw attention
 * to the screen; they are no medical alarm signal and the ladder does not rest on them. */

let audio: AudioContext | null = null;

export function soundOn(): boolean {
	return audio !== null;
}

export async function switchSound(on: boolean): Promise<void> {
	if (on && !audio) {
		audio = new AudioContext();
		await audio.resume();
		beep([660], 0.12);
	} else if (!on && audio) {
		const old = audio;
		audio = null;
		await old.close();
	}
}

function beep(pitches: readonly number[], length: number): void {
	if (!audio)
		return;
	let at = audio.currentTime + 0.02;
	for (const pitch of pitches) {
		const tone = audio.createOscillator();
		const volume = audio.createGain();
		tone.frequency.value = pitch;
		volume.gain.setValueAtTime(0, at);
		volume.gain.linearRampToValueAtTime(0.25, at + 0.02);
		volume.gain.linearRampToValueAtTime(0, at + length);
		tone.connect(volume).connect(audio.destination);
		tone.start(at);
		tone.stop(at + length);
		at += length + 0.08;
	}
}

export function newAlertTone(): void {
	beep([660, 880], 0.18);
}
export function notLiveTone(): void {
	beep([440, 440, 330], 0.3);
}
