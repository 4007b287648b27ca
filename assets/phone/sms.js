// Sends an SMS to the short code, as the form does by itself where there is no script.

import { at } from './page.js';

// Calls back for the number that the phone has at that moment.
export function sendFrom(owner) {
  at('sms').addEventListener('submit', (event) => {
    event.preventDefault();
    send(owner());
  });
}

async function send(from) {
  if (from === '') return note('The phone has no number.');
  const form = at('sms');
  const body = new URLSearchParams(new FormData(form));
  body.set('from', `+${from}`);
  body.set('id', `demo-${Date.now()}-${Math.random().toString(36).slice(2)}`);
  note('Sending…');
  try {
    const response = await fetch(form.action, { method: 'POST', body, signal: AbortSignal.timeout(10000) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    at('text').value = '';
    note('Sent. The answer comes as an SMS.');
  } catch {
    note('Not sent. Please try again.');
  }
}

function note(text) {
  at('sms-note').textContent = text;
}
