/** Numbers of a task as the words of a kernel's memory, and the constants that say where they lie. */
export class WordTable {
  readonly #parts: Uint32Array[] = [];
  readonly #constants: string[] = [];
  #length = 0;

  /** Appends numbers in single precision; `name` is the constant that says where they begin. */
  numbers(name: string, values: Iterable<number>): void {
    const singles = Float32Array.from(values);
    this.words(name, new Uint32Array(singles.buffer));
  }

  /** Appends whole words. */
  words(name: string, values: Uint32Array): void {
    this.whole(name, this.append(values));
  }

  /** Appends words that another one points to, and returns where they begin. */
  append(values: Uint32Array): number {
    const at = this.#length;
    this.#parts.push(values);
    this.#length += values.length;
    return at;
  }

  /** Says a whole number. */
  whole(name: string, value: number): void {
    this.#constants.push(`const ${name}: u32 = ${value}u;`);
  }

  real(name: string, value: number): void {
    this.#constants.push(`const ${name}: f32 = ${Math.fround(value)}f;`);
  }

  flag(name: string, value: boolean): void {
    this.#constants.push(`const ${name}: bool = ${value};`);
  }

  /** The constants as a kernel's text. */
  get text(): string {
    return `${this.#constants.join('\n')}\n`;
  }

  /** All words; one at least, since a kernel's memory cannot be empty. */
  get all(): Uint32Array<ArrayBuffer> {
    const all = new Uint32Array(Math.max(this.#length, 1));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

/** A number in single precision as a word. */
export function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
}
