// The messages of the number that the phone has now.

import { at, kenyanTime } from './page.js';

const POLL_MS = 1500;

let number = '';
let seen = null; // ids; null until the first look, when nothing counts as new
let news = 0;

export const unread = () => news;

export function open(owner) {
  number = owner;
  seen = null;
  news = 0;
  at('messages').replaceChildren();
  at('count').textContent = '';
  note('No messages yet.');
}

export function markRead() {
  news = 0;
  for (const item of document.querySelectorAll('#messages .new')) item.classList.remove('new');
  for (const tag of document.querySelectorAll('#messages .tag')) tag.remove();
}

// Looks again and again; calls back when something new has come.
export async function watch(onNews) {
  if (number && !document.hidden) {
    try {
      if (take(await fetchMessages())) onNews();
    } catch {
      note('The inbox cannot be reached. Trying again…');
    }
  }
  setTimeout(watch, POLL_MS, onNews);
}

async function fetchMessages() {
  const asked = number;
  const response = await fetch(`/phone/inbox.json?msisdn=${asked}`, { signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const items = await response.json();
  return asked === number ? items : null;
}

function take(items) {
  if (items === null) return false; // the phone has another number by now
  const first = seen === null;
  seen ??= new Set();
  const arrived = items.filter(({ id }) => !seen.has(id));
  for (const item of arrived.reverse()) {
    seen.add(item.id);
    at('messages').prepend(card(item, !first));
  }
  at('count').textContent = items.length ? `(${items.length})` : '';
  note(items.length ? '' : 'No messages yet.');
  if (first) return false;
  news += arrived.length;
  return arrived.length > 0;
}

function note(text) {
  at('inbox-note').hidden = text === '';
  at('inbox-note').textContent = text;
}

function card({ text, at: when, segments }, isNew) {
  const item = document.createElement('li');
  const head = document.createElement('small');
  head.append(part('time', kenyanTime(when)), part('span', segments === 1 ? '1 segment' : `${segments} segments`));
  if (isNew) {
    item.className = 'new';
    const tag = part('span', 'new');
    tag.className = 'tag';
    head.append(tag);
  }
  const body = document.createElement('p');
  body.append(...linked(text));
  item.append(head, body);
  return item;
}

function part(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

// The text as nodes, with addresses to press; nothing in it is taken as markup.
function linked(text) {
  return text.split(/(https?:\/\/[^\s]*[^\s.,;:!?)])/).map((piece, index) => {
    if (index % 2 === 0) return piece;
    const link = part('a', piece);
    link.href = piece;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    return link;
  });
}
