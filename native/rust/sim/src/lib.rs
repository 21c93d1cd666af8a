//! The simulated venue: bars fill orders under stated assumptions, reports go the way a live venue's go.
#![forbid(unsafe_code)]

pub mod assumptions;
pub mod bar_venue;
mod fill_price;
pub mod notices;
pub mod session;

pub use assumptions::{Assumptions, AssumptionsSpec};
pub use bar_venue::{BarVenue, VenueEvent};
pub use notices::Notices;
pub use session::{Session, SessionConfig};
