"""Value at risk of correlated assets with numpy, or with QuantLib's path generator: prints nanoseconds a path.

Called with the name of the package; the portfolio comes from standard input. The exit code is 2 where it is not installed.
"""

import sys
import time

try:
    import numpy as np

    if sys.argv[1] == "quantlib":
        import QuantLib as ql
except ImportError:
    sys.exit(2)

numbers = sys.stdin.read().split()
assets, steps, scenarios = (int(number) for number in numbers[:3])
values = np.array(numbers[3:], float)
exposures, drifts = values[:assets], values[assets : 2 * assets]
factor = np.zeros((assets, assets))
factor[np.tril_indices(assets)] = values[2 * assets :]


def with_numpy():
    generator = np.random.default_rng(1)
    sums = np.zeros((scenarios, assets))
    for _ in range(steps):
        sums += generator.standard_normal((scenarios, assets)) @ factor.T + drifts
    return np.expm1(sums) @ exposures


def with_quantlib():
    today = ql.Date.todaysDate()
    covariance = factor @ factor.T
    deviations = np.sqrt(np.diag(covariance))
    day_count = ql.Actual365Fixed()

    def process(deviation):
        def flat(rate):
            return ql.YieldTermStructureHandle(ql.FlatForward(today, rate, day_count))

        volatility = ql.BlackConstantVol(today, ql.NullCalendar(), float(deviation), day_count)
        spot = ql.QuoteHandle(ql.SimpleQuote(1.0))
        return ql.BlackScholesMertonProcess(
            spot, flat(0.0), flat(0.0), ql.BlackVolTermStructureHandle(volatility)
        )

    correlation = ql.Matrix(assets, assets)
    for row in range(assets):
        for column in range(assets):
            correlation[row][column] = covariance[row, column] / deviations[row] / deviations[column]
    processes = ql.StochasticProcessArray([process(each) for each in deviations], correlation)
    times = [float(step + 1) for step in range(steps)]
    uniforms = ql.UniformRandomSequenceGenerator(
        assets * steps, ql.UniformRandomGenerator(1)
    )
    generator = ql.GaussianMultiPathGenerator(
        processes, times, ql.GaussianRandomSequenceGenerator(uniforms), False
    )
    outcomes = np.empty(scenarios)
    for scenario in range(scenarios):
        path = generator.next().value()
        ends = np.array([path[asset][len(path[asset]) - 1] for asset in range(assets)])
        outcomes[scenario] = (ends - 1) @ exposures
    return outcomes


start = time.perf_counter_ns()
outcomes = with_numpy() if sys.argv[1] == "numpy" else with_quantlib()
place = scenarios // 100
tail = np.partition(outcomes, place)[: place + 1]
took = time.perf_counter_ns() - start
print(took / scenarios, -tail[place], -tail[:place].mean())
