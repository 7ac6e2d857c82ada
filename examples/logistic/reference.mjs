// Makes points.csv and reference.json: the textbook program in plain float64 JavaScript, without rxnn.
//
//   node examples/logistic/reference.mjs
//
// One sigmoid neuron p = σ(x·w + b) on m = 100 points with two features, by full-batch gradient descent:
//
//   cross-entropy  L = −1/m Σ [y ln p + (1 − y) ln(1 − p)]   ∂L/∂w = Xᵀ(p − y) / m
//   squared error  L =  1/m Σ (p − y)²                       ∂L/∂w = Xᵀ(2 (p − y) p (1 − p)) / m
//
//   w ← w − α ∂L/∂w
//
// The sign is a classic slip: with p − y in the gradient the update subtracts; programs that compute y − p must add.
import { writeFileSync } from 'node:fs';

const m = 100;
const alpha = 0.01;
const epochs = 1000;

// Points: a small linear congruential generator (Numerical Recipes), so that anyone can draw them again.
let state = 42;
const uniform = () => {
  state = (Math.imul(1664525, state) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const points = Array.from({ length: m }, () => {
  const x1 = Math.round(uniform() * 1e4) / 1e4;
  const x2 = Math.round(uniform() * 1e4) / 1e4;
  return { x1, x2, label: x1 + x2 + 0.2 * (uniform() - 0.5) > 1 ? 1 : 0 };
});

const sigmoid = z => 1 / (1 + Math.exp(-z));

/** slope(p, y): ∂L/∂z of one point, times m; value(p, y): its loss. */
function descend(value, slope) {
  const w = [0, 0];
  let b = 0;
  const losses = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const gradient = [0, 0];
    let gradientB = 0;
    let loss = 0;
    for (const { x1, x2, label } of points) {
      const p = sigmoid(w[0] * x1 + w[1] * x2 + b);
      loss += value(p, label) / m;
      const d = slope(p, label) / m;
      gradient[0] += d * x1;
      gradient[1] += d * x2;
      gradientB += d;
    }
    losses.push(loss);
    w[0] -= alpha * gradient[0];
    w[1] -= alpha * gradient[1];
    b -= alpha * gradientB;
  }
  return { weights: w, bias: b, losses, prediction: sigmoid(0.5 * w[0] + 0.5 * w[1] + b) };
}

const reference = {
  binaryCrossEntropy: descend(
    (p, y) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p)),
    (p, y) => p - y,
  ),
  meanSquaredError: descend(
    (p, y) => (p - y) ** 2,
    (p, y) => 2 * (p - y) * p * (1 - p),
  ),
};

const here = name => new URL(name, import.meta.url);
writeFileSync(here('points.csv'), `x1,x2,label\n${points.map(p => `${p.x1},${p.x2},${p.label}`).join('\n')}\n`);
writeFileSync(here('reference.json'), `${JSON.stringify(reference)}\n`);
