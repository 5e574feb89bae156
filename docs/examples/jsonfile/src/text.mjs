// Texts as the contract has them.
import { violation } from "./fault.mjs";

/** A text whose lines end as plain text does. */
export const lines = (text) => text.replace(/\r\n?/g, "\n");

/** What is wrong with a text of more characters than there may be. */
export function tooLong(field, text, most) {
  const n = text === undefined ? 0 : [...text].length;
  return n > most ? violation(field, `${field} has ${n} characters; the file holds at most ${most}`) : undefined;
}
