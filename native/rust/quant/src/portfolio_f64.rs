//! The same simulation in double precision: the measure of what single precision loses, and the path for those who want it.

use crate::normal::normals;
use crate::philox::key_of;
use crate::portfolio::{Payoff, Portfolio, Simulation};
use holdfast_core::Result;
use rayon::prelude::*;

impl Portfolio {
    /// Simulates all scenarios; the normals come from the same words as in `simulate`.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` naming the field.
    pub fn simulate_f64(&self, simulation: &Simulation) -> Result<Vec<f64>> {
        self.validate()?;
        simulation.validate()?;
        let key = key_of(simulation.seed);
        Ok((0..simulation.scenarios)
            .into_par_iter()
            .map(|scenario| self.path(scenario, simulation.steps, key))
            .collect())
    }

    fn path(&self, scenario: u32, steps: u32, key: [u32; 2]) -> f64 {
        let order = self.factor.order;
        let mut returns = vec![0.0; order];
        let mut shocks = Vec::with_capacity(order.div_ceil(4) * 4);
        for step in 0..steps {
            shocks.clear();
            for block in 0..order.div_ceil(4) as u32 {
                shocks.extend(normals(scenario, step, block, key));
            }
            for (asset, (sum, drift)) in returns.iter_mut().zip(&self.drifts).enumerate() {
                let row = self.factor.row(asset);
                *sum += drift + row.iter().zip(&shocks).map(|(entry, z)| entry * z).sum::<f64>();
            }
        }
        let money = |log_return: &f64| match self.payoff {
            Payoff::Linear => *log_return,
            Payoff::Geometric => log_return.exp_m1(),
        };
        self.exposures.iter().zip(&returns).map(|(exposure, x)| exposure * money(x)).sum()
    }
}
