/* SPDX-License-Identifier: Apache-2.0
 * Start of the page: `/?ward=ID` is a board, `/` the list of wards. */
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { BoardPage } from './board_page';
import { watchForFailure } from './page_failure';
import { WardList } from './ward_list';

function App() {
	const query = new URLSearchParams(location.search);
	const [ward, setWard] = useState(query.get('ward'));
	if (ward !== null && ward !== '')
		return <BoardPage ward={ward} />;
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
