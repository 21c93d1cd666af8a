"""Computes the figures of quant-peers.mjs anew with scipy, scikit-learn and arch, and fails where they differ."""

import json
import sys

import numpy as np
from arch import arch_model
from scipy import stats
from sklearn.covariance import ledoit_wolf

with open(sys.argv[1]) as file:
    given = json.load(file)


def agree(name, found, expected, tolerance):
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    worst = np.abs(found - expected).max() / max(1e-300, np.abs(expected).max())
    print(f"{name}: {worst:.1e} of the largest figure")
    if not worst <= tolerance:
        sys.exit(f"{name} must agree to {tolerance}, differs by {worst}")


def nonlinear(rows):
    """The printed program of Ledoit and Wolf (2020), in matrices."""
    rows = rows - rows.mean(axis=0)
    n, p = rows.shape[0] - 1, rows.shape[1]
    values, vectors = np.linalg.eigh(rows.T @ rows / n)
    kept = values[max(0, p - n):]
    grid = np.tile(kept[:, None], (1, len(kept)))
    h = n ** (-1 / 3)
    width = h * grid.T
    x = (grid - grid.T) / width
    density = (3 / 4 / np.sqrt(5)) * np.mean(np.maximum(1 - x**2 / 5, 0) / width, axis=1)
    transform = (-3 / 10 / np.pi) * x + (3 / 4 / np.sqrt(5) / np.pi) * (1 - x**2 / 5) * np.log(
        np.abs((np.sqrt(5) - x) / (np.sqrt(5) + x))
    )
    hilbert = np.mean(transform / width, axis=1)
    if p <= n:
        shrunk = kept / (
            (np.pi * (p / n) * kept * density) ** 2
            + (1 - p / n - np.pi * (p / n) * kept * hilbert) ** 2
        )
    else:
        at_zero = (
            (1 / np.pi)
            * (
                3 / 10 / h**2
                + 3 / 4 / np.sqrt(5) / h * (1 - 1 / 5 / h**2)
                * np.log((1 + np.sqrt(5) * h) / (1 - np.sqrt(5) * h))
            )
            * np.mean(1 / kept)
        )
        null = 1 / (np.pi * (p - n) / n * at_zero)
        positive = kept / (np.pi**2 * kept**2 * (density**2 + hilbert**2))
        shrunk = np.concatenate([np.full(p - n, null), positive])
    return vectors @ np.diag(shrunk) @ vectors.T


tall, wide = np.array(given["tall"]), np.array(given["wide"])
agree("sample covariance, numpy", given["sample"], np.cov(tall.T), 1e-12)
weights = 0.97 ** np.arange(len(tall) - 1, -1, -1)
weights /= weights.sum()
agree("EWMA covariance, numpy", given["ewma"], (tall * weights[:, None]).T @ tall, 1e-12)
for rows, linear, curved in zip((tall, wide), given["linear"], given["nonlinear"]):
    covariance, shrinkage = ledoit_wolf(rows)
    agree("Ledoit-Wolf, scikit-learn", linear["covariance"], covariance, 1e-10)
    agree("its shrinkage", linear["shrinkageFrac"], shrinkage, 1e-10)
    agree("nonlinear shrinkage, the printed program", curved, nonlinear(rows), 1e-8)

levels = np.array(given["levels"])
z = stats.norm.ppf(levels)
agree("normal VaR, scipy", [each["var"] for each in given["normal"]], z, 1e-12)
cvar = stats.norm.pdf(z) / (1 - levels)
agree("normal CVaR, scipy", [each["cvar"] for each in given["normal"]], cvar, 1e-12)
for each in given["student"]:
    nu = each["degrees"]
    scale = np.sqrt((nu - 2) / nu)
    q = stats.t.ppf(levels, nu)
    agree(f"Student VaR, {nu}, scipy", [f["var"] for f in each["figures"]], scale * q, 1e-10)
    cvar = scale * stats.t.pdf(q, nu) / (1 - levels) * (nu + q**2) / (nu - 1)
    agree(f"Student CVaR, {nu}, scipy", [f["cvar"] for f in each["figures"]], cvar, 1e-10)
for each in given["kupiec"]:
    agree("Kupiec p-value, scipy", each["pValue"], stats.chi2.sf(each["statistic"], 1), 1e-10)
for each in given["light"]:
    cumulated = stats.binom.cdf(each["exceptions"], 250, 0.01)
    agree("traffic light, scipy", each["cumulativeProbability"], cumulated, 1e-10)

returns = np.array(given["returns"])
model = arch_model(returns, mean="Constant", vol="GARCH", p=1, q=1, rescale=False)
fit = model.fit(disp="off", backcast=((returns - returns.mean()) ** 2).mean(), tol=1e-12)
recursion = given["garch"]["recursion"]
found = [given["garch"]["mean"], recursion["omega"], recursion["alpha"], recursion["beta"]]
agree("GARCH(1,1), arch", found, fit.params.values, 1e-3)
agree("its likelihood", given["garch"]["logLikelihood"], fit.loglikelihood, 1e-5)
