export type Shape = { kind: "circle"; radius: number } | { kind: "square"; side: number } | { kind: "point" };

export function area(shape: Shape): number | undefined {
  switch (shape.kind) {
    case "circle": return Math.PI * shape.radius ** 2;
    case "square": return shape.side ** 2;
  }
}

export class Unused { static #count = 0; static next = () => ++Unused.#count; }
