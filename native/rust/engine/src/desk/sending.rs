//! How requests leave a desk: after the journal was committed, and when the fuse lets them.

use super::Desk;
use crate::egress::Passage;
use crate::engine::Engine;
use crate::input::{Command, Input};
use holdfast_core::Result;
use holdfast_risk::fuse::latch::LatchState;
use std::path::Path;

impl Desk {
    /// Hands out the oldest requests, at most so many, after the journal was committed; returns how many they were. When the
    /// commit fails nothing leaves.
    ///
    /// # Errors
    /// `JOURNAL_IO`, `JOURNAL_STOPPED`.
    pub fn drain(&mut self, most: usize, mut each: impl FnMut(&Engine, &Command)) -> Result<usize> {
        if self.waiting() == 0 {
            return Ok(0);
        }
        self.commit()?;
        let mut taken = 0;
        // What a refusal makes the engine ask for stands behind these, and leaves after the next commit.
        let committed = self.commands.len();
        while taken < most
            && self.sent < committed
            && let Some(command) = self.commands.get(self.sent).copied()
        {
            self.sent += 1;
            match self.egress.judge(&self.engine, &command, self.engine.now()) {
                Passage::Leaves => {
                    each(&self.engine, &command);
                    taken += 1;
                }
                Passage::Void => {}
                Passage::Refused(refused) => {
                    if let Err(error) = self.step(&Input::FuseRefused(refused)) {
                        // What was handed out is on its way; a journal that failed fails the next call as well.
                        if taken == 0 {
                            return Err(error);
                        }
                        break;
                    }
                }
            }
        }
        // What was handed out is given up in one go when it is the larger part, so that each request is moved once at most.
        if self.sent >= self.waiting() {
            self.commands.drain(..self.sent);
            self.sent = 0;
        }
        Ok(taken)
    }

    /// Lets the fuse count what the journal's last day sent.
    ///
    /// # Errors
    /// As `Egress::recall_journal`.
    pub(crate) fn recall_sent(&mut self, folder: &Path) -> Result<()> {
        self.egress.recall_journal(&self.engine, folder)
    }

    /// Returns how the fuse's latch stands.
    #[must_use]
    pub const fn fuse(&self) -> &LatchState {
        self.egress.latch()
    }

    /// Returns how many requests wait to be drained.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.commands.len() - self.sent
    }
}
