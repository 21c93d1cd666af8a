//! The venue, the two channels and every step that can be taken in a state.

use crate::local::{Local, Report};
use holdfast_core::{OrderEvent, Overlays};

/// Quantity that is ordered; amendments ask for one lot less or one more, each once.
pub const ORDERED: u8 = 2;
const AMENDMENTS: [u8; 2] = [1, 3];
/// Messages under way at once; a message more is lost, which the network may do anyway.
const UNDER_WAY_MAX: u32 = 3;

/// What the engine meets in a step, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    Nothing,
    Report(Report),
    Request(OrderEvent),
}

/// One step: its kind, what the engine meets in it, and the state after it.
pub type Step = (Kind, Met, World);

/// What the venue truly knows of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    Absent,
    Open,
    Filled,
    Canceled,
    Expired,
    Rejected,
}

/// Commands, as bits of the command channel.
const PLACE: u16 = 1;
const CANCEL: u16 = 2;
const AMEND: u16 = 4;
/// Reports, as bits of the report channel: the fills begin at `FILL`, the answers to amendments at theirs.
const ACCEPTED: u16 = 1;
const ENDED: u16 = 2;
const CANCEL_REJECTED: u16 = 4;
const UNKNOWN: u16 = 8;
const FILL: u16 = 16;
const REPLACED: u16 = 128;
const REPLACE_REJECTED: u16 = 512;

/// One state of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct World {
    pub local: Local,
    pub truth: Truth,
    /// Quantity in force at the venue, and how much of it has filled.
    pub quantity: u8,
    pub filled: u8,
    /// Amendments that were asked for and those that the venue has answered, as bits.
    asked: u8,
    answered: u8,
    commands: u16,
    reports: u16,
}

/// Whether a step is a fault of the network or the way things go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Fault,
    Progress,
}

fn bits(mask: u16) -> impl Iterator<Item = u16> {
    (0..16).map(|bit| 1 << bit).filter(move |bit| mask & bit != 0)
}

impl World {
    pub fn first() -> Self {
        Self {
            local: Local::sent(ORDERED),
            truth: Truth::Absent,
            quantity: ORDERED,
            filled: 0,
            asked: 0,
            answered: 0,
            commands: PLACE,
            reports: 0,
        }
    }

    fn has_room(&self) -> bool {
        self.commands.count_ones() + self.reports.count_ones() < UNDER_WAY_MAX
    }

    fn command(mut self, bit: u16) -> Self {
        if self.has_room() {
            self.commands |= bit;
        }
        self
    }

    fn report(mut self, bit: u16) -> Self {
        if self.has_room() {
            self.reports |= bit;
        }
        self
    }

    /// What the venue can still fill, commands under way included.
    pub fn can_fill(&self) -> u8 {
        let most = (0..AMENDMENTS.len())
            .filter(|index| {
                self.commands & (AMEND << index) != 0 && self.answered >> index & 1 == 0
            })
            .map(|index| AMENDMENTS[index])
            .fold(self.quantity, u8::max);
        match self.truth {
            Truth::Absent if self.commands & PLACE != 0 => most,
            Truth::Open => most - self.filled,
            _ => 0,
        }
    }

    /// Whether both sides agree on an end, and nothing is left to hear.
    pub fn agrees(&self) -> bool {
        self.local.base.is_end()
            && self.can_fill() == 0
            && self.local.filled() == self.filled
            && self.local.reserved == 0
    }

