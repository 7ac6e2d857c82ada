"""Records PyTorch's optimizers, losses and one-cycle schedule in float64. Writes nn_golden.json beside it. Needs torch 1.13 or newer.
NAdam is written out by its formula, as in torch 2: that of 1.13 multiplies one momentum too many into the product of the next step."""
import json, math, pathlib, torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
torch.set_num_threads(1)

START = [torch.randn(1, 3), torch.randn(1, 2)]
GRADIENTS = [[torch.randn(1, 3) * 10.0 ** (t % 4 - 2), torch.randn(1, 2)] for t in range(12)]



def nadam(p, rate=2e-3, psi=4e-3, l2=0.0):
    """Dozat's formula, one parameter at a time: momentum mu(t) = 0.9 (1 - 0.96^(t psi) / 2)."""
    mu = lambda t: 0.9 * (1 - 0.96 ** (t * psi) / 2)
    state = [dict(m=torch.zeros_like(x), v=torch.zeros_like(x)) for x in p]
    done = []

    class Stepper:
        @torch.no_grad()
        def step(self):
            done.append(mu(len(done) + 1))
            t = len(done)
            product = math.prod(done)
            for x, s in zip(p, state):
                g = x.grad + l2 * x
                s["m"] = 0.9 * s["m"] + 0.1 * g
                s["v"] = 0.999 * s["v"] + 0.001 * g**2
                direction = mu(t + 1) * s["m"] / (1 - product * mu(t + 1)) + (1 - mu(t)) * g / (1 - product)
                x -= rate * direction / ((s["v"] / (1 - 0.999**t)).sqrt() + 1e-8)

    return Stepper()


# Our name, our options, PyTorch's optimizer.
OPTIMIZERS = [
    ("sgd", {"learningRate": 0.1}, lambda p: torch.optim.SGD(p, 0.1)),
    ("sgd", {"learningRate": 0.1, "momentum": 0.9, "weightDecay": 0.01}, lambda p: torch.optim.SGD(p, 0.1, 0.9, weight_decay=0.01)),
    ("sgd", {"learningRate": 0.1, "momentum": 0.9, "nesterov": True}, lambda p: torch.optim.SGD(p, 0.1, 0.9, nesterov=True)),
    ("rmsprop", {}, lambda p: torch.optim.RMSprop(p)),
    ("rmsprop", {"learningRate": 0.02, "decay": 0.9, "momentum": 0.5, "weightDecay": 0.1}, lambda p: torch.optim.RMSprop(p, 0.02, 0.9, momentum=0.5, weight_decay=0.1)),
    ("adagrad", {}, lambda p: torch.optim.Adagrad(p)),
    ("adagrad", {"initialAccumulator": 0.5, "weightDecay": 0.1}, lambda p: torch.optim.Adagrad(p, initial_accumulator_value=0.5, weight_decay=0.1)),
    ("adam", {}, lambda p: torch.optim.Adam(p)),
    ("adam", {"learningRate": 0.1, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weightDecay": 0.1}, lambda p: torch.optim.Adam(p, 0.1, (0.8, 0.95), 1e-3, 0.1)),
    ("adamw", {}, lambda p: torch.optim.AdamW(p)),
    ("adamw", {"learningRate": 0.1, "weightDecay": 0.5}, lambda p: torch.optim.AdamW(p, 0.1, weight_decay=0.5)),
    ("nadam", {}, nadam),
    ("nadam", {"learningRate": 0.1, "momentumDecay": 0.1, "weightDecay": 0.1}, lambda p: nadam(p, 0.1, 0.1, 0.1)),
]


def trajectory(make, clip=None):
    parameters = [p.clone().requires_grad_() for p in START]
    optimizer = make(parameters)
    out = []
    for gradients in GRADIENTS:
        for p, g in zip(parameters, gradients):
            p.grad = g.clone()
        if clip is not None:
            clip(parameters)
        optimizer.step()
        out.append([p.detach()[0].tolist() for p in parameters])
    return out


def gradient(loss, x):
    x = x.clone().requires_grad_()
    value = loss(x)
    value.backward()
    return value.item(), x.grad.tolist()


X, Y = torch.randn(5, 3) * 2, torch.randn(5, 3)
X[0, 0] = Y[0, 0]  # no error at all
CLASSES = torch.tensor([0, 2, 1, 1, 0])
LOGITS, BITS = torch.randn(6, 1) * 3, torch.tensor([[0.0], [1.0], [1.0], [0.0], [1.0], [0.0]])
LOGITS[0, 0] = 0
WEIGHTS = torch.tensor([0.2, 1.5, 3.0])
LOSSES = [
    ("meanSquaredError", X, Y, lambda x: F.mse_loss(x, Y)),
    ("meanAbsoluteError", X, Y, lambda x: F.l1_loss(x, Y)),
    ("huber", X, Y, lambda x: F.huber_loss(x, Y)),
    ({"huber": {"delta": 2.5}}, X, Y, lambda x: F.huber_loss(x, Y, delta=2.5)),
    ("crossEntropy", X, CLASSES, lambda x: F.cross_entropy(x, CLASSES)),
    ({"crossEntropy": {"labelSmoothing": 0.2}}, X, CLASSES, lambda x: F.cross_entropy(x, CLASSES, label_smoothing=0.2)),
    ({"crossEntropy": {"classWeights": WEIGHTS.tolist()}}, X, CLASSES, lambda x: F.cross_entropy(x, CLASSES, WEIGHTS)),
    ("crossEntropy", X * 1000, CLASSES, lambda x: F.cross_entropy(x, CLASSES)),
    ("binaryCrossEntropy", LOGITS, BITS, lambda x: F.binary_cross_entropy_with_logits(x, BITS)),
    ("binaryCrossEntropy", LOGITS * 1000, BITS, lambda x: F.binary_cross_entropy_with_logits(x, BITS)),
]


def one_cycle():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.5, 50, cycle_momentum=False)
    rates = []
    for _ in range(50):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step() if len(rates) < 50 else None
    return rates


pathlib.Path(__file__).with_name("nn_golden.json").write_text(
    json.dumps(
        {
            "torch": torch.__version__,
            "start": [p[0].tolist() for p in START],
            "gradients": [[g[0].tolist() for g in step] for step in GRADIENTS],
            "optimizers": [{"name": name, "options": options, "parameters": trajectory(make)} for name, options, make in OPTIMIZERS],
            "clippedAdam": trajectory(lambda p: torch.optim.Adam(p), lambda p: torch.nn.utils.clip_grad_norm_(p, 0.5)),
            "clippedByValue": trajectory(lambda p: torch.optim.SGD(p, 0.1), lambda p: torch.nn.utils.clip_grad_value_(p, 0.5)),
            "losses": [
                {"loss": loss, "x": x.tolist(), "y": (y if y.dim() == 2 else y[:, None]).tolist(), "value": value, "gradient": grad}
                for loss, x, y, (value, grad) in ((loss, x, y, gradient(f, x)) for loss, x, y, f in LOSSES)
            ],
            "oneCycle": {"peak": 0.5, "steps": 50, "rates": one_cycle()},
        }
    )
    + "\n"
)
