// Names and ids of the lists that tickets refer to: technicians, companies, queues,
// statuses and priorities.
import { distance } from "fastest-levenshtein";
import { invalid, violation } from "./fault.mjs";

const maxAllowed = 50;
const fold = (name) => name.trim().toLowerCase();
const active = (value) => value.active !== false;

/** The values of a name: exactly that one, or else in any case. */
function named(values, name) {
  const exact = values.filter((v) => v.name === name);
  return exact.length > 0 ? exact : values.filter((v) => fold(v.name) === fold(name));
}

/** The value that is shown as a reference, of an id. */
export function shown(values, id) {
  const value = values.find((v) => v.id === id);
  return value && { id: value.id, name: value.name };
}

/**
 * Picks the value that a write names by {id} or {name}, or both if they agree. What is
 * unknown, ambiguous or no longer in use is refused with what is allowed.
 */
export function pick(field, what, values, reference) {
  if (reference.id === undefined && reference.name === undefined)
    throw invalid(violation(field, "give the id or the name"));
  if (reference.id !== undefined) {
    const value = values.find((v) => v.id === reference.id);
    if (!value)
      throw unknown(
        `${field}.id`,
        `no ${what} has the id ${quote(reference.id)}`,
        values.filter(active).map((v) => v.id),
      );
    if (reference.name !== undefined && fold(reference.name) !== fold(value.name)) {
      throw invalid(
        violation(
          field,
          `the ${what} with the id ${quote(value.id)} is ${quote(value.name)}, and the name says ${quote(reference.name)}; give one of the two, or both of the same`,
        ),
      );
    }
    return usable(`${field}.id`, what, values, value);
  }
  const found = named(values, reference.name);
  const usableOnes = found.filter(active);
  if (usableOnes.length > 1) {
    throw invalid(
      violation(
        `${field}.name`,
        `${usableOnes.length} values of ${what} are named ${quote(reference.name)}; give the id`,
        { allowed: usableOnes.map((v) => v.id) },
      ),
    );
  }
  if (usableOnes.length === 1) return usableOnes[0];
  if (found.length > 0) return usable(`${field}.name`, what, values, found[0]);
  throw unknown(`${field}.name`, `no ${what} is named ${quote(reference.name)}`, names(values), reference.name);
}

function usable(field, what, values, value) {
  if (active(value)) return value;
  throw invalid(violation(field, `the ${what} ${quote(value.name)} is no longer in use`, { allowed: names(values) }));
}

/**
 * Finds the ids that the values of a filter mean: an exact name, else a name in any
 * case, else an id; `id:42` forces the id. What is no longer in use counts, since old
 * tickets have it.
 */
export function filter(field, what, values, texts) {
  const ids = new Set();
  for (const text of texts) {
    const forced = text.startsWith("id:");
    const id = forced ? text.slice(3) : text;
    let found = forced ? [] : named(values, text);
    if (found.length === 0) found = values.filter((v) => v.id === id);
    if (found.length === 0) throw unknown(field, `no ${what} is named ${quote(id)} or has that id`, names(values), id);
    for (const value of found) ids.add(value.id);
  }
  return ids;
}

/** The first value that fits, before it the one that is the default. */
export function first(values, fits) {
  const usableOnes = values.filter((v) => active(v) && fits(v));
  return usableOnes.find((v) => v.default) ?? usableOnes[0];
}

const quote = (text) => JSON.stringify(text);
const names = (values) => [...new Set(values.filter(active).map((v) => v.name))];

function unknown(field, message, allowed, asked) {
  const more = { allowed: allowed.slice(0, maxAllowed) };
  const meant = asked === undefined ? undefined : nearest(asked, allowed);
  if (meant !== undefined) more.did_you_mean = meant;
  return invalid(violation(field, message, more));
}

/** What was probably meant: no more than half of its letters are others. */
function nearest(asked, allowed) {
  const near = allowed
    .map((name) => ({ name, d: distance(fold(asked), fold(name)) }))
    .filter(({ name, d }) => 2 * d <= name.length)
    .sort((a, b) => a.d - b.d);
  return near[0]?.name;
}
