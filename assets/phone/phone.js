// A feature phone that talks to the service as an aggregator does: each hop is a
// form post with all answers so far, and the reply begins with CON or END.

import { septets } from './septets.js';
import { at, kenyanTime } from './page.js';
import * as inbox from './inbox.js';
import { sendFrom } from './sms.js';

const MULTI_TAP_MS = 900;
const LETTERS = { 2: 'ABC2', 3: 'DEF3', 4: 'GHI4', 5: 'JKL5', 6: 'MNO6', 7: 'PQRS7', 8: 'TUV8', 9: 'WXYZ9', 0: ' 0' };
const NO_SERVICE = 'Connection problem or invalid MMI code.';

const line = at('line');
const { code: CODE, callback: CALLBACK, endCallback: END_CALLBACK } = document.body.dataset;
const SESSION_SECONDS = Number(document.body.dataset.session);
const ANSWER_SECONDS = Number(document.body.dataset.answer); // an aggregator gives up on a service after this

// What the phone is doing: 'idle', 'waiting' for the service, 'asked' for an
// answer, or 'told' the last screen.
let state = 'idle';
let session = null;
let idleUntil = 0;
let fresh = true; // the number on the line was not typed by the person
let lastDialled = CODE;
let tap = { key: '', at: 0 };

// ---- who and where -------------------------------------------------------

function network() {
  const option = at('network').selectedOptions[0];
  const { idle, screen, answer } = option.dataset;
  return {
    code: option.value,
    name: option.textContent.split(' (')[0],
    idle: Number(idle),
    screen: Number(screen),
    answer: Number(answer),
  };
}

function owner() {
  const chosen = at('person').value || at('other').value;
  const digits = chosen.replace(/\D/g, '').replace(/^0/, '254');
  return /^254\d{9}$/.test(digits) ? digits : '';
}

function changeOwner() {
  hangUp();
  const option = at('person').selectedOptions[0];
  at('about').textContent = option.value && option.textContent.split(' – ').slice(1).join(' – ');
  at('other-row').hidden = option.value !== '';
  if (option.dataset.network) at('network').value = option.dataset.network;
  if (option.value) history.replaceState(null, '', `#${option.value}`);
  inbox.open(owner());
  standBy();
}

// ---- the screen ----------------------------------------------------------

function show(text) {
  at('screen').textContent = text;
  at('screen').scrollTop = 0;
  pointOn();
}

// The arrows between the soft keys: there is more above, or below.
function pointOn() {
  const { scrollTop, scrollHeight, clientHeight } = at('screen');
  const above = scrollTop > 1;
  const below = scrollTop + clientHeight < scrollHeight - 1;
  at('more').textContent = (above ? '▲' : '') + (below ? '▼' : '');
}

function enter(next, { label = '', value = '', left = '', right = '' }) {
  state = next;
  at('line-label').textContent = label;
  at('left-label').textContent = left;
  at('right-label').textContent = right;
  line.placeholder = label;
  line.disabled = label === '';
  line.value = value;
  line.maxLength = next === 'asked' ? network().answer : 60;
  typeLetters(false);
  const placed = document.activeElement === document.body || document.activeElement === line;
  if (label !== '' && placed) line.focus({ preventScroll: true });
}

function standBy() {
  session = null;
  const number = owner();
  const unread = inbox.unread();
  const news = unread ? `\n\n${unread} message${unread > 1 ? 's' : ''} received` : '';
  show(number ? `${network().name}\n+${number}${news}\n\nPress the green key\nto dial.` : 'Insert SIM\n\nType a number of the form 2547… above.');
  enter('idle', { label: 'Number', value: lastDialled, left: 'Call', right: 'Clear' });
  fresh = true;
  at('state').textContent = 'none';
  at('septets').textContent = '–';
  at('septets').className = '';
  tick();
}

function measure(text) {
  const { count, strange } = septets(text);
  const limit = network().screen;
  at('septets').textContent = strange ? `“${strange}” is not GSM-7` : `${count} of ${limit} septets`;
  at('septets').className = strange || count > limit ? 'low' : '';
}

// ---- a session -----------------------------------------------------------

