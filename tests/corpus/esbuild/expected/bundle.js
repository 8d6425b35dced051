(() => {
  var __knownSymbol = (name, symbol) => (symbol = Symbol[name]) ? symbol : /* @__PURE__ */ Symbol.for("Symbol." + name);
  var __await = function(promise, isYieldStar) {
    this[0] = promise, this[1] = isYieldStar;
  }, __asyncGenerator = (__this, __arguments, generator) => {
    var resume = (k, v, yes, no) => {
      try {
        var x = generator[k](v), isAwait = (v = x.value) instanceof __await, done = x.done;
        Promise.resolve(isAwait ? v[0] : v).then((y) => isAwait ? resume(k === "return" ? k : "next", v[1] ? { done: y.done, value: y.value } : y, yes, no) : yes({ value: y, done })).catch((e) => resume("throw", e, yes, no));
      } catch (e) {
        no(e);
      }
    }, method = (k) => it[k] = (x) => new Promise((yes, no) => resume(k, x, yes, no)), it = {};
    return generator = generator.apply(__this, __arguments), it[__knownSymbol("asyncIterator")] = () => it, method("next"), method("throw"), method("return"), it;
  };
  var __forAwait = (obj, it, method) => (it = obj[__knownSymbol("asyncIterator")]) ? it.call(obj) : (obj = obj[__knownSymbol("iterator")](), it = {}, method = (key, fn) => (fn = obj[key]) && (it[key] = (arg) => new Promise((yes, no, done) => (arg = fn.call(obj, arg), done = arg.done, Promise.resolve(arg.value).then((value) => yes({ value, done }), no)))), method("next"), method("return"), it);

  // shapes.ts
  function area(shape) {
    switch (shape.kind) {
      case "circle":
        return Math.PI * shape.radius ** 2;
      case "square":
        return shape.side ** 2;
    }
  }

  // data.json
  var data_default = { shapes: [{ kind: "circle", radius: 2 }, { kind: "square", side: 3 }, { kind: "point" }] };

  // main.ts
  function report(shapes) {
    return __asyncGenerator(this, null, function* () {
      var _a, _b;
      for (let shape of shapes) yield `${shape.kind}: ${(_b = (_a = area(shape)) == null ? void 0 : _a.toFixed(2)) != null ? _b : "none"}`;
    });
  }
  (async () => {
    try {
      for (var iter = __forAwait(report(data_default.shapes)), more, temp, error; more = !(temp = await iter.next()).done; more = !1) {
        let line = temp.value;
        console.log(line, 16 /* High */);
      }
    } catch (temp) {
      error = [temp];
    } finally {
      try {
        more && (temp = iter.return) && await temp.call(iter);
      } finally {
        if (error)
          throw error[0];
      }
    }
  })();
})();
