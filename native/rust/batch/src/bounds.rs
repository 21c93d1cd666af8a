//! What the orders of one kind are compared with: one instrument, one side, priced or not, one state of the account.

/// One bound of a number; a bit of zero is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limit {
    /// The last number that passes.
    pub bound: i64,
    /// What a number beyond it sets.
    pub bit: u64,
}

/// Two bounds of a number, both included; a bit of zero is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Band {
    /// The least number that passes.
    pub low: i64,
    /// The largest number that passes.
    pub high: i64,
    /// What a number outside sets.
    pub bit: u64,
}

/// The bounds of orders of one kind, in lots, in ticks, and in ticks times lots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bounds {
    /// Whether the orders buy.
    pub is_buy: bool,
    /// Largest lots and ticks for which no product leaves 62 bits; orders beyond are not compared.
    pub lots_max: i64,
    /// See `lots_max`.
    pub ticks_max: i64,
    /// The reference price; exposure is priced at the dearer of it and the order's price.
    pub mark: i64,
    /// Largest and smallest position that open orders can lead to, without the order, and the magnitude of the position.
    pub most: i64,
    /// See `most`.
    pub least: i64,
    /// See `most`.
    pub held: i64,
    /// Orders of at most so many lots reduce the position.
    pub reducible: i64,
    /// What every order sets that opens exposure, and what every one sets that reduces it.
    pub opening: u64,
    /// See `opening`.
    pub reducing: u64,
    /// Lots of any order, at most.
    pub largest: Limit,
    /// Lots of an opening order, at most and at least.
    pub lots_most: Limit,
    /// See `lots_most`.
    pub lots_least: Limit,
    /// Price times lots, at most and at least.
    pub value_most: [Limit; 2],
    /// See `value_most`.
    pub value_least: Limit,
    /// Dearer price times lots, at most.
    pub cost_most: Limit,
    /// Lots of the worst position, at most.
    pub worst_most: Limit,
    /// Dearer price times lots of the worst position, at most.
    pub exposure_most: [Limit; 7],
    /// Smallest position, at least.
    pub least_least: Limit,
    /// Dearer price times the largest, and the smallest, position.
    pub sided: [Band; 2],
    /// Prices of any order.
    pub prices: [Band; 2],
    /// Anchors of the collar with the band around each: the farther one counts, the first of two that are as far.
    pub anchors: [i64; 2],
    /// See `anchors`.
    pub collars: [Band; 2],
    /// Whether the collar holds for reducing orders too.
    pub collars_reducing: bool,
    /// What an opening order sets without a stop on the losing side of its price; zero where none is asked for.
    pub stop_bit: u64,
}

impl Bounds {
    /// Returns the most lots that none of the upper bounds denies to an order at a positive price, or zero: each bound is divided
    /// by what it is a multiple of.
    #[must_use]
    pub fn largest_lots(&self, ticks: i64) -> i64 {
        let dearer = ticks.max(self.mark).max(1);
        let in_force = |limit: &Limit| (limit.bit != 0).then_some(limit.bound);
        let over =
            |limit: &Limit, by: i64| in_force(limit).map(|bound| bound.div_euclid(by.max(1)));
        // The order adds to one side; what the other side and the position make of the worst case it cannot change.
        let (own, other) = match self.is_buy {
            true => (self.most, self.least.saturating_neg()),
            false => (self.least.saturating_neg(), self.most),
        };
        let of_worst = |worst: i64| {
            if other.max(self.held) > worst { 0 } else { worst.saturating_sub(own) }
        };
        let plain = [in_force(&self.largest), in_force(&self.lots_most)];
        let worth = [over(&self.cost_most, dearer)].into_iter();
        let values = self.value_most.iter().map(|limit| over(limit, ticks));
        let worst = [in_force(&self.worst_most)].into_iter();
        let exposures = self.exposure_most.iter().map(|limit| over(limit, dearer));
        let short = match self.is_buy {
            false => in_force(&self.least_least).map(|bound| self.least.saturating_sub(bound)),
            true => None,
        };
        let sided = match self.is_buy {
            true => self.sided[0].high.div_euclid(dearer),
            false => self.sided[1].low.saturating_neg().div_euclid(dearer),
        };
        let net = (self.sided[0].bit != 0).then(|| sided.saturating_sub(own));
        let lots = plain.into_iter().chain(worth).chain(values).chain([short, net]);
        let all = lots.chain(worst.chain(exposures).map(|worst| worst.map(of_worst)));
        all.flatten().min().unwrap_or(i64::MAX).max(0)
    }
}
