//! The way of records from the engine to their segments. Where it is asked for, a thread of the journal's own hashes and
//! writes them while the engine goes on, and whoever waits for a commit does what is left himself.
//!
//! Chunks of records are taken in order by whoever holds the segments, so that what stands on the disk does not depend on
//! who did the work. Nothing is acknowledged by the thread: a commit looks at the segments itself.

use crate::journal_segment_writer::{Progress, SegmentWriter};
use holdfast_core::stripped_records::StrippedRecords;
use holdfast_core::{Code, Error, Result};
use std::collections::VecDeque;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, TryLockError};
use std::thread::{self, JoinHandle};

/// Chunks that wait for the thread; beyond them the engine's own thread hashes and writes too.
const CHUNKS_WAITING_MAX: usize = 64;
/// Chunks that wait before a thread that sleeps is woken: waking costs as much as hashing one.
const CHUNKS_TO_WAKE: usize = 4;
/// How often a thread looks again before it sleeps: some ten microseconds, several times what a chunk takes to fill or to
/// be written. It keeps its processor so long, because whoever sleeps or gives way comes back too late for the next chunk.
const LOOKS_MAX: u32 = 3_000;
/// Chunks that the engine's own thread writes after the other one was not done in time, before that one is tried again: then
/// the processors are busy elsewhere, and whoever waits for a thread that does not run loses more than the work takes.
const CHUNKS_ALONE: u32 = 4_096;

/// The segments, and what writing to them failed with.
#[derive(Debug)]
struct Tail {
    segments: SegmentWriter,
    failure: Option<Error>,
}

impl Tail {
    /// After a failure nobody knows what is on the disk, so that nothing may follow it.
    fn run(&mut self, work: impl FnOnce(&mut SegmentWriter) -> Result<()>) -> Result<()> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        work(&mut self.segments).inspect_err(|error| self.failure = Some(error.clone()))
    }
}

#[derive(Debug, Default)]
struct Queue {
    full: VecDeque<StrippedRecords>,
    /// Memory of chunks that were written.
    empty: Vec<StrippedRecords>,
    is_asleep: bool,
    is_closing: bool,
}

/// What both threads hold; the segments are locked before the queue where both are.
#[derive(Debug)]
struct Shared {
    tail: Mutex<Tail>,
    queue: Mutex<Queue>,
    work: Condvar,
    waiting: AtomicUsize,
    has_failed: AtomicBool,
}

fn panicked<T>(_: T) -> Error {
    Error::new(Code::NativePanic, "journal must be written, its thread panicked")
}

impl Shared {
    /// Waits for the segments without going to sleep at once, since whoever holds them is done within microseconds; returns
    /// whether that was in vain.
    fn tail(&self) -> Result<(MutexGuard<'_, Tail>, bool)> {
        for _ in 0..LOOKS_MAX {
            match self.tail.try_lock() {
                Ok(tail) => return Ok((tail, false)),
                Err(TryLockError::Poisoned(error)) => return Err(panicked(error)),
                Err(TryLockError::WouldBlock) => spin_loop(),
            }
        }
        self.tail.lock().map(|tail| (tail, true)).map_err(panicked)
    }

    /// Writes the oldest chunk that waits; `false` when none does.
    fn write_chunk(&self, tail: &mut Tail) -> Result<bool> {
        let oldest = {
            let mut queue = self.queue.lock().map_err(panicked)?;
            let oldest = queue.full.pop_front();
            self.waiting.store(queue.full.len(), Ordering::Release);
            oldest
        };
        let Some(mut chunk) = oldest else { return Ok(false) };
        let done = tail.run(|segments| segments.append(&chunk));
        if done.is_err() {
            self.has_failed.store(true, Ordering::Release);
        }
        chunk.clear();
        self.queue.lock().map_err(panicked)?.empty.push(chunk);
        done.map(|()| true)
    }

