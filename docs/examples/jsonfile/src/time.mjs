// Times are RFC 3339 text in UTC, to the nanosecond as the contract has them.

const form = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** A time in nanoseconds since 1970; undefined for what is no time. */
export function instant(text) {
  const parts = form.exec(text);
  const ms = parts ? Date.parse(parts[1] + parts[3]) : NaN;
  if (Number.isNaN(ms)) return undefined;
  return BigInt(ms) * 1_000_000n + BigInt((parts[2] ?? "").padEnd(9, "0"));
}

/** Now, and later than a time before. */
export function after(before) {
  const ms = before === undefined ? 0 : Number(instant(before) / 1_000_000n) + 1;
  return new Date(Math.max(Date.now(), ms)).toISOString();
}
