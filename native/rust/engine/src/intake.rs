//! What is done with a venue's report before it moves anything: it must fit its order, and come in its turn.

use crate::engine::Engine;
use crate::input::{Command, Failure};
use crate::sequence::Arrival;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::order_fills::{Fill, Sighting};
use holdfast_core::{Code, Error, InstrumentId, ReportKind, Result, Timestamp, VenueReport};

/// How long a report waits for an earlier one, by the engine's time, before what is missing is declared a gap.
pub const REPORT_WAIT_NS: i64 = 1_000_000_000;

impl Engine {
    /// Takes a report: records it, and applies it and those that waited for it.
    ///
    /// A report that does not fit its order is recorded with the reason, changes nothing, and is the error of the step.
    pub(crate) fn take_report(
        &mut self,
        report: &VenueReport,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        self.emit(RecordKind::VenueReport, report, sink)?;
        let instrument = match self.admit(report) {
            Ok(instrument) => instrument,
            Err(error) => return self.refuse(error, sink),
        };
        let Some(number) = report.sequence else { return self.on_report(report, sink, commands) };
        let Some(sequencer) = self.sequences.get_mut(instrument.index()) else { return Ok(()) };
        match sequencer.arrive(number, *report) {
            Arrival::Apply => self.on_report(report, sink, commands)?,
            Arrival::Late => {
                self.counts.alarms += 1;
                return self.on_report(report, sink, commands);
            }
            Arrival::Duplicate => self.counts.alarms += 1,
            Arrival::Held => {
                self.held_since.get_or_insert(self.now());
            }
            Arrival::Gap { from, to } => self.note_gap(instrument, (from, to), sink)?,
        }
        self.release_reports(instrument, sink, commands)
    }

    /// Declares the gaps before reports that have waited long enough, and applies those.
    pub(crate) fn stop_waiting(
        &mut self,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let now = self.now();
        if self.held_since.is_none_or(|since| now.since(since) < REPORT_WAIT_NS) {
            return Ok(());
        }
        for index in 0..self.sequences.len() {
            let id = InstrumentId(index as u32);
            while let Some(sequencer) = self.sequences.get_mut(index)
                && let Some(Arrival::Gap { from, to }) = sequencer.declare_gap()
            {
                self.note_gap(id, (from, to), sink)?;
                self.release_reports(id, sink, commands)?;
            }
        }
        Ok(())
    }

    fn note_gap(&mut self, id: InstrumentId, gap: (u64, u64), sink: &mut impl Sink) -> Result<()> {
        let (from, to) = gap;
        let message = format!("reports {from} to {to} of instrument {} are missing", id.0);
        self.counts.alarms += 1;
        self.emit(
            RecordKind::Failure,
            &Failure { code: Code::SequenceGap, message: &message },
            sink,
        )
    }

    /// Applies the reports whose turn has come. One that does not fit any more is recorded, and the others go on.
    fn release_reports(
        &mut self,
        id: InstrumentId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        while let Some(sequencer) = self.sequences.get_mut(id.index())
            && let Some(report) = sequencer.release()
        {
            match self.admit(&report) {
                Ok(_) => self.on_report(&report, sink, commands)?,
                Err(error) => self.note_refusal(&error, sink)?,
            }
        }
        if self.held_since.is_some()
            && self.sequences.iter().all(|sequencer| sequencer.held().next().is_none())
        {
            self.held_since = None;
        }
        Ok(())
    }

    fn note_refusal(&mut self, error: &Error, sink: &mut impl Sink) -> Result<()> {
        self.counts.alarms += 1;
        let failure = Failure { code: error.code(), message: &error.to_string() };
        self.emit(RecordKind::Failure, &failure, sink)
    }

    fn refuse(&mut self, error: Error, sink: &mut impl Sink) -> Result<()> {
        self.note_refusal(&error, sink)?;
        Err(error)
    }

    /// Checks a report against its order, and returns the order's instrument.
    fn admit(&mut self, report: &VenueReport) -> Result<InstrumentId> {
        report.validate()?;
        let (id, account) = (report.client_order_id, self.account_id);
        let Some(order) = self.order_mut(id) else {
            return Err(Error::new(
                Code::FillInvalid,
                format!("report must name a known order, named {}", id.0),
            )
            .with("client_order_id", id.0));
        };
        let instrument = order.intent.instrument;
        if report.instrument.is_some_and(|named| named != instrument)
            || report.account.is_some_and(|named| named != account)
        {
            return Err(Error::new(
                Code::ReportMismatch,
                format!("report on order {} must name its instrument and account", id.0),
            )
            .with("client_order_id", id.0)
            .with("instrument", report.instrument.map_or(-1, |named| i64::from(named.0)))
            .with("account", report.account.map_or(-1, |named| i64::from(named.0))));
        }
        if report.kind != ReportKind::Fill {
            return Ok(instrument);
        }
        if let Sighting::Conflict(known) = order.fills.sighting(&Fill::of(report)) {
            return Err(Error::new(
                Code::FillConflict,
                format!("trade {} must be told with the same numbers again", report.trade_id.0),
            )
            .with("client_order_id", id.0)
            .with("applied_ticks", known.price.ticks())
            .with("applied_lots", known.quantity.lots())
            .with("told_ticks", report.last_price.ticks())
            .with("told_lots", report.last_quantity.lots()));
        }
        self.check_bookable(report, instrument)?;
        Ok(instrument)
    }

    /// Returns the ranges of an instrument's reports that are missing and have to be asked for.
    pub fn missing_reports(&self, id: InstrumentId) -> impl Iterator<Item = (u64, u64)> {
        self.sequences.get(id.index()).into_iter().flat_map(|sequencer| sequencer.missing())
    }

    /// Returns since when a report waits for an earlier one.
    #[must_use]
    pub const fn reports_held_since(&self) -> Option<Timestamp> {
        self.held_since
    }
}
