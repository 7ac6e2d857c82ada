"""Records the importances of Optuna 5's PED-ANOVA for made-up trials with one conditional parameter. Writes ped_anova_golden.json beside it."""
import json, math, pathlib, random, warnings
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import PedAnovaImportanceEvaluator

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

r = random.Random(4)
distributions = dict(
    plain=FloatDistribution(-1, 3),
    log=FloatDistribution(1e-4, 1, log=True),
    whole=IntDistribution(1, 9),
    wholeLog=IntDistribution(4, 300, log=True),
    stepped=FloatDistribution(0, 0.5, step=0.1),
    option=CategoricalDistribution(["a", "b", "c", "d"]),
    momentum=FloatDistribution(0, 0.99),  # exists where option is "a"
)
trials = []
for _ in range(80):
    p = dict(
        plain=round(r.uniform(-1, 3), 3),
        log=float("%.3g" % 10 ** r.uniform(-4, 0)),
        whole=r.randint(1, 9),
        wholeLog=round(math.exp(r.uniform(math.log(4), math.log(300)))),
        stepped=round(r.randint(0, 5) * 0.1, 1),
        option=r.choice("aabcd"),
    )
    if p["option"] == "a":
        p["momentum"] = round(r.uniform(0, 0.99), 3)
    value = (
        0.5 * (p["plain"] - 1) ** 2
        + 0.3 * (math.log10(p["log"]) + 2) ** 2
        + 0.02 * (p["whole"] - 4) ** 2
        + dict(a=0, b=0.4, c=0.1, d=0.8)[p["option"]]
        + abs(p.get("momentum", 0.9) - 0.9)
        + 0.1 * p["stepped"]
        + 0.05 * r.random()
    )
    trials.append((p, round(value, 4)))

study = optuna.create_study()
for p, value in trials:
    study.add_trial(optuna.create_trial(params=p, distributions={k: distributions[k] for k in p}, value=value))

importance = {}
for quantile in (0.1, 0.25):
    raw = PedAnovaImportanceEvaluator(target_quantile=quantile).evaluate(study)
    total = sum(raw.values())
    importance[quantile] = {name: value / total for name, value in raw.items()}

out = dict(optuna=optuna.__version__, trials=[[p, value] for p, value in trials], importance=importance)
pathlib.Path(__file__).with_name("ped_anova_golden.json").write_text(json.dumps(out) + "\n")