// What the code asks for beyond the service's own: '' for *384*2026#, '1' for
// *384*2026*1#, undefined for somebody else's code.
function extension(dialled) {
  const own = CODE.slice(0, -1);
  if (dialled === CODE) return '';
  if (dialled.startsWith(`${own}*`) && dialled.endsWith('#')) return dialled.slice(own.length + 1, -1);
  return undefined;
}

function dial() {
  const dialled = line.value.trim() || lastDialled;
  if (!owner()) return standBy();
  lastDialled = dialled;
  inbox.markRead();
  const first = extension(dialled);
  if (first === undefined) {
    show(`${dialled}\n\n${NO_SERVICE}`);
    return enter('told', { left: 'OK' });
  }
  session = { id: newId(), from: owner(), network: network(), text: first, started: Date.now(), hops: 0, body: '' };
  return hop();
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `ATUid_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function send() {
  const answer = line.value;
  session.text = session.text === '' ? answer : `${session.text}*${answer}`;
  hop();
}

async function hop() {
  const mine = session;
  mine.hops += 1;
  show('USSD code running…');
  enter('waiting', { right: 'Cancel' });
  at('state').textContent = `hop ${mine.hops}, waiting`;
  const began = performance.now();
  let reply;
  try {
    reply = await post(CALLBACK, { ...names(mine), text: mine.text }, ANSWER_SECONDS);
  } catch (error) {
    reply = { error: error.name === 'TimeoutError' ? `no answer in ${ANSWER_SECONDS} s` : 'no connection' };
  }
  if (session !== mine) return; // hung up meanwhile
  const took = Math.round(performance.now() - began);
  mine.body = reply.body ?? '';
  const kind = /^(CON|END) ([^]*)$/.exec(mine.body);
  if (reply.error || !kind) return fail(reply.error ?? 'the answer begins with neither CON nor END');
  show(kind[2]);
  measure(kind[2]);
  if (kind[1] === 'END') {
    finish('Success');
    at('state').textContent = `ended after ${mine.hops} hop${mine.hops > 1 ? 's' : ''}`;
    return enter('told', { left: 'OK' });
  }
  at('state').textContent = `hop ${mine.hops}, ${took} ms`;
  idleUntil = Date.now() + mine.network.idle * 1000;
  return enter('asked', { label: 'Reply', left: 'Send', right: 'Cancel' });
}

function fail(reason) {
  finish('Failed', reason);
  show(NO_SERVICE);
  at('state').textContent = `failed: ${reason}`;
  enter('told', { left: 'OK' });
}

function hangUp() {
  if (session) finish('Incomplete');
}

function timeOut() {
  finish('Incomplete');
  show('Session timed out.\n\nDial again.');
  at('state').textContent = 'timed out';
  enter('told', { left: 'OK' });
}

// The session is over for the phone; the network tells the service.
function finish(status, errorMessage) {
  const { started, hops, text, body } = session;
  post(END_CALLBACK, {
    date: new Date().toISOString().slice(0, 19).replace('T', ' '),
    ...names(session),
    status,
    cost: 'KES 0.00',
    durationInMillis: Date.now() - started,
    hopsCount: hops,
    input: text,
    lastAppResponse: body,
    ...(errorMessage && { errorMessage }),
  }, ANSWER_SECONDS).catch(() => {}); // such events may get lost on the air too
  session = null;
}

function names({ id, from, network: { code } }) {
  return { sessionId: id, serviceCode: CODE, phoneNumber: `+${from}`, networkCode: code };
}

async function post(url, fields, seconds) {
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams(fields),
    keepalive: true,
    signal: AbortSignal.timeout(seconds * 1000),
  });
  const body = await response.text();
  return response.ok ? { body } : { error: `HTTP ${response.status}` };
}

// ---- timers --------------------------------------------------------------

function tick() {
  const now = Date.now();
  at('clock').textContent = kenyanTime(now);
  at('carrier').textContent = network().name;
  at('unread').hidden = inbox.unread() === 0;
  at('unread').textContent = `SMS ${inbox.unread()}`;
  const idle = session && state === 'asked' ? idleUntil - now : null;
  const total = session ? session.started + SESSION_SECONDS * 1000 - now : null;
  countDown('idle', idle, network().idle);
  countDown('total', total, SESSION_SECONDS);
  if ((idle !== null && idle <= 0) || (total !== null && total <= 0)) timeOut();
}

function countDown(id, left, whole) {
  const seconds = left === null ? 0 : Math.max(0, Math.ceil(left / 1000));
  at(id).textContent = left === null ? '–' : `${seconds} s`;
  at(id).className = left !== null && seconds <= 10 ? 'low' : '';
  at(`${id}-meter`).max = whole;
  at(`${id}-meter`).value = seconds;
}

// ---- keys ----------------------------------------------------------------

function left() {
  if (state === 'idle') dial();
  else if (state === 'asked') send();
  else if (state === 'told') standBy();
}

function right() {
  if (state === 'idle') return clearLine();
  hangUp();
  return standBy();
}

function clearLine() {
  line.value = '';
  fresh = false;
}

function press(key) {
  if (state === 'told') standBy();
  if (line.disabled) return;
  if (state === 'idle' && fresh) clearLine();
  const now = Date.now();
  const letters = at('mode').getAttribute('aria-pressed') === 'true' && LETTERS[key];
  const again = letters && tap.key === key && now - tap.at < MULTI_TAP_MS && line.value !== '';
  if (again) {
    const place = letters.indexOf(line.value.at(-1));
    line.value = line.value.slice(0, -1) + letters[(place + 1) % letters.length];
  } else if (line.value.length < line.maxLength) {
    line.value += letters ? letters[0] : key;
  }
  tap = { key, at: now };
  line.scrollLeft = line.scrollWidth;
}

function typeLetters(on) {
  at('mode').setAttribute('aria-pressed', on);
  at('mode').textContent = on ? 'ABC' : '123';
  line.inputMode = on ? 'text' : 'none'; // a touch screen then shows its own keyboard
  tap = { key: '', at: 0 };
}

function scroll(lines) {
  at('screen').scrollBy({ top: lines * 20 });
}

function onKey(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (target.closest('.who, form')) return;
  const onButton = target.closest('button, a');
  if (key === 'Escape') right();
  else if (key === 'Enter' && !onButton) left();
  else if (key === 'ArrowUp' || key === 'ArrowDown') scroll(key === 'ArrowUp' ? -2 : 2);
  else if (target === line) return;
  else if (key === 'Backspace') line.value = fresh ? '' : line.value.slice(0, -1);
  else if (/^[0-9*#]$/.test(key)) press(key);
  else return;
  event.preventDefault();
}

at('soft-left').addEventListener('click', left);
at('soft-right').addEventListener('click', right);
at('call').addEventListener('click', left);
at('end').addEventListener('click', () => { hangUp(); standBy(); });
at('up').addEventListener('click', () => scroll(-2));
at('down').addEventListener('click', () => scroll(2));
at('mode').addEventListener('click', () => {
  typeLetters(at('mode').getAttribute('aria-pressed') !== 'true');
  line.focus({ preventScroll: true });
});
for (const key of document.querySelectorAll('[data-key]')) {
  key.addEventListener('click', () => press(key.dataset.key));
}
at('screen').addEventListener('scroll', pointOn);
// A press with the mouse leaves the focus on the line, so that Enter still sends.
document.querySelector('.phone').addEventListener('mousedown', (event) => {
  if (event.target.closest('button, label')) event.preventDefault();
});
document.addEventListener('keydown', onKey);
// Typing over the number that is offered replaces it, as on a real phone.
line.addEventListener('beforeinput', () => { if (state === 'idle' && fresh) clearLine(); });
at('person').addEventListener('change', changeOwner);
at('other').addEventListener('change', changeOwner);
at('network').addEventListener('change', () => { hangUp(); standBy(); });
addEventListener('pagehide', hangUp);
sendFrom(owner);

const wanted = location.hash.slice(1);
if (wanted && Array.from(at('person').options).some(({ value }) => value === wanted)) at('person').value = wanted;
changeOwner();
inbox.watch(() => { if (state === 'idle' && fresh) standBy(); });
setInterval(tick, 250);
