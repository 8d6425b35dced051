import { area, type Shape } from "./shapes";
import data from "./data.json";

enum Level { Low = 1, High = Low << 4 }

async function* report(shapes: readonly Shape[]): AsyncGenerator<string> {
  for (const shape of shapes) yield `${shape.kind}: ${area(shape)?.toFixed(2) ?? "none"}`;
}

(async () => {
  for await (const line of report(data.shapes as Shape[])) console.log(line, Level.High);
})();
