// The alphabet of SMS and USSD (3GPP TS 23.038), as the service counts it.

const ALPHABET = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡' +
  'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà');
const EXTENSION = new Set('\f^{}\\[~]|€');

// How many septets a text takes, or the first character that none can carry.
export function septets(text) {
  let count = 0;
  for (const character of text) {
    if (ALPHABET.has(character)) count += 1;
    else if (EXTENSION.has(character)) count += 2;
    else return { strange: character };
  }
  return { count };
}
