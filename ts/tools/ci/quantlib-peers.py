"""Prices the options of quant-peers.mjs with QuantLib, and fails where Holdfast's prices differ."""

import json
import sys
from math import exp

import QuantLib as ql

with open(sys.argv[1]) as file:
    given = json.load(file)


def judge(name, found, expected, tolerance):
    print(f"{name}: {found:.10f}, QuantLib {expected:.10f}")
    if not abs(found - expected) <= tolerance:
        sys.exit(f"{name} must agree to {tolerance}, differs by {found - expected}")


KINDS = {"call": ql.Option.Call, "put": ql.Option.Put}

for option in given["options"]:
    discount = exp(-option["rateAnn"] * option["timeYears"])
    growth = exp((option["rateAnn"] - option["yieldAnn"]) * option["timeYears"])
    forward = option["spot"] * growth
    deviation = option["volAnn"] * option["timeYears"] ** 0.5
    expected = ql.blackFormula(KINDS[option["right"]], option["strike"], forward, deviation, discount)
    judge(f"{option['right']} {option['strike']}", option["price"], expected, 1e-10 * option["spot"])

for case in given["heston"]:
    today = ql.Date(1, 1, 2020)
    ql.Settings.instance().evaluationDate = today
    day_count = ql.Actual365Fixed()
    flat = ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, day_count))
    spot = ql.QuoteHandle(ql.SimpleQuote(100.0))
    process = ql.HestonProcess(
        flat,
        flat,
        spot,
        case["start"],
        case["speed"],
        case["level"],
        case["volatility"],
        case["correlation"],
    )
    option = ql.VanillaOption(
        ql.PlainVanillaPayoff(ql.Option.Call, case["strike"]),
        ql.EuropeanExercise(today + ql.Period(365, ql.Days)),
    )
    option.setPricingEngine(ql.AnalyticHestonEngine(ql.HestonModel(process), 192))
    name = f"Heston call {case['strike']}, paths"
    judge(name, case["price"], option.NPV(), 4 * case["standardError"])