    /// Every step from here.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::with_capacity(24);
        self.requests(&mut steps);
        self.venue_acts(&mut steps);
        for bit in bits(self.commands) {
            let taken = Self { commands: self.commands & !bit, ..*self };
            steps.push((Kind::Fault, Met::Nothing, taken));
            // A venue that takes a placement may refuse it.
            if bit == PLACE && self.truth == Truth::Absent {
                let rejected = Self { truth: Truth::Rejected, ..taken }.report(ENDED);
                steps.push((Kind::Progress, Met::Nothing, rejected));
            }
            steps.push((Kind::Progress, Met::Nothing, taken.obey(bit)));
            steps.push((Kind::Fault, Met::Nothing, self.obey(bit)));
        }
        for bit in bits(self.reports) {
            let (mut heard, report) = (*self, self.meaning(bit));
            heard.local.hear(report);
            steps.push((Kind::Fault, Met::Report(report), heard));
            heard.reports &= !bit;
            steps.push((Kind::Progress, Met::Report(report), heard));
            let lost = Self { reports: self.reports & !bit, ..*self };
            steps.push((Kind::Fault, Met::Nothing, lost));
        }
        steps
    }

    /// What the engine or the gateway asks for.
    fn requests(&self, steps: &mut Vec<Step>) {
        let mut push = |met: Met, next: Self| steps.push((Kind::Progress, met, next));
        let requested = |event| {
            let mut next = *self;
            next.local.request(event);
            next
        };
        if self.local.look_up(OrderEvent::RequestCancel).is_some() {
            let event = OrderEvent::RequestCancel;
            push(Met::Request(event), requested(event).command(CANCEL));
        }
        if self.local.look_up(OrderEvent::LoseTrack).is_some() {
            push(Met::Request(OrderEvent::LoseTrack), requested(OrderEvent::LoseTrack));
        }
        if self.local.look_up(OrderEvent::RequestReplace).is_some() {
            for (index, quantity) in AMENDMENTS.into_iter().enumerate() {
                if self.asked >> index & 1 == 0 {
                    let mut next = Self { asked: self.asked | 1 << index, ..*self };
                    next.local.request_replace(quantity);
                    push(Met::Request(OrderEvent::RequestReplace), next.command(AMEND << index));
                }
            }
        }
        // The same id again is safe only until "unknown" is about to prove that nothing will come of it.
        if self.local.has(Overlays::IN_DOUBT) && self.reports & UNKNOWN == 0 {
            push(Met::Nothing, self.command(PLACE));
        }
        push(Met::Nothing, self.query());
    }

    /// A query reads the venue's truth; "unknown" is authoritative only when no placement can arrive any more.
    fn query(&self) -> Self {
        let mut next = *self;
        for trade in 0..self.filled {
            if self.local.applied >> trade & 1 == 0 {
                next = next.report(FILL << trade);
            }
        }
        for (index, quantity) in AMENDMENTS.into_iter().enumerate() {
            // No amendment that is asked about can arrive any more, so that what is in force answers it.
            if self.local.pending == quantity && self.commands & (AMEND << index) == 0 {
                let done = self.quantity == quantity;
                next =
                    next.report(if done { REPLACED << index } else { REPLACE_REJECTED << index });
            }
        }
        match self.truth {
            Truth::Absent if self.commands & PLACE == 0 => next.report(UNKNOWN),
            Truth::Absent | Truth::Filled => next,
            Truth::Open => next.report(ACCEPTED),
            Truth::Canceled | Truth::Expired | Truth::Rejected => next.report(ENDED),
        }
    }

    fn venue_acts(&self, steps: &mut Vec<Step>) {
        if self.truth != Truth::Open {
            return;
        }
        let filled = self.filled + 1;
        let truth = if filled == self.quantity { Truth::Filled } else { Truth::Open };
        let fill = Self { filled, truth, ..*self }.report(FILL << self.filled);
        steps.push((Kind::Progress, Met::Nothing, fill));
        let expired = Self { truth: Truth::Expired, ..*self }.report(ENDED);
        steps.push((Kind::Progress, Met::Nothing, expired));
    }

    /// The venue takes a command; it knows a repeated one again by its id.
    fn obey(&self, bit: u16) -> Self {
        match bit {
            PLACE if self.truth == Truth::Absent => {
                Self { truth: Truth::Open, ..*self }.report(ACCEPTED)
            }
            PLACE => *self,
            CANCEL if self.truth == Truth::Open => {
                Self { truth: Truth::Canceled, ..*self }.report(ENDED)
            }
            CANCEL => self.report(CANCEL_REJECTED),
            _ => self.amend(usize::from(bit / AMEND > 1)),
        }
    }

    fn amend(&self, index: usize) -> Self {
        if self.answered >> index & 1 == 1 {
            return *self;
        }
        let answered = Self { answered: self.answered | 1 << index, ..*self };
        let quantity = AMENDMENTS[index];
        if self.truth == Truth::Open && quantity > self.filled {
            Self { quantity, ..answered }.report(REPLACED << index)
        } else {
            answered.report(REPLACE_REJECTED << index)
        }
    }

    fn meaning(&self, bit: u16) -> Report {
        match bit {
            ACCEPTED => Report::Accepted,
            CANCEL_REJECTED => Report::CancelRejected,
            UNKNOWN => Report::Unknown,
            ENDED => match self.truth {
                Truth::Canceled => Report::Canceled(self.filled),
                Truth::Expired => Report::Expired(self.filled),
                _ => Report::Rejected,
            },
            _ if bit < REPLACED => Report::Fill((bit / FILL).trailing_zeros() as u8),
            _ if bit < REPLACE_REJECTED => {
                Report::Replaced(AMENDMENTS[usize::from(bit > REPLACED)])
            }
            _ => Report::ReplaceRejected(AMENDMENTS[usize::from(bit > REPLACE_REJECTED)]),
        }
    }
}
