//! The simulated venue: market events fill orders under stated assumptions, reports go the way a live venue's go.
#![forbid(unsafe_code)]

pub mod assumptions;
pub mod fault;
mod fill_price;
mod resting;
pub mod session;
mod tape;
pub mod venue;

pub use assumptions::{Assumptions, AssumptionsSpec};
pub use holdfast_engine::notices::{self, Notices};
pub use session::{Session, SessionConfig};
pub use venue::{SimulatedVenue, VenueEvent};
