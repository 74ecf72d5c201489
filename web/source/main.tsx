/* SPDX-License-Identifier: Apache-2.0
 * Start of the page: `/?ward=ID` is a board, with `&view=round` and so on another page of the ward, `/?policies` the policies,
 * `/` the list of wards. */
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { BoardPage } from './board_page';
import { watchForFailure } from './page_failure';
import { PoliciesPage } from './policies_page';
import { WardList } from './ward_list';
import { viewOf, WardPage } from './ward_pages';

function App() {
	const query = new URLSearchParams(location.search);
	const [ward, setWard] = useState(query.get('ward'));
	const view = viewOf(query.get('view'));
	if (ward !== null && ward !== '' && view !== null)
		return <WardPage ward={ward} view={view} />;
	if (ward !== null && ward !== '')
		return <BoardPage ward={ward} />;
	if (query.has('policies'))
		return <PoliciesPage />;
	return <WardList stay={query.has('list')} onOpen={(id) => {
		history.replaceState(null, '', `/?ward=${encodeURIComponent(id)}`);
		setWard(id);
	}} />;
}

watchForFailure();
const root = document.getElementById('app');
if (root) {
	root.textContent = '';
	render(<App />, root);
}
