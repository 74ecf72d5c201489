// SPDX-License-Identifier: Apache-2.0
// A seeded generator, so that the choices of a run can be made again.
export class Random {
	constructor(seed) {
		this.state = (seed * 2654435761 + 1) >>> 0;
	}

	// 0 <= x < 1
	next() {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let x = this.state;
		x = Math.imul(x ^ (x >>> 15), x | 1);
		x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
		return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
	}

	below(count) {
		return Math.floor(this.next() * count);
	}

	pick(list) {
		return list[this.below(list.length)];
	}

	// Between low and high, each order of magnitude alike.
	spread(low, high) {
		return low * Math.pow(high / low, this.next());
	}
}
