// A program that holds the same ULID in every shape that JavaScript programs use.
class Rec {
  constructor(id) { this.id = id; }
}

function main() {
  let text = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
  const lower = text.toLowerCase();
  const rawId = Uint8Array.from(Buffer.from('01563e3ab5d3d6764c61efb99302bd5b', 'hex'));
  const bufferId = Buffer.from(rawId);
  const arrayId = Array.from(rawId);
  let bigId = 0x01563e3ab5d3d6764c61efb99302bd5bn;
  const total = bigId;
  const uuid = '01563e3a-b5d3-d676-4c61-efb99302bd5b';
  const boxed = new String(text);
  const listed = [text, '01BX5ZZKBKACTAV9WEVGEMMVRY'];
  const rec = new Rec(text);
  const byId = { [text]: 1 };
  const tooLong = text + '0';
  const overflow = '8ZZZZZZZZZZZZZZZZZZZZZZZZZ';
  const prefixed = 'user_' + text;
  console.log('ready', text); // break here
  console.log('set to', text, bigId);
  return [lower, bufferId, arrayId, total, uuid, boxed, listed, rec, byId, tooLong, overflow, prefixed];
}

main();
