//! One order over the records of several actors, the same for any number of threads: by time, then by actor, then as the actor
//! wrote them. An actor's own records never run back in time, so that its order is kept.

use holdfast_core::Timestamp;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Records of several actors, merged as they are read.
#[allow(missing_debug_implementations)]
pub struct Merged<I: Iterator> {
    streams: Vec<std::iter::Peekable<I>>,
    heads: BinaryHeap<Reverse<(Timestamp, usize)>>,
}

impl<T, I: Iterator<Item = (Timestamp, T)>> Merged<I> {
    /// Takes the streams in the order of their actors.
    pub fn new(streams: impl IntoIterator<Item = I>) -> Self {
        let mut streams: Vec<_> = streams.into_iter().map(Iterator::peekable).collect();
        let heads = streams.iter_mut().enumerate();
        let heads =
            heads.filter_map(|(actor, stream)| Some(Reverse((stream.peek()?.0, actor)))).collect();
        Self { streams, heads }
    }
}

impl<T, I: Iterator<Item = (Timestamp, T)>> Iterator for Merged<I> {
    type Item = (usize, Timestamp, T);

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse((_, actor)) = self.heads.pop()?;
        let stream = self.streams.get_mut(actor)?;
        let (ts, record) = stream.next()?;
        if let Some((next, _)) = stream.peek() {
            // A head is never before what was given already, whatever its stream says.
            self.heads.push(Reverse(((*next).max(ts), actor)));
        }
        Some((actor, ts, record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ord_09_records_merge_by_time_then_by_actor_and_keep_each_actors_order() {
        let stream = |records: &[(i64, char)]| {
            records.iter().map(|(ts, name)| (Timestamp(*ts), *name)).collect::<Vec<_>>().into_iter()
        };
        let streams = [
            stream(&[(0, 'a'), (3, 'd'), (3, 'e'), (9, 'i')]),
            stream(&[(0, 'b'), (1, 'c'), (3, 'f'), (4, 'g')]),
            stream(&[]),
            stream(&[(4, 'h')]),
        ];
        let merged: Vec<(usize, i64, char)> =
            Merged::new(streams).map(|(actor, ts, name)| (actor, ts.0, name)).collect();
        let names: String = merged.iter().map(|(_, _, name)| *name).collect();
        assert_eq!(names, "abcdefghi");
        assert_eq!(merged[4], (0, 3, 'e'));
    }
}
