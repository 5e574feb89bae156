// Pages that lose nothing while rows change: a token says after which row the next
// page begins, by what the list is ordered by, and not how many rows came before.
import { invalid, violation } from "./fault.mjs";

const defaultSize = 50;
const maxSize = 200;

/** A row's key is when it was, and its id: no two rows have the same. */
export const byTime = ([aTime, aId], [bTime, bId]) =>
  aTime < bTime ? -1 : aTime > bTime ? 1 : byId([0n, aId], [0n, bId]);
export const byTimeDown = (a, b) => byTime(b, a);
/** Ids are numbers here: the longer one is larger. */
export const byId = ([, a], [, b]) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/**
 * Takes the page that a request asks for. list names the list with its order: a token
 * of another one is refused.
 */
export function page(list, rows, request, key, compare) {
  const size = request.page_size ?? defaultSize;
  if (size < 1 || size > maxSize) throw invalid(violation("page_size", `a page has 1 to ${maxSize} rows`));
  const after = request.page_token ? decode(list, request.page_token) : undefined;
  const rest = rows
    .map((row) => ({ row, key: key(row) }))
    .filter((r) => after === undefined || compare(r.key, after) > 0)
    .sort((a, b) => compare(a.key, b.key));
  const taken = rest.slice(0, size);
  const next = rest.length > size ? { next_page_token: encode(list, taken.at(-1).key) } : {};
  return { rows: taken.map((r) => r.row), ...next };
}

const encode = (list, [time, id]) => Buffer.from(JSON.stringify([list, String(time), id])).toString("base64url");

function decode(list, token) {
  try {
    const [, time, id] = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    const key = [BigInt(time), id];
    if (encode(list, key) === token) return key;
  } catch {
    // It is none, as below.
  }
  throw invalid(
    violation(
      "page_token",
      "this is not a page token of this list; take next_page_token from the page before, or none",
    ),
  );
}
