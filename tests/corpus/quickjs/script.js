// Closures, generators, regular expressions, big integers, floats, maps, sorting, exceptions, proxies.
function* primes() {
  const seen = [];
  for (let n = 2; ; n++) {
    if (seen.every((p) => n % p)) {
      seen.push(n);
      yield n;
    }
  }
}
const first = [];
for (const p of primes()) {
  if (first.push(p) === 500) break;
}
console.log(first[499], first.reduce((a, b) => a + b));

const factorial = (n) => (n ? n * factorial(n - 1n) : 1n);
console.log(String(factorial(60n)));

const words = "the quick brown fox jumps over the lazy dog and the cat".split(/\s+/);
const count = new Map();
for (const word of words) count.set(word, (count.get(word) ?? 0) + 1);
console.log(JSON.stringify([...count].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))));

console.log("2026-11-21".replace(/(?<y>\d+)-(?<m>\d+)-(?<d>\d+)/u, "$<d>.$<m>.$<y>"), [0.1 + 0.2, 1 / 3, -0, 1e21, NaN].join(" "));

class Shape { #side = 3; get area() { return this.#side ** 2; } }
const traced = new Proxy(new Shape(), { get: (of, name) => name === "area" ? `${name}=${Reflect.get(of, name, of)}` : undefined });
console.log(traced.area, traced.other);

try {
  null.name;
} catch (error) {
  console.log(error instanceof Error, error.name);
}

const bytes = new Float64Array(4096).map((_, i) => Math.sin(i) * Math.exp(-i / 1000));
let hash = 0;
for (const byte of new Uint8Array(new Float32Array(bytes).buffer)) hash = (Math.imul(hash, 31) + byte) | 0;
console.log(hash);

Promise.resolve(6).then(async (n) => console.log(await n * 7));
