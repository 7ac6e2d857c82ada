"""Records how the points are distributed that Optuna 5.0's TPE asks for after given trials: 24 candidates drawn, the best taken.
Writes tpe_draws.json beside this file: for each hyperparameter some thresholds and the share of 6,000 points at or below them
(of choices their index), and the
same for how far the whole point is from the nearest good trial: the mean distance on the scaled numeric hyperparameters. Values are rarely the same, as Optuna orders equal ones by an unstable sort. Needs optuna 5 (Python)."""
import json, pathlib, warnings, numpy as np, optuna
from optuna.distributions import FloatDistribution as F, IntDistribution as I, CategoricalDistribution as C
from optuna.samplers._tpe.sampler import _split_trials, default_gamma
warnings.filterwarnings("ignore"); optuna.logging.set_verbosity(optuna.logging.ERROR)
DRAWS = 6_000
def ackley(p):
    x = np.array(list(p.values()))
    return float(-20 * np.exp(-.2 * np.sqrt((x ** 2).mean())) - np.exp(np.cos(2 * np.pi * x).mean()) + 20 + np.e)
def mixed(p):
    penalty = {"a": .05, "b": 0, "c": .02}[p["c"]]
    return penalty + .08 * (np.log10(p["lr"]) + 3) ** 2 + .01 * (np.log2(p["n"]) - 8) ** 2 + .3 * (p["d"] - .25) ** 2 + (p["k"] / 600 - .4) ** 2
problems = {
    "ten lines": ({f"x{i}": F(-32.768, 32.768) for i in range(10)}, ackley, 60),
    "every kind": ({"lr": F(1e-5, 1, log=True), "n": I(8, 8192, log=True), "k": I(1, 600), "d": F(0, .8, step=.0005), "c": C(["a", "b", "c"])}, mixed, 45),
}
def describe(d):
    if isinstance(d, C): return {"choice": list(d.choices)}
    return {"float" if isinstance(d, F) else "int": [d.low, d.high], **({"log": True} if d.log else {}), **({"step": d.step} if isinstance(d, F) and d.step else {})}
cases = []
for name, (space, value, n) in problems.items():
    sampler = optuna.samplers.TPESampler(seed=0)
    study = optuna.create_study(sampler=sampler)
    for _ in range(n):
        trial = study.ask(space)
        study.tell(trial, value(trial.params))
    below, above = _split_trials(study, study.get_trials(deepcopy=False), default_gamma(n))
    good = sampler._build_parzen_estimator(study, space, below, handle_below=True)
    bad = sampler._build_parzen_estimator(study, space, above, handle_below=False)
    drawn = {key: np.empty(DRAWS) for key in space}
    for i in range(0, DRAWS, 500):
        some = good.sample(sampler._rng.rng, 24 * 500)
        best = sampler._compute_acquisition_func(some, good, bad).reshape(500, 24).argmax(axis=1)
        for key in space: drawn[key][i:i + 500] = some[key].reshape(500, 24)[np.arange(500), best]
    def scaled(key, v):
        d = space[key]
        return (np.log(v / d.low) / np.log(d.high / d.low)) if d.log else (v - d.low) / (d.high - d.low)
    numeric = [key for key, d in space.items() if not isinstance(d, C)]
    drawn["(nearest)"] = np.min([np.mean([abs(scaled(key, drawn[key]) - scaled(key, t.params[key])) for key in numeric], axis=0) for t in below], axis=0)
    shares = {}
    for key, x in drawn.items():
        at = np.unique(np.quantile(x, np.arange(1, 20) / 20, method="inverted_cdf"))
        shares[key] = {"at": at.tolist(), "share": [float((x <= t * (1 + 1e-12 * np.sign(t))).mean()) for t in at]}
    cases.append({"name": name, "space": {k: describe(d) for k, d in space.items()}, "trials": [{"hparams": t.params, "value": t.value} for t in study.trials], "draws": shares})
pathlib.Path(__file__).with_name("tpe_draws.json").write_text(json.dumps({"optuna": optuna.__version__, "draws": DRAWS, "cases": cases}))
