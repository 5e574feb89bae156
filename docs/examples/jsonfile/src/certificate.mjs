// A certificate for one run: self-signed, for the name that the gateway asks for.
// Node makes keys and signatures, and no certificates; this is the little DER of one.
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** Returns a fresh key (PEM) and its certificate (DER). */
export function selfSigned(host = "localhost", days = 3650) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(oid(ecdsaWithSHA256));
  const name = sequence(set(sequence(oid(commonName), der(0x0c, Buffer.from(host)))));
  const now = Date.now();
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([0x01]), randomBytes(15)])), // the serial number, positive
    algorithm,
    name, // of the issuer
    sequence(time(now - 3600_000), time(now + days * 86400_000)),
    name, // of the subject
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(sequence(oid(subjectAltName), der(0x04, sequence(der(0x82, Buffer.from(host))))))),
  );
  const signature = sign("sha256", body, privateKey);
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    certificate: sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature]))),
  };
}

/** Returns a certificate as PEM. */
export function pem(certificate) {
  return `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64").replace(/.{64}(?=.)/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
}

const ecdsaWithSHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const commonName = [0x55, 0x04, 0x03];
const subjectAltName = [0x55, 0x1d, 0x11];

function der(tag, content) {
  const n = content.length;
  const length = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
const sequence = (...parts) => der(0x30, Buffer.concat(parts));
const set = (...parts) => der(0x31, Buffer.concat(parts));
const oid = (bytes) => der(0x06, Buffer.from(bytes));
const integer = (bytes) => der(0x02, bytes);
const time = (ms) => der(0x18, Buffer.from(new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "")));
