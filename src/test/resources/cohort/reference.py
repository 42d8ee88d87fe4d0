# Writes reference.json: figures of SciPy and scikit-learn that the statistics are tested against.
#   python reference.py > reference.json
import json, numpy as np, scipy, sklearn
from scipy import stats
from sklearn.metrics import roc_auc_score, brier_score_loss, f1_score, balanced_accuracy_score

rng = np.random.default_rng(20)
y = rng.random(60) < 0.4
s = np.round(rng.normal(size=60) + 1.0 * y, 1)          # with ties
p = 1 / (1 + np.exp(-s))
a, b = rng.normal(0.5, 2, 17), rng.normal(0, 1, 23)
ps = rng.random(12) ** 3
w = stats.ttest_ind(a, b, equal_var=False); wi = w.confidence_interval()
t = stats.ttest_ind(a, b); ti = t.confidence_interval()

def delong(y, s):                                        # the definition: all pairs
    x, z = s[y], s[~y]
    psi = (x[:, None] > z[None]) + 0.5 * (x[:, None] == z[None])
    v10, v01 = psi.mean(1), psi.mean(0)
    return psi.mean(), np.sqrt(v10.var(ddof=1) / len(x) + v01.var(ddof=1) / len(z))

def ece(y, p, n=10):
    edges = np.linspace(0, 1, n + 1); e = 0
    for lo, hi in zip(edges[:-1], edges[1:]):
        m = (p > lo) & (p <= hi)
        if m.any(): e += m.mean() * abs(y[m].mean() - p[m].mean())
    return e

auc, se = delong(y, s)
assert abs(auc - roc_auc_score(y, s)) < 1e-12
print(json.dumps({
  "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
  "positive": y.tolist(), "scores": s.tolist(), "probabilities": p.tolist(),
  "auc": roc_auc_score(y, s), "auc_low": auc - stats.norm.ppf(.975) * se, "auc_high": auc + stats.norm.ppf(.975) * se,
  "brier": brier_score_loss(y, p), "ece": ece(y, p),
  "f1": f1_score(y, s > 0), "balanced_accuracy": balanced_accuracy_score(y, s > 0),
  "wilson": [[k, n, *stats.binomtest(k, n).proportion_ci(method="wilson")] for k, n in [(0, 10), (7, 12), (24, 24), (81, 263), (1, 1)]],
  "a": a.tolist(), "b": b.tolist(),
  "welch": [w.statistic, w.df, w.pvalue, wi.low, wi.high], "pooled": [t.statistic, t.df, t.pvalue, ti.low, ti.high],
  "p": ps.tolist(), "benjamini_hochberg": stats.false_discovery_control(ps).tolist(),
}, indent=1))
