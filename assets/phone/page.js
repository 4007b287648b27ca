// Small things that the phone and its inbox share.

export const at = (id) => document.getElementById(id);

export function kenyanTime(moment) {
  const clock = { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Africa/Nairobi' };
  return new Date(moment).toLocaleTimeString('en-GB', clock);
}
