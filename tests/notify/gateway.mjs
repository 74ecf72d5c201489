// SPDX-License-Identifier: Apache-2.0
// A gateway simulator and the settings of a server that sends through it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { GatewaySimulator } from './gateway_simulator.mjs';

export const TOKEN = 'synthetic-receipt-token';

export async function openGateway(options = {}) {
	const gateway = await new GatewaySimulator({ token: TOKEN, ...options }).open();
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-notify-'));
	const secret = (name, text) => {
		fs.writeFileSync(path.join(folder, name), `${text}\n`, { mode: 0o600 });
		return path.join(folder, name);
	};
	gateway.env = {
		HOMEWARD_NOTIFY_GATEWAY_URL: gateway.url,
		HOMEWARD_NOTIFY_GATEWAY_SERVICE_ID: gateway.service,
		HOMEWARD_NOTIFY_GATEWAY_SECRET_FILE: secret('gateway', gateway.secret),
		HOMEWARD_NOTIFY_SMS_TEMPLATE_ID: 'f33517ff-2a88-4f6e-b855-c550268ce08a',
		HOMEWARD_NOTIFY_VOICE_TEMPLATE_ID: '8d63b4ae-5d11-4d94-9d6d-2f5a2f0a4c11',
		HOMEWARD_NOTIFY_RECEIPT_TOKEN_FILE: secret('receipt', TOKEN),
	};
	gateway.folder = folder;
	const close = gateway.close.bind(gateway);
	gateway.close = async () => {
		await close();
		fs.rmSync(folder, { recursive: true, force: true });
	};
	return gateway;
}