    /// Waits for a chunk; `false` when none will come.
    fn has_work(&self) -> Result<bool> {
        for _ in 0..LOOKS_MAX {
            if self.waiting.load(Ordering::Acquire) > 0 {
                return Ok(true);
            }
            spin_loop();
        }
        let mut queue = self.queue.lock().map_err(panicked)?;
        while queue.full.is_empty() && !queue.is_closing {
            queue.is_asleep = true;
            queue = self.work.wait(queue).map_err(panicked)?;
        }
        queue.is_asleep = false;
        Ok(!queue.full.is_empty())
    }

    /// Writes chunks until none will come, or one failed: the failure stays with the segments for the next commit.
    fn serve(&self) -> Result<()> {
        while self.has_work()? {
            let (mut tail, _) = self.tail()?;
            self.write_chunk(&mut tail)?;
        }
        Ok(())
    }
}

/// The engine's end.
#[derive(Debug)]
pub(crate) struct Pipeline {
    shared: Arc<Shared>,
    /// Started when the first chunk is full.
    thread: Option<JoinHandle<()>>,
    has_thread: bool,
    /// Chunks that are still to be written here before the thread is tried again.
    alone: u32,
}

impl Pipeline {
    /// Begins without a thread; one is only ever started with `has_thread`, on a machine of several processors.
    pub(crate) fn new(segments: SegmentWriter, has_thread: bool) -> Self {
        let is_worth_it = || thread::available_parallelism().is_ok_and(|count| count.get() > 1);
        Self {
            shared: Arc::new(Shared {
                tail: Mutex::new(Tail { segments, failure: None }),
                queue: Mutex::default(),
                work: Condvar::new(),
                waiting: AtomicUsize::new(0),
                has_failed: AtomicBool::new(false),
            }),
            thread: None,
            has_thread: has_thread && is_worth_it(),
            alone: 0,
        }
    }

    /// Hands a full chunk over and leaves an empty one; without a thread, or with too much before it, it is written here.
    ///
    /// # Errors
    /// What writing failed with, of this chunk or of an earlier one.
    pub(crate) fn hand_over(&mut self, chunk: &mut StrippedRecords) -> Result<()> {
        let is_behind = self.shared.waiting.load(Ordering::Acquire) >= CHUNKS_WAITING_MAX;
        let has_failed = self.shared.has_failed.load(Ordering::Acquire);
        let is_alone = self.alone > 0;
        self.alone = self.alone.saturating_sub(1);
        if is_behind || has_failed || is_alone || !self.starts_thread() {
            return self.settle(chunk, |_| Ok(())).map(|_| ());
        }
        let mut queue = self.shared.queue.lock().map_err(panicked)?;
        let empty = queue.empty.pop().unwrap_or_else(StrippedRecords::of_groups);
        queue.full.push_back(std::mem::replace(chunk, empty));
        self.shared.waiting.store(queue.full.len(), Ordering::Release);
        if queue.is_asleep && queue.full.len() >= CHUNKS_TO_WAKE {
            self.shared.work.notify_one();
        }
        Ok(())
    }

    /// Writes everything that was handed over and this chunk, lets the segments do what there is to do behind it, and
    /// returns how far they have got.
    ///
    /// # Errors
    /// What writing failed with, here or in the thread.
    pub(crate) fn settle(
        &mut self,
        chunk: &mut StrippedRecords,
        work: impl FnOnce(&mut SegmentWriter) -> Result<()>,
    ) -> Result<Progress> {
        let (mut tail, was_late) = self.shared.tail()?;
        if was_late {
            self.alone = CHUNKS_ALONE;
        }
        while self.shared.write_chunk(&mut tail)? {}
        tail.run(|segments| {
            segments.append(chunk)?;
            chunk.clear();
            work(segments)
        })?;
        Ok(tail.segments.progress())
    }

