# Writes wilcoxon.json: one-sided p-values of SciPy's signed-rank test. Where there are ties and few pairs SciPy permutes the signs; all
# of them, so those are exact too.
import json
import numpy as np
import scipy
from scipy.stats import PermutationMethod, wilcoxon

rng = np.random.default_rng(0)
cases = []


def add(differences, method):
    how = PermutationMethod(n_resamples=np.inf) if method == "permutation" else method
    p = wilcoxon(differences, alternative="greater", zero_method="zsplit", method=how, correction=False).pvalue
    cases.append({"differences": [float(d) for d in differences], "method": method, "p": float(p)})


for n in (1, 2, 3, 4, 5, 8, 13, 25, 50):
    for shift in (0, 0.3, 1):
        add(np.round(rng.normal(shift, 1, n), 6), "exact")
for n in (2, 4, 6, 9, 12):
    for shift in (0, 1):
        add([d if d != 0 else 1 for d in np.round(rng.normal(shift, 2, n))], "permutation")
for n in (51, 80, 200):
    for shift in (0, 0.2):
        add(np.round(rng.normal(shift, 1, n), 6), "asymptotic")
        # Many ties.
        add([d if d != 0 else 1 for d in np.round(rng.normal(shift, 2, n))], "asymptotic")
with open(__file__.replace(".py", ".json"), "w") as file:
    json.dump({"scipy": scipy.__version__, "cases": cases}, file)
    file.write("\n")
