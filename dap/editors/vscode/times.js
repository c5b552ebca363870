// The times of ULIDs in the rows of any debugger, where no wrapping is in front of it. The messages that a tracker is shown are
// those that the editor gets, so that what is added to them is seen. Only quoted text of 26 characters is read.

const ARROW = ' ⟶ ';
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const QUOTED = /^(["'`])([0-7][0-9A-HJKMNP-TV-Z]{25}|[0-7][0-9a-hjkmnp-tv-z]{25})\1$/;
const NAMES = [/(^|[^a-z])ids?$/i, /[a-z]I[dD]s?$/, /ulid/i];
const FIRST_MS = Date.UTC(2005, 0);
const YEAR_MS = 31_557_600_000;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/.source;
const SUFFIX = new RegExp(`${ARROW}(?:${TIME}(?:, key ${TIME})?|key ${TIME})$`);

/** The milliseconds that the first ten characters stand for.
 * @param {string} id */
function milliseconds(id) {
  return [...id.slice(0, 10).toUpperCase()].reduce((ms, digit) => ms * 32 + DIGITS.indexOf(digit), 0);
}

/** @param {number} ms
 * @param {number} now */
function isBelievable(ms, now) {
  return ms >= FIRST_MS && ms <= now + YEAR_MS;
}

/** A time as `2016-07-30T23:54:10.259Z`; `undefined` for one later than any that a Date can hold.
 * @param {number} ms */
function isoTime(ms) {
  return ms > 8.64e15 ? undefined : new Date(ms).toISOString().replace('+', '');
}

/** What is added to a value: nothing, or the time of the ULID that it is. Without a name that says so, only times from 2005 to a
 * year ahead are believed.
 * @param {unknown} value
 * @param {string} name
 * @param {number} now
 * @returns {string} */
function suffix(value, name, now) {
  const id = typeof value === 'string' ? QUOTED.exec(value)?.[2] : undefined;
  if (id === undefined || /^\d+$/.test(id)) return '';
  const ms = milliseconds(id);
  const isMeant = isBelievable(ms, now) || NAMES.some(known => known.test(name));
  const time = isMeant ? isoTime(ms) : undefined;
  return time === undefined ? '' : ARROW + time;
}

/** The text without what was added to it.
 * @param {string} text */
function plain(text) {
  return text.replace(SUFFIX, '');
}

/** One session's messages, changed where they stand. */
class Times {
  /** @param {() => number} [clock] */
  constructor(clock = Date.now) {
    this.clock = clock;
    /** Expressions under way, by the number of the request; `undefined` for one whose result is to be copied.
     * @type {Map<number, string | undefined>} */
    this.expressions = new Map();
  }

  /** A message of the editor, before the adapter gets it.
   * @param {any} message */
  onWillReceiveMessage(message) {
    const { type, command, seq, arguments: given } = message ?? {};
    if (type !== 'request' || typeof given !== 'object' || given === null) return;
    if (command === 'evaluate' && typeof given.expression === 'string') {
      given.expression = plain(given.expression);
      const isCopied = given.context === 'clipboard' || given.context === 'variables';
      this.expressions.set(seq, isCopied ? undefined : given.expression);
    }
    const isSet = command === 'setVariable' || command === 'setExpression';
    if (isSet && typeof given.value === 'string') {
      given.value = plain(given.value);
      this.expressions.set(seq, given.name ?? given.expression);
    }
  }

  /** A message of the adapter, before the editor gets it.
   * @param {any} message */
  onDidSendMessage(message) {
    const { type, success, request_seq: seq, body } = message ?? {};
    if (type !== 'response') return;
    const name = this.expressions.get(seq);
    const isKnown = this.expressions.delete(seq);
    if (!success || typeof body !== 'object' || body === null) return;
    for (const row of Array.isArray(body.variables) ? body.variables : []) {
      this.tell(row, 'value', String(row?.name));
      this.tellKey(row);
    }
    if (isKnown && name !== undefined) this.tell(body, message.command === 'evaluate' ? 'result' : 'value', name);
  }

  /** Adds the time to a text where it stands.
   * @param {any} holder
   * @param {string} field
   * @param {string} name */
  tell(holder, field, name) {
    const added = suffix(holder?.[field], name, this.clock());
    if (added) holder[field] += added;
  }

  /** Adds the time of the key of a map, which is the name of a row. The name stays, for it is given back.
   * @param {any} row */
  tellKey(row) {
    const added = suffix(row?.name, '', this.clock());
    if (!added || typeof row.value !== 'string') return;
    const before = SUFFIX.test(row.value) ? ', ' : ARROW;
    row.value += `${before}key ${added.slice(ARROW.length)}`;
  }
}

module.exports = { DIGITS, Times, isBelievable, isoTime, milliseconds };
