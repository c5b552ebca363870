// The times of ULIDs in the text of any file, without a session: behind each one that is visible, and in a hover.
const { DIGITS, isBelievable, isoTime, milliseconds } = require('./times');

const WORD = /(?<![0-9A-Za-z])(?:[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-7][0-9a-hjkmnp-tv-z]{25})(?![0-9A-Za-z])/;

/** The ULIDs in a text, with their places.
 * @param {string} text
 * @returns {{ id: string, begin: number, end: number }[]} */
function find(text) {
  const words = text.matchAll(new RegExp(WORD, 'g'));
  const found = [...words].map(({ 0: id, index = 0 }) => ({ id, begin: index, end: index + id.length }));
  return found.filter(({ id }) => !/^\d+$/.test(id));
}

/** The time that stands behind a ULID of a text; nothing for one of another century, since other words have 26 letters, too.
 * @param {string} id
 * @param {number} now */
function hint(id, now) {
  const ms = milliseconds(id);
  return isBelievable(ms, now) ? isoTime(ms) : undefined;
}

/** What a hover says of a ULID: its time, its age, and the UUID of the same bits.
 * @param {string} id
 * @param {number} now
 * @returns {string[]} */
function describe(id, now) {
  const ms = milliseconds(id);
  const bits = [...id.toUpperCase()].reduce((bits, digit) => bits * 32n + BigInt(DIGITS.indexOf(digit)), 0n);
  const hex = bits.toString(16).padStart(32, '0');
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const time = isoTime(ms) ?? `${ms} ms since 1970`;
  return [`ULID of ${time}`, age(now - ms), `UUID ${uuid}`];
}

/** A span of time in its largest unit.
 * @param {number} ms */
function age(ms) {
  const units = [['year', 31_557_600_000], ['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]];
  const [name, length] = units.find(([, length]) => Math.abs(ms) >= Number(length)) ?? ['second', 1000];
  const count = Math.floor(Math.abs(ms) / Number(length));
  return `${count} ${name}${count === 1 ? '' : 's'} ${ms < 0 ? 'ahead' : 'ago'}`;
}

module.exports = { WORD, describe, find, hint };
