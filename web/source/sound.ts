/* SPDX-License-Identifier: Apache-2.0
 * Two plain tones, only after a person switched sound on (browsers allow none before that). They draw attention
 * to the screen; they are no medical alarm signal and the ladder does not rest on them.
 * The tone for "not live" is planned ahead on the audio clock with every message that arrives and called off by the
 * next one: a browser slows the timers of a window that nobody looks at, but not its sound. */

let audio: AudioContext | null = null;
let watch: GainNode | null = null;
let armedAfter = -1;

const LOUDNESS = 0.25;
const REPEAT_SECONDS = 10;
const REPEATS = 60;

export function soundOn(): boolean {
	return audio !== null;
}

export async function switchSound(on: boolean): Promise<void> {
	if (on && !audio) {
		audio = new AudioContext();
		const tone = audio.createOscillator();
		tone.frequency.value = 440;
		watch = audio.createGain();
		watch.gain.value = 0;
		tone.connect(watch).connect(audio.destination);
		tone.start();
		await audio.resume();
		beep([660], 0.12);
		if (armedAfter >= 0)
			armNotLive(armedAfter);
	} else if (!on && audio) {
		const old = audio;
		audio = null;
		watch = null;
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
		volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
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

/* Two tones `after` seconds from now and every ten seconds from then on, unless armed again before. */
export function armNotLive(after: number): void {
	armedAfter = after;
	if (!audio || !watch)
		return;
	const { gain } = watch;
	const start = audio.currentTime + after;
	gain.cancelScheduledValues(audio.currentTime);
	gain.setValueAtTime(0, audio.currentTime);
	for (let repeat = 0; repeat < REPEATS; repeat++) {
		for (const offset of [0, 0.5]) {
			const at = start + repeat * REPEAT_SECONDS + offset;
			gain.setValueAtTime(LOUDNESS, at);
			gain.setValueAtTime(0, at + 0.35);
		}
	}
}