    /// Returns the file that is written to, for whoever has to be told of a failure.
    pub(crate) fn path(&self) -> String {
        self.shared.tail().map_or_else(
            |error| error.to_string(),
            |(tail, _)| tail.segments.path().display().to_string(),
        )
    }

    /// Ends the thread.
    pub(crate) fn stop(&mut self) {
        self.has_thread = false;
        let Some(thread) = self.thread.take() else { return };
        if let Ok(mut queue) = self.shared.queue.lock() {
            queue.is_closing = true;
        }
        self.shared.work.notify_one();
        // A panic of the thread shows at the segments, whose lock it holds while it works.
        let _ = thread.join();
    }

    /// A thread that cannot be started is done without: it changes nothing but the time that things take.
    fn starts_thread(&mut self) -> bool {
        if self.has_thread && self.thread.is_none() {
            let shared = Arc::clone(&self.shared);
            let started = thread::Builder::new().name("journal-writing".into()).spawn(move || {
                // What a chunk failed with stays with the segments.
                let _ = shared.serve();
            });
            self.has_thread = started.is_ok();
            self.thread = started.ok();
        }
        self.has_thread
    }

    /// Lets every later write fail as on a full disk.
    #[cfg(all(test, target_os = "linux"))]
    pub(crate) fn fill_disk(&self) -> Result<()> {
        self.shared.tail()?.0.segments.fill_disk()
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal_policy::{JournalOptions, SyncPolicy};
    use crate::journal_segment::create_segment;
    use crate::journal_segment_writer::SegmentEnd;
    use holdfast_core::Timestamp;
    use holdfast_core::journal_record::{Chain, RecordKind};
    use std::path::PathBuf;

    fn pipeline(name: &str) -> (PathBuf, Pipeline) {
        let folder = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let chain = Chain::default();
        let (path, file) = create_segment(&folder, 1, &chain).unwrap();
        let end = SegmentEnd { file, path, index: 1, bytes: 64, chain, open: None };
        let segments = SegmentWriter::at_end(&folder, JournalOptions::new(SyncPolicy::Os), end);
        (folder, Pipeline::new(segments, true))
    }

    #[test]
    fn chunks_are_written_here_while_the_thread_is_left_alone() {
        let (folder, mut pipeline) = pipeline("alone");
        let mut chunk = StrippedRecords::default();
        pipeline.alone = 2;
        for sequence in 0..3 {
            assert!(pipeline.thread.is_none());
            chunk.push(RecordKind::Bar, sequence, Timestamp(1), &[1][..]).unwrap();
            pipeline.hand_over(&mut chunk).unwrap();
            assert!(chunk.is_empty());
            if sequence < 2 {
                let gathered = pipeline.shared.tail().unwrap().0.segments.gathered();
                assert_eq!(gathered, sequence + 1);
            }
        }
        assert_eq!(pipeline.thread.is_some(), pipeline.has_thread, "it is tried again");
        let written = pipeline.settle(&mut chunk, SegmentWriter::commit).unwrap();
        assert_eq!(written.chain.next_sequence, 3);
        drop(pipeline);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_panic_while_the_segments_were_held_refuses_all_that_follows() {
        let (folder, mut pipeline) = pipeline("panicked");
        let mut chunk = StrippedRecords::default();
        chunk.push(RecordKind::Bar, 0, Timestamp(1), &[1][..]).unwrap();
        assert_eq!(
            pipeline.settle(&mut chunk, SegmentWriter::commit).unwrap().chain.next_sequence,
            1
        );

        let shared = Arc::clone(&pipeline.shared);
        let holder = thread::spawn(move || {
            let _held = shared.tail.lock().unwrap();
            panic!("while it holds the segments");
        });
        assert!(holder.join().is_err());
        chunk.push(RecordKind::Bar, 1, Timestamp(1), &[1][..]).unwrap();
        let refused = pipeline.settle(&mut chunk, SegmentWriter::commit).unwrap_err();
        assert_eq!(refused.code(), Code::NativePanic);
        pipeline.stop();
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
