//! What a graphics device takes of a plan: it plays the same draws in single precision, with what is worked out once for
//! all scenarios worked out here.

use super::Plan;
use super::book::ScenarioPosition;
use super::greeks::Greeks;
use super::model::Model;
use crate::cholesky::LowerTriangle;
use holdfast_core::Result;

/// One option at the beginning: its value, and how it changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptionStart {
    /// Value of one unit.
    pub value: f64,
    /// Money a unit of the underlying's price.
    pub delta: f64,
    /// Change of delta a unit of the underlying's price.
    pub gamma: f64,
    /// Money a year.
    pub theta: f64,
    /// Money a whole ratio of the volatility.
    pub vega: f64,
}

/// The numbers of a plan that take a decomposition or a formula.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceNumbers {
    /// Cholesky factors, row by row without the zeros: one, or one a regime; none of models without one.
    pub factors: Vec<f64>,
    /// One an option, in the order of positions.
    pub options: Vec<OptionStart>,
    /// What a reader of the results has to know.
    pub warning: Option<&'static str>,
}

impl Plan {
    /// Checks the plan as `simulate` does, and works its numbers out.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` naming the field.
    pub fn device_numbers(&self) -> Result<DeviceNumbers> {
        self.validate()?;
        let factors = factors(&self.model).into_iter().flat_map(|factor| factor.packed.clone());
        Ok(DeviceNumbers {
            factors: factors.collect(),
            options: self.positions.iter().filter_map(option_start).collect(),
            warning: self.model.walk().warning(),
        })
    }
}

fn factors(model: &Model) -> Vec<&LowerTriangle> {
    match model {
        Model::Brownian(model) => vec![&model.factor],
        Model::Copula(model) => vec![&model.factor],
        Model::Jumps(model) => vec![&model.diffusion.factor],
        Model::Heston(model) => vec![&model.factor],
        Model::Regimes(model) => model.regimes.iter().map(|regime| &regime.factor).collect(),
        Model::Factors(_) | Model::FilteredHistory(_) | Model::Bootstrap(_) => Vec::new(),
    }
}

fn option_start(position: &ScenarioPosition) -> Option<OptionStart> {
    let ScenarioPosition::Option { spot, years, .. } = position else { return None };
    let Greeks { delta, gamma, theta, vega } = Greeks::of(position, *spot, *years);
    Some(OptionStart { value: position.fresh(0.0, 0.0, 1.0), delta, gamma, theta, vega })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cholesky::cholesky;
    use crate::scenario::model::Brownian;
    use crate::scenario::sampling::Sampling;
    use holdfast_core::Code;

    fn plan(years: f64) -> Plan {
        let factor = cholesky(&[4e-4, 1e-4, 1e-4, 9e-4], 2).unwrap();
        let option = ScenarioPosition::Option {
            asset: 1,
            sign: 1.0,
            spot: 60.0,
            strike: 65.0,
            years,
            volatility: 0.3,
            rate: 0.08,
            carry: 0.08,
            quantity: 1.0,
            greeks: false,
        };
        Plan {
            model: Model::Brownian(Brownian { drifts: vec![0.0; 2], factor }),
            positions: vec![ScenarioPosition::Linear { asset: 0, exposure: 1.0 }, option],
            barriers: Vec::new(),
            sampling: Sampling::Random,
            scenarios: 32,
            steps: 1,
            step_years: 1.0 / 252.0,
            seed: 0,
            along_the_path: false,
            control_variate: false,
            levels: vec![0.9],
        }
    }

    /// `reference/figures.md` section 1: Haug 1998; the sensitivities are the closed forms.
    #[test]
    fn a_device_gets_the_factor_and_the_options_of_the_beginning() {
        let numbers = plan(0.25).device_numbers().unwrap();
        assert!((numbers.factors[0] - 0.02).abs() < 1e-15 && numbers.factors.len() == 3);
        let [option] = numbers.options[..] else { panic!("one option") };
        assert!((option.value - 2.1334).abs() < 6e-5, "{}", option.value);
        assert!((option.delta - 0.372_483).abs() < 1e-5, "{}", option.delta);
        assert!((option.gamma - 0.042_043).abs() < 1e-5, "{}", option.gamma);
        assert!(option.theta < 0.0 && option.vega > 0.0);
        assert_eq!(numbers.warning, None);
    }

    #[test]
    fn a_plan_that_is_wrong_is_refused_before_any_device_is_asked() {
        assert_eq!(plan(-1.0).device_numbers().unwrap_err().code(), Code::ArgumentInvalid);
    }
}
